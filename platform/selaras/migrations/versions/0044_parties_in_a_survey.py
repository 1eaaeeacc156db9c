"""Parties to a running objection in a survey: not drawn where answers are closed, marked where they are open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "survey_conflict",
        sa.Column("origin", sa.Text(), server_default="named", nullable=False),
        schema="selaras",
    )
    op.create_check_constraint(
        op.f("ck_survey_conflict_origin"), "survey_conflict", "origin IN ('named', 'objection')", schema="selaras"
    )
    op.add_column(
        "survey_result",
        sa.Column("disputed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="selaras",
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
