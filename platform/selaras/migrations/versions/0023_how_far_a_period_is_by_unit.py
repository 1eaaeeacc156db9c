"""How far a period is, by unit, and what waits for each appraiser: kept counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COUNTED = ("people", "planned", "submitted", "agreed", "logged", "rated", "delivered", "accepted", "objected")


def upgrade() -> None:
    op.create_table(
        "funnel_count",
        *_keys("period_id"),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", name=op.f("pk_funnel_count")),
        schema="selaras",
    )
    op.create_table(
        "funnel_unit",
        *_keys("period_id", "unit_id"),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("below", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTED),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "unit_id", name=op.f("pk_funnel_unit")),
        schema="selaras",
    )
    op.create_index("ix_funnel_unit_parent", "funnel_unit", ["tenant_id", "period_id", "parent_id"], schema="selaras")
    op.create_table(
        "funnel_appraiser",
        *_keys("period_id", "person_id"),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("plans", sa.Integer(), nullable=False),
        sa.Column("plans_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", name=op.f("pk_funnel_appraiser")),
        schema="selaras",
    )
    for table in ("funnel_count", "funnel_unit", "funnel_appraiser"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _keys(*columns: str) -> list[sa.Column[Any]]:
    tenant: sa.Column[Any] = sa.Column(
        "tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False
    )
    return [tenant, *(sa.Column(name, sa.Uuid(), nullable=False) for name in columns)]


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
