"""The dialogue on plans: remarks that are only appended, and how far everybody has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_remark",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("item_title", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'appraiser', 'delegate', 'reviewer')", name=op.f("ck_plan_remark_role")),
        sa.CheckConstraint("item_id IS NULL OR item_code IS NOT NULL", name=op.f("ck_plan_remark_item")),
        _within("plan_remark", "plan_id", "plan"),
        _within("plan_remark", "item_id", "plan_item", ondelete="SET NULL (item_id)"),
        _within("plan_remark", "author_id", "person"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_remark")),
        schema="selaras",
    )
    op.create_index("ix_plan_remark_plan", "plan_remark", ["tenant_id", "plan_id"], schema="selaras")
    op.create_table(
        "plan_reading",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _within("plan_reading", "plan_id", "plan"),
        _within("plan_reading", "reader_id", "person"),
        sa.PrimaryKeyConstraint("tenant_id", "plan_id", "reader_id", name=op.f("pk_plan_reading")),
        schema="selaras",
    )
    for statement in tenant_wall("plan_remark", app_may="SELECT, INSERT"):
        op.execute(statement)
    for statement in tenant_wall("plan_reading", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)


def _within(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
