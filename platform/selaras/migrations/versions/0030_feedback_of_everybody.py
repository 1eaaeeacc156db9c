"""Feedback that was asked for, that people who were served give by a link, and that was reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _links()
    _requests()
    op.alter_column("feedback", "giver_id", nullable=True, schema="selaras")
    for name in ("giver_label", "report"):
        op.add_column("feedback", sa.Column(name, sa.Text(), nullable=True), schema="selaras")
    op.add_column("feedback", sa.Column("link_id", sa.Uuid(), nullable=True), schema="selaras")
    for name in ("reported_at", "removed_at"):
        op.add_column("feedback", sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema="selaras")
    op.drop_constraint(op.f("ck_feedback_relation"), "feedback", schema="selaras", type_="check")
    relation = "relation IN ('superior', 'peer', 'subordinate', 'service_user')"
    op.create_check_constraint(op.f("ck_feedback_relation"), "feedback", relation, schema="selaras")
    known = "(relation = 'service_user') = (giver_id IS NULL)"
    op.create_check_constraint(op.f("ck_feedback_giver"), "feedback", known, schema="selaras")
    op.create_foreign_key(
        op.f("fk_feedback_tenant_id_link_id"),
        "feedback",
        "feedback_link",
        ["tenant_id", "link_id"],
        ["tenant_id", "id"],
        source_schema="selaras",
        referent_schema="selaras",
    )
    op.create_index(
        "ix_feedback_reported",
        "feedback",
        ["tenant_id", "reported_at"],
        schema="selaras",
        postgresql_where=sa.text("reported_at IS NOT NULL AND removed_at IS NULL"),
    )
    for table in ("feedback_link", "feedback_request"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _links() -> None:
    op.create_table(
        "feedback_link",
        *_keys(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("made_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("used <= uses", name=op.f("ck_feedback_link_uses")),
        _within("feedback_link", "person_id", "person"),
        _within("feedback_link", "item_id", "plan_item"),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_feedback_link_tenant_id_token_hash")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_link")),
        schema="selaras",
    )
    op.create_index("ix_feedback_link_person", "feedback_link", ["tenant_id", "person_id"], schema="selaras")


def _requests() -> None:
    op.create_table(
        "feedback_request",
        *_keys(),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("person_id", "giver_id", "asked_by")),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("behaviour", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _moment("asked_at"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("person_id <> giver_id", name=op.f("ck_feedback_request_not_oneself")),
        *(_within("feedback_request", name, "person") for name in ("person_id", "giver_id", "asked_by")),
        _within("feedback_request", "item_id", "plan_item"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_request")),
        schema="selaras",
    )
    for column in ("giver_id", "person_id"):
        name = f"ix_feedback_request_{column.removesuffix('_id')}"
        op.create_index(name, "feedback_request", ["tenant_id", column], schema="selaras")


def _keys() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
    )


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
