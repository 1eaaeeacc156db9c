"""The objection desk: cases with their hearing and frozen evidence, interests declared; outages that move deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from selaras.db.walls import platform_grants, tenant_wall

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

APPENDED = ("outage", "objection_statement", "objection_interest", "objection_bundle", "objection_bundle_file")
# Objections that were filed before: the superior of the appraiser on that day decides, both sides may still be heard.
CASES = """
    INSERT INTO selaras.objection_case (tenant_id, person_id, period_id, segment, revision, decider_id, invited_at, hearing)
    SELECT e.tenant_id, e.person_id, e.period_id, e.segment, e.revision, above.superior_id,
           CASE WHEN d.at IS NULL THEN now() ELSE e.at END,
           '{"days": 7, "kind": "calendar", "article": "PP 30/2019 Ps 59", "certainty": "assumed"}'
    FROM selaras.outcome_event e
    JOIN selaras.agency a ON a.tenant_id = e.tenant_id
    JOIN selaras.outcome o ON o.tenant_id = e.tenant_id AND o.period_id = e.period_id AND o.person_id = e.person_id
      AND o.segment = e.segment AND o.revision = e.revision
    LEFT JOIN selaras.reporting_line above ON above.tenant_id = e.tenant_id AND above.person_id = o.appraiser_id
      AND above.during @> (e.at AT TIME ZONE a.time_zone)::date
    LEFT JOIN selaras.objection_decision d ON d.tenant_id = e.tenant_id AND d.period_id = e.period_id
      AND d.person_id = e.person_id AND d.segment = e.segment AND d.revision = e.revision
    WHERE e.state = 'objected'
"""


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_outage_reason")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_outage_order")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_outage_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outage")),
        schema="selaras",
    )
    op.create_table(
        "platform_outage",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(reason_text)) >= 20", name=op.f("ck_platform_outage_reason_text")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_platform_outage_order")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_platform_outage_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_outage")),
        schema="selaras",
    )
    op.create_table(
        "objection_case",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hearing", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decider_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_objection_case_tenant_id_decider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_objection_case_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_objection_case_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_case")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "person_id",
            "segment",
            "revision",
            name=op.f("uq_objection_case_tenant_id_period_id_person_id_segment_revision"),
        ),
        schema="selaras",
    )
    op.create_index(
        "ix_objection_case_decider", "objection_case", ["tenant_id", "decider_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "objection_statement",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("said_by IN ('employee', 'appraiser')", name=op.f("ck_objection_statement_said_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_objection_statement_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["selaras.objection_case.tenant_id", "selaras.objection_case.id"],
            name=op.f("fk_objection_statement_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_statement")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "said_by", name=op.f("uq_objection_statement_tenant_id_case_id_said_by")
        ),
        schema="selaras",
    )
    op.create_table(
        "objection_interest",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_objection_interest_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_objection_interest_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["selaras.objection_case.tenant_id", "selaras.objection_case.id"],
            name=op.f("fk_objection_interest_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_objection_interest_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_interest")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "account_id", name=op.f("uq_objection_interest_tenant_id_case_id_account_id")
        ),
        schema="selaras",
    )
    op.create_table(
        "objection_bundle",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("manifest", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["selaras.objection_case.tenant_id", "selaras.objection_case.id"],
            name=op.f("fk_objection_bundle_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_bundle")),
        sa.UniqueConstraint("tenant_id", "case_id", name=op.f("uq_objection_bundle_tenant_id_case_id")),
        schema="selaras",
    )
    op.create_table(
        "objection_bundle_file",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bundle_id"],
            ["selaras.objection_bundle.tenant_id", "selaras.objection_bundle.id"],
            name=op.f("fk_objection_bundle_file_tenant_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["selaras.stored_file.tenant_id", "selaras.stored_file.id"],
            name=op.f("fk_objection_bundle_file_tenant_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objection_bundle_file")),
        sa.UniqueConstraint(
            "tenant_id", "bundle_id", "path", name=op.f("uq_objection_bundle_file_tenant_id_bundle_id_path")
        ),
        schema="selaras",
    )

    op.add_column("objection_decision", sa.Column("extent", sa.Text(), nullable=True), schema="selaras")
    # The owner is bound by the walls, the migrator is not.
    op.execute("RESET ROLE")
    op.execute("UPDATE selaras.objection_decision SET extent = CASE WHEN upheld THEN 'whole' ELSE 'none' END")
    op.execute(CASES)
    op.execute("SET ROLE selaras_owner")
    op.alter_column("objection_decision", "extent", nullable=False, schema="selaras")
    for name, said in {
        "extent": "extent IN ('whole', 'part', 'none')",
        "upheld": "upheld = (extent <> 'none')",
    }.items():
        op.create_check_constraint(op.f(f"ck_objection_decision_{name}"), "objection_decision", said, schema="selaras")
    for table in APPENDED:
        for statement in tenant_wall(table, app_may="SELECT, INSERT"):
            op.execute(statement)
    for statement in (
        *tenant_wall("objection_case", app_may="SELECT, INSERT, UPDATE"),
        *platform_grants("platform_outage", console_may="SELECT, INSERT"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
