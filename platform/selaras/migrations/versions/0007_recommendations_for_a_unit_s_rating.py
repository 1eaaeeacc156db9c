"""Recommendations for a unit's rating."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation_recommendation",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "office IN ('planning', 'hr', 'internal_audit')", name=op.f("ck_organisation_recommendation_office")
        ),
        sa.CheckConstraint("length(btrim(reason)) > 0", name=op.f("ck_organisation_recommendation_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_organisation_recommendation_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["selaras.stored_file.tenant_id", "selaras.stored_file.id"],
            name=op.f("fk_organisation_recommendation_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_organisation_recommendation_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_organisation_recommendation_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_recommendation")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "unit_id",
            "office",
            name=op.f("uq_organisation_recommendation_tenant_id_period_id_unit_id_office"),
        ),
        schema="selaras",
    )
    for statement in tenant_wall("organisation_recommendation"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
