"""Improvement plans about results that were not reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "improvement_plan",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("came_of", sa.Text(), nullable=True),
        sa.CheckConstraint("(closed_on IS NULL) = (came_of IS NULL)", name=op.f("ck_improvement_plan_closed")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_improvement_plan_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_improvement_plan_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_improvement_plan_tenant_id_written_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_improvement_plan")),
        sa.UniqueConstraint(
            "tenant_id", "period_id", "person_id", name=op.f("uq_improvement_plan_tenant_id_period_id_person_id")
        ),
        schema="selaras",
    )
    op.create_index(
        "ix_improvement_plan_person", "improvement_plan", ["tenant_id", "person_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "improvement_action",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["selaras.improvement_plan.tenant_id", "selaras.improvement_plan.id"],
            name=op.f("fk_improvement_action_tenant_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "responsible_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_improvement_action_tenant_id_responsible_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_improvement_action")),
        schema="selaras",
    )
    op.create_index(
        "ix_improvement_action_responsible",
        "improvement_action",
        ["tenant_id", "responsible_id"],
        unique=False,
        schema="selaras",
    )
    op.create_index(
        "ix_improvement_action_plan", "improvement_action", ["tenant_id", "plan_id"], unique=False, schema="selaras"
    )
    for table in ("improvement_plan", "improvement_action"):
        for statement in tenant_wall(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
