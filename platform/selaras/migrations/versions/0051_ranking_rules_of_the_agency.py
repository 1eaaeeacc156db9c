"""Ranking rules that the agency writes itself: pooling, job families, locations, who and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    for column in (
        sa.Column("pooling", sa.Text(), server_default="first", nullable=False),
        sa.Column("families", json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("places", json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ):
        op.add_column("ranking_rule", column, schema="selaras")
    op.create_foreign_key(
        op.f("fk_ranking_rule_tenant_id_account_id"),
        "ranking_rule",
        "account",
        ["tenant_id", "account_id"],
        ["tenant_id", "id"],
        source_schema="selaras",
        referent_schema="selaras",
    )
    for name, rule in (
        ("pooling", "pooling IN ('first', 'all', 'none')"),
        ("minimum_size", "minimum_size BETWEEN 1 AND 1000"),
        ("reason", "origin <> 'agency' OR length(btrim(reason)) >= 20"),
    ):
        op.create_check_constraint(op.f(f"ck_ranking_rule_{name}"), "ranking_rule", rule, schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
