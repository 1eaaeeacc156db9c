"""Audits with a reason, and who was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection",
        *_keys(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _within("inspection", "account_id", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inspection")),
        schema="selaras",
    )
    op.create_index("ix_inspection_account", "inspection", ["tenant_id", "account_id"], schema="selaras")
    op.create_table(
        "inspection_view",
        *_keys(),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _within("inspection_view", "inspection_id", "inspection"),
        _within("inspection_view", "person_id", "person"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inspection_view")),
        schema="selaras",
    )
    for column in ("inspection_id", "person_id"):
        name = f"ix_inspection_view_{column.removesuffix('_id')}"
        op.create_index(name, "inspection_view", ["tenant_id", column], schema="selaras")
    for table in ("inspection", "inspection_view"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _keys() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
    )


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
