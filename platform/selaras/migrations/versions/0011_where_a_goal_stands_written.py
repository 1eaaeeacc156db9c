"""Where a goal stands written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("goal", sa.Column("document", sa.Text(), nullable=True), schema="selaras")
    op.create_check_constraint(
        op.f("ck_goal_document"), "goal", "document IN ('rpjmd', 'renstra', 'perjanjian_kinerja')", schema="selaras"
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
