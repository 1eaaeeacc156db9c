"""The link of an invitation by mail: to which address, when the mail server took it, and why it could not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("mail_to", sa.Text(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_trouble", sa.Text(), nullable=True),
    ):
        op.add_column("invitation", column, schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
