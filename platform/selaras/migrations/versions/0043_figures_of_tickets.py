"""Figures of tickets for the console, and that the end of an unlock was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import summary_wall

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_figure",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("forwarded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "month", "category", name=op.f("pk_ticket_figure")),
        schema="selaras",
    )
    for statement in summary_wall("ticket_figure"):
        op.execute(statement)
    op.add_column("unlock", sa.Column("over_told_at", sa.DateTime(timezone=True), nullable=True), schema="selaras")
    # What was over before this was known is told to nobody any more.
    op.execute("UPDATE selaras.unlock SET over_told_at = until WHERE until <= now()")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
