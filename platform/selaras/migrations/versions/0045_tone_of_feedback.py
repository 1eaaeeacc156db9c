"""What a feedback means to say: praise, or something to improve; nothing where its giver did not say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feedback", sa.Column("tone", sa.Text(), nullable=True), schema="selaras")
    op.create_check_constraint(op.f("ck_feedback_tone"), "feedback", "tone IN ('praise', 'concern')", schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
