"""Amendments of agreed plans, their versions, and results that are no longer pursued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_item", sa.Column("stopped_on", sa.Date(), nullable=True), schema="selaras")
    op.create_table(
        "plan_amendment",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'agreed', 'withdrawn')", name=op.f("ck_plan_amendment_state")
        ),
        _within("plan_amendment", "plan_id", "plan"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_amendment")),
        schema="selaras",
    )
    op.create_index(
        "uq_plan_amendment_open",
        "plan_amendment",
        ["tenant_id", "plan_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("state IN ('draft', 'submitted')"),
    )
    op.create_table(
        "plan_version",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _within("plan_version", "plan_id", "plan"),
        _within("plan_version", "agreed_by", "person"),
        sa.PrimaryKeyConstraint("tenant_id", "plan_id", "number", name=op.f("pk_plan_version")),
        schema="selaras",
    )
    for statement in tenant_wall("plan_amendment", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)
    for statement in tenant_wall("plan_version", app_may="SELECT, INSERT"):
        op.execute(statement)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
