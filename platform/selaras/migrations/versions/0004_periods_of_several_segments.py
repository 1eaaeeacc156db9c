"""Periods of several segments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("evaluated", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("source_period_id", sa.Uuid(), nullable=True),
        sa.Column("stated_outcome", sa.Text(), nullable=True),
        sa.Column("stated_score", sa.Float(), nullable=True),
        sa.Column("origin", sa.Text(), server_default="facts", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("ended IN ('death', 'retirement', 'departure')", name=op.f("ck_segment_ended")),
        sa.CheckConstraint(
            "origin = 'facts' OR (reason IS NOT NULL AND length(btrim(reason)) >= 20)", name=op.f("ck_segment_reason")
        ),
        sa.CheckConstraint("origin IN ('facts', 'stated')", name=op.f("ck_segment_origin")),
        sa.CheckConstraint("number > 0", name=op.f("ck_segment_number")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_segment_order")),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", "number", name=op.f("pk_segment")),
        schema="selaras",
    )
    op.create_index("ix_segment_appraiser", "segment", ["tenant_id", "appraiser_id"], unique=False, schema="selaras")
    op.create_table(
        "segment_outcome",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("source_period_id", sa.Uuid(), nullable=True),
        sa.Column("numbers", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column("codes", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint(
            "tenant_id", "period_id", "person_id", "segment", "revision", name=op.f("pk_segment_outcome")
        ),
        schema="selaras",
    )
    op.add_column("period", sa.Column("segmented", sa.Integer(), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("starts", sa.Date(), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("ends", sa.Date(), nullable=True), schema="selaras")
    for statement in tenant_wall("segment"):
        op.execute(statement)
    for statement in tenant_wall("segment_outcome", app_may="SELECT, INSERT, DELETE"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
