"""Proposals of another superior, and the two answers to each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "superior_proposal",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_id", sa.Uuid(), nullable=False),
        sa.Column("present_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'refused', 'withdrawn', 'expired')", name=op.f("ck_superior_proposal_state")
        ),
        sa.CheckConstraint("person_id <> proposed_id", name=op.f("ck_superior_proposal_not_oneself")),
        *(_within("superior_proposal", one, "person") for one in ("person_id", "proposed_id", "present_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_superior_proposal")),
        schema="selaras",
    )
    op.create_index(
        "uq_superior_proposal_open",
        "superior_proposal",
        ["tenant_id", "person_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_superior_proposal_proposed", "superior_proposal", ["tenant_id", "proposed_id"], schema="selaras"
    )
    op.create_table(
        "superior_answer",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_as", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('proposed', 'present')", name=op.f("ck_superior_answer_party")),
        sa.CheckConstraint("given_as IN ('oneself', 'manager')", name=op.f("ck_superior_answer_given_as")),
        sa.CheckConstraint("agrees OR reason IS NOT NULL", name=op.f("ck_superior_answer_reason")),
        _within("superior_answer", "proposal_id", "superior_proposal"),
        _within("superior_answer", "given_by", "account"),
        sa.UniqueConstraint(
            "tenant_id", "proposal_id", "given_by", name=op.f("uq_superior_answer_tenant_id_proposal_id_given_by")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "proposal_id", "party", name=op.f("pk_superior_answer")),
        schema="selaras",
    )
    for statement in tenant_wall("superior_proposal", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)
    for statement in tenant_wall("superior_answer", app_may="SELECT, INSERT"):
        op.execute(statement)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
