"""What an identity provider publishes is renewed every day, and held where it decides whose word is believed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed", JSONB(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("identity_provider", column, schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
