"""Calendars of agencies: the working week from a day on, and days on which offices are closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "working_week",
        *_key(),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days IN (5, 6)", name=op.f("ck_working_week_days")),
        sa.UniqueConstraint("tenant_id", "since", name="one_week_a_day"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_working_week")),
        schema="selaras",
    )
    op.create_table(
        "closed_day",
        *_key(),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "name", "source")),
        sa.CheckConstraint("kind IN ('national', 'joint_leave', 'local')", name=op.f("ck_closed_day_kind")),
        sa.UniqueConstraint("tenant_id", "day", name="one_reason_a_day"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_closed_day")),
        schema="selaras",
    )
    for table in ("working_week", "closed_day"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _key() -> tuple[sa.Column[int], sa.Column[object]]:
    return (
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
