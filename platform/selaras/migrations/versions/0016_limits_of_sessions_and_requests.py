"""Limits of sessions and requests that an agency sets itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MINUTES_AND_REQUESTS = (
    "idle_minutes",
    "absolute_minutes",
    "session_requests",
    "client_requests",
    "address_requests",
)


def upgrade() -> None:
    op.create_table(
        "access_limit",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in MINUTES_AND_REQUESTS),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_access_limit_tenant_id_changed_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_access_limit")),
        schema="selaras",
    )
    for statement in tenant_wall("access_limit"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
