"""The whole plan, assignments to teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("leader_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("agency_name", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint("origin <> 'other_agency' OR agency_name IS NOT NULL", name=op.f("ck_assignment_agency")),
        sa.CheckConstraint("origin IN ('own_unit', 'other_unit', 'other_agency')", name=op.f("ck_assignment_origin")),
        sa.CheckConstraint("role IN ('leader', 'member')", name=op.f("ck_assignment_role")),
        sa.CheckConstraint("person_id <> leader_id", name=op.f("ck_assignment_not_oneself")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "leader_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_assignment_tenant_id_leader_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_assignment_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_assignment_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("tenant_id", "code", "person_id", name=op.f("uq_assignment_tenant_id_code_person_id")),
        schema="selaras",
    )
    op.create_index("ix_assignment_leader", "assignment", ["tenant_id", "leader_id"], unique=False, schema="selaras")
    op.create_index("ix_assignment_person", "assignment", ["tenant_id", "person_id"], unique=False, schema="selaras")
    op.create_table(
        "plan_annex",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["selaras.plan.tenant_id", "selaras.plan.id"],
            name=op.f("fk_plan_annex_tenant_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_annex")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "kind", "place", name=op.f("uq_plan_annex_tenant_id_plan_id_kind_place")
        ),
        schema="selaras",
    )
    op.create_table(
        "plan_expectation",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("behaviour", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["selaras.plan.tenant_id", "selaras.plan.id"],
            name=op.f("fk_plan_expectation_tenant_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_expectation")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "behaviour", name=op.f("uq_plan_expectation_tenant_id_plan_id_behaviour")
        ),
        schema="selaras",
    )
    op.create_table(
        "team_input",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["selaras.assignment.tenant_id", "selaras.assignment.id"],
            name=op.f("fk_team_input_tenant_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "giver_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_team_input_tenant_id_giver_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_team_input")),
        sa.UniqueConstraint(
            "tenant_id", "assignment_id", "period_code", name=op.f("uq_team_input_tenant_id_assignment_id_period_code")
        ),
        schema="selaras",
    )
    op.create_table(
        "item_strategy",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_item_strategy_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_item_strategy")),
        sa.UniqueConstraint(
            "tenant_id", "item_id", "stage", "place", name=op.f("uq_item_strategy_tenant_id_item_id_stage_place")
        ),
        schema="selaras",
    )
    op.create_table(
        "result_share",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.CheckConstraint("kind = 'direct' OR output IS NOT NULL", name=op.f("ck_result_share_output")),
        sa.CheckConstraint("kind IN ('direct', 'supporting')", name=op.f("ck_result_share_kind")),
        sa.CheckConstraint(
            "share IS NULL OR (kind = 'direct' AND share > 0 AND share <= 100)", name=op.f("ck_result_share_share")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_result_share_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_result_share_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_result_share")),
        sa.UniqueConstraint(
            "tenant_id", "item_id", "person_id", name=op.f("uq_result_share_tenant_id_item_id_person_id")
        ),
        schema="selaras",
    )
    op.create_index(
        "ix_result_share_person", "result_share", ["tenant_id", "person_id"], unique=False, schema="selaras"
    )
    op.add_column("item_measure", sa.Column("manual", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("model", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("variant", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True), schema="selaras")
    op.add_column("plan", sa.Column("note", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan_item", sa.Column("section", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan_item", sa.Column("perspective", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan_item", sa.Column("origin", sa.Text(), nullable=True), schema="selaras")
    op.create_check_constraint(
        op.f("ck_plan_item_origin"),
        "plan_item",
        "origin IN ('own_unit', 'other_unit', 'other_agency')",
        schema="selaras",
    )
    op.add_column("plan_item", sa.Column("expectation", sa.Text(), nullable=True), schema="selaras")
    op.add_column("plan_item", sa.Column("assignment_id", sa.Uuid(), nullable=True), schema="selaras")
    op.create_foreign_key(
        op.f("fk_plan_item_tenant_id_assignment_id"),
        "plan_item",
        "assignment",
        ["tenant_id", "assignment_id"],
        ["tenant_id", "id"],
        source_schema="selaras",
        referent_schema="selaras",
    )
    for statement in tenant_wall("item_strategy"):
        op.execute(statement)
    for statement in tenant_wall("plan_annex"):
        op.execute(statement)
    for statement in tenant_wall("plan_expectation"):
        op.execute(statement)
    for statement in tenant_wall("result_share"):
        op.execute(statement)
    for statement in tenant_wall("assignment"):
        op.execute(statement)
    for statement in tenant_wall("team_input"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
