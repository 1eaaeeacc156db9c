"""Simulations of drafts of the table of pay, and who would be paid differently."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from selaras.db.walls import tenant_wall

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_simulation",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("figures", JSONB(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'done') = (figures IS NOT NULL)", name=op.f("ck_pay_simulation_figures")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_pay_simulation_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_pay_simulation_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["selaras.remuneration_draft.tenant_id", "selaras.remuneration_draft.id"],
            name=op.f("fk_pay_simulation_tenant_id_draft_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_pay_simulation_tenant_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pay_simulation")),
        schema="selaras",
    )
    op.create_index(
        "ix_pay_simulation_draft", "pay_simulation", ["tenant_id", "draft_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "pay_simulation_line",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.Numeric(precision=14, scale=0), nullable=True),
        sa.Column("after", sa.Numeric(precision=14, scale=0), nullable=True),
        sa.Column("difference", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "simulation_id"],
            ["selaras.pay_simulation.tenant_id", "selaras.pay_simulation.id"],
            name=op.f("fk_pay_simulation_line_tenant_id_simulation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "simulation_id", "person_id", name=op.f("pk_pay_simulation_line")),
        schema="selaras",
    )
    op.create_index(
        "ix_pay_simulation_line_difference",
        "pay_simulation_line",
        ["tenant_id", "simulation_id", "difference"],
        unique=False,
        schema="selaras",
    )
    for statement in (
        *tenant_wall("pay_simulation"),
        *tenant_wall("pay_simulation_line"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
