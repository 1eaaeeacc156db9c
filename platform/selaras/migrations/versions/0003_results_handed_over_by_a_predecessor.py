"""Results handed over by a predecessor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="taken", nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('taken', 'withdrawn')", name=op.f("ck_handover_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_handover_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "withdrawn_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_handover_tenant_id_withdrawn_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover")),
        schema="selaras",
    )
    op.create_table(
        "handed_over_result",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tone", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("appraiser_name", sa.Text(), nullable=True),
        sa.Column("appraiser_number", sa.Text(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=True),
        sa.Column("source_agency", sa.Text(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("rule_hash", sa.Text(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_handed_over_result_order")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handover_id"],
            ["selaras.handover.tenant_id", "selaras.handover.id"],
            name=op.f("fk_handed_over_result_tenant_id_handover_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_handed_over_result_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handed_over_result")),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "period_code",
            "segment",
            name=op.f("uq_handed_over_result_tenant_id_person_id_period_code_segment"),
        ),
        schema="selaras",
    )
    op.create_index(
        "ix_handed_over_result_handover",
        "handed_over_result",
        ["tenant_id", "handover_id"],
        unique=False,
        schema="selaras",
    )
    for statement in tenant_wall("handover", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)
    for statement in tenant_wall("handed_over_result", app_may="SELECT, INSERT, DELETE"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
