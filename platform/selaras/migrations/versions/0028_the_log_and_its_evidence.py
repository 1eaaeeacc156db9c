"""The log of one's work, what its lines said before, and their evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_stored_file_purpose", "stored_file", ["tenant_id", "purpose"], schema="selaras")
    op.create_table(
        "activity",
        *_keys(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        _moment("made_at"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('page', 'api', 'import')", name=op.f("ck_activity_source")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_activity_hours")),
        _within("activity", "person_id", "person"),
        _within("activity", "item_id", "plan_item"),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "request_key", name=op.f("uq_activity_tenant_id_person_id_request_key")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity")),
        schema="selaras",
    )
    op.create_index("ix_activity_person", "activity", ["tenant_id", "person_id", "on_day"], schema="selaras")
    op.create_index("ix_activity_item", "activity", ["tenant_id", "item_id", "on_day"], schema="selaras")
    _versions()
    _evidence()
    for table in ("activity", "activity_version", "evidence"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _versions() -> None:
    op.create_table(
        "activity_version",
        *_keys(),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        _moment("until"),
        _within("activity_version", "activity_id", "activity"),
        sa.UniqueConstraint(
            "tenant_id", "activity_id", "version", name=op.f("uq_activity_version_tenant_id_activity_id_version")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_version")),
        schema="selaras",
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        *_keys(),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        _moment("made_at"),
        sa.CheckConstraint("state IN ('ready', 'quarantined')", name=op.f("ck_evidence_state")),
        sa.CheckConstraint("(file_id IS NULL) <> (url IS NULL)", name=op.f("ck_evidence_one_kind")),
        _within("evidence", "activity_id", "activity"),
        _within("evidence", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence")),
        schema="selaras",
    )
    op.create_index("ix_evidence_activity", "evidence", ["tenant_id", "activity_id"], schema="selaras")
    op.create_index(
        "ix_evidence_waiting",
        "evidence",
        ["tenant_id", "made_at"],
        schema="selaras",
        postgresql_where=sa.text("state = 'quarantined'"),
    )


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
