"""What follows an outcome."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merit_assessment",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("rule_hash", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_merit_assessment_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_merit_assessment")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_merit_assessment_tenant_id_year")),
        schema="selaras",
    )
    op.create_table(
        "rulebook_choice",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("regulation"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_rulebook_choice_a_day",
        ),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_rulebook_choice_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_rulebook_choice_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rulebook_choice")),
        schema="selaras",
    )
    op.create_table(
        "objection_decision",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_revision", sa.SmallInteger(), nullable=True),
        sa.Column("decided_as", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_objection_decision_reason")),
        sa.CheckConstraint("NOT upheld OR corrected_revision IS NOT NULL", name=op.f("ck_objection_decision_revision")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_objection_decision_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_objection_decision_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_objection_decision_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_decision")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "person_id",
            "segment",
            "revision",
            name=op.f("uq_objection_decision_tenant_id_period_id_person_id_segment_revision"),
        ),
        schema="selaras",
    )
    op.create_table(
        "potential",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_potential_a_day",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_potential_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_potential")),
        schema="selaras",
    )
    op.create_table(
        "proposal",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'endorsed', 'declined', 'decided', 'rejected', 'carried_out', 'withdrawn')",
            name=op.f("ck_proposal_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_proposal_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_proposal_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "person_id",
            "kind",
            "revision",
            name=op.f("uq_proposal_tenant_id_period_id_person_id_kind_revision"),
        ),
        schema="selaras",
    )
    op.create_index("ix_proposal_person", "proposal", ["tenant_id", "person_id"], unique=False, schema="selaras")
    op.create_index(
        "ix_proposal_state", "proposal", ["tenant_id", "state", "kind", "id"], unique=False, schema="selaras"
    )
    op.create_table(
        "improvement_case",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("temporary_from", sa.Date(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("paused_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("paused_days >= 0", name=op.f("ck_improvement_case_paused_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_improvement_case_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "proposal_id"],
            ["selaras.proposal.tenant_id", "selaras.proposal.id"],
            name=op.f("fk_improvement_case_tenant_id_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_improvement_case")),
        sa.UniqueConstraint("tenant_id", "proposal_id", name=op.f("uq_improvement_case_tenant_id_proposal_id")),
        schema="selaras",
    )
    op.create_index(
        "uq_improvement_case_open",
        "improvement_case",
        ["tenant_id", "person_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_table(
        "proposal_event",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decree_number", sa.Text(), nullable=True),
        sa.Column("decree_date", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state <> 'decided' OR decree_number IS NOT NULL", name=op.f("ck_proposal_event_decree")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_proposal_event_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "proposal_id"],
            ["selaras.proposal.tenant_id", "selaras.proposal.id"],
            name=op.f("fk_proposal_event_tenant_id_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_proposal_event")),
        schema="selaras",
    )
    op.create_index(
        "ix_proposal_event_proposal", "proposal_event", ["tenant_id", "proposal_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "improvement_step",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decree_number", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_improvement_step_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["selaras.improvement_case.tenant_id", "selaras.improvement_case.id"],
            name=op.f("fk_improvement_step_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_improvement_step")),
        schema="selaras",
    )
    op.create_index(
        "ix_improvement_step_case", "improvement_step", ["tenant_id", "case_id"], unique=False, schema="selaras"
    )
    for table in ("proposal", "improvement_case", "merit_assessment", "potential", "rulebook_choice"):
        for statement in tenant_wall(table):
            op.execute(statement)
    for table in ("proposal_event", "improvement_step", "objection_decision"):
        for statement in tenant_wall(table, app_may="SELECT, INSERT"):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
