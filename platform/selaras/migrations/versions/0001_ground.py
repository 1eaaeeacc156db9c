"""The ground: every table of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import foundation, platform_grants, summary_wall, tenant_wall

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TENANT = [
    "account",
    "appointment",
    "close",
    "close_stage",
    "distribution_check",
    "distribution_override",
    "feedback",
    "goal",
    "import_batch",
    "item_measure",
    "job",
    "notice",
    "organisation_rating",
    "outcome",
    "outcome_batch",
    "outcome_event",
    "outcome_steps",
    "period",
    "person",
    "person_number",
    "plan",
    "plan_item",
    "position",
    "progress",
    "ranking_group",
    "ranking_rule",
    "rating",
    "remuneration",
    "remuneration_table",
    "reporting_line",
    "role_grant",
    "stored_file",
    "unit",
    "unit_placement",
]
APPENDED = ["ledger_block", "ledger_entry", "ledger_salt"]
SUMMARY = ["close_summary", "outcome_summary"]
PLATFORM = {
    "agency": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "agency_host": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "agency_succession": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "feature_assignment": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "job_envelope": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT, UPDATE, DELETE"),
    "operator_entry": ("", "SELECT, INSERT"),
    "region": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "regulation_assignment": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "rollout": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "rollout_event": ("SELECT", "SELECT, INSERT"),
    "rollout_member": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "rule_text": ("SELECT, INSERT", "SELECT"),
}


def upgrade() -> None:
    for statement in foundation():
        op.execute(statement)
    for sequence in ("agency_number", "rule_number"):
        op.execute(f"CREATE SEQUENCE selaras.{sequence} AS integer")
        op.execute(f"GRANT USAGE ON SEQUENCE selaras.{sequence} TO selaras_app, selaras_console")
    op.create_table(
        "account",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("tenant_id", "subject", name=op.f("uq_account_tenant_id_subject")),
        schema="selaras",
    )
    op.create_table(
        "close_summary",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("evaluated", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("overrides", sa.Integer(), nullable=False),
        sa.Column("pay_base", sa.Numeric(precision=18, scale=0), nullable=False),
        sa.Column("pay_amount", sa.Numeric(precision=18, scale=0), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "period_code", name=op.f("pk_close_summary")),
        schema="selaras",
    )
    op.create_table(
        "job",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job")),
        schema="selaras",
    )
    op.create_index("ix_job_created", "job", ["tenant_id", "created_at"], unique=False, schema="selaras")
    op.create_table(
        "ledger_block",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("server", sa.BigInteger(), nullable=False),
        sa.Column("first_transaction", sa.BigInteger(), nullable=False),
        sa.Column("end_transaction", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_ledger_block")),
        schema="selaras",
    )
    op.create_table(
        "ledger_entry",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column(
            "server", sa.BigInteger(), server_default=sa.text("(pg_control_system()).system_identifier"), nullable=False
        ),
        sa.Column(
            "transaction", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger_entry")),
        schema="selaras",
    )
    op.create_index(
        "ix_ledger_entry_transaction",
        "ledger_entry",
        ["tenant_id", "server", "transaction"],
        unique=False,
        schema="selaras",
    )
    op.create_table(
        "ledger_salt",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_ledger_salt")),
        schema="selaras",
    )
    op.create_table(
        "notice",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "code", "subject_id", name=op.f("pk_notice")),
        schema="selaras",
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["tenant_id", "person_id"],
        unique=False,
        schema="selaras",
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "operator_entry",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_entry")),
        schema="selaras",
    )
    op.create_table(
        "outcome",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("organisation_rating", sa.Text(), nullable=True),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", "segment", "revision", name=op.f("pk_outcome")),
        schema="selaras",
    )
    op.create_index("ix_outcome_person", "outcome", ["tenant_id", "person_id"], unique=False, schema="selaras")
    op.create_table(
        "outcome_steps",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("numbers", sa.ARRAY(sa.Float()), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint(
            "tenant_id", "period_id", "person_id", "segment", "revision", name=op.f("pk_outcome_steps")
        ),
        schema="selaras",
    )
    op.create_table(
        "outcome_summary",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "period_code", "employment", "outcome", name=op.f("pk_outcome_summary")),
        schema="selaras",
    )
    op.create_table(
        "period",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint("kind IN ('month', 'quarter', 'half_year', 'year')", name=op.f("ck_period_kind")),
        sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name=op.f("ck_period_state")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_period_order")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_period")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_period_tenant_id_code")),
        schema="selaras",
    )
    op.create_table(
        "ranking_group",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ranking_group")),
        sa.UniqueConstraint(
            "tenant_id", "batch_id", "group_key", name=op.f("uq_ranking_group_tenant_id_batch_id_group_key")
        ),
        schema="selaras",
    )
    op.create_table(
        "ranking_rule",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("attributes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("minimum_size", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="), (sa.column("during"), "&&"), using="gist", name="one_ranking_rule_a_day"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ranking_rule")),
        schema="selaras",
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("bkn_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["selaras.region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        schema="selaras",
    )
    op.create_table(
        "remuneration",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("base", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "period_id", "person_id", "segment", "revision", name=op.f("pk_remuneration")
        ),
        schema="selaras",
    )
    op.create_table(
        "remuneration_table",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("percents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("kind"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_remuneration_table_a_day",
        ),
        sa.CheckConstraint("kind IN ('tukin', 'tpp')", name=op.f("ck_remuneration_table_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_remuneration_table")),
        schema="selaras",
    )
    op.create_table(
        "rule_text",
        sa.Column("id", sa.Integer(), server_default=sa.text("nextval('selaras.rule_number')"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_text")),
        sa.UniqueConstraint("hash", name=op.f("uq_rule_text_hash")),
        schema="selaras",
    )
    op.create_table(
        "unit",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("head_title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("tenant_id", "source_id", name=op.f("uq_unit_tenant_id_source_id")),
        schema="selaras",
    )
    op.create_table(
        "agency",
        sa.Column(
            "tenant_id", sa.Integer(), server_default=sa.text("nextval('selaras.agency_number')"), nullable=False
        ),
        sa.Column("uuid", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("bkn_code", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="preparing", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ministry', 'agency', 'province', 'regency', 'city')", name=op.f("ck_agency_kind")
        ),
        sa.CheckConstraint("status IN ('preparing', 'active', 'suspended', 'ended')", name=op.f("ck_agency_status")),
        sa.ForeignKeyConstraint(["region_code"], ["selaras.region.code"], name=op.f("fk_agency_region_code")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_agency")),
        sa.UniqueConstraint("slug", name=op.f("uq_agency_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_agency_uuid")),
        schema="selaras",
    )
    op.create_table(
        "distribution_check",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_rating", sa.Text(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_distribution_check_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_distribution_check")),
        sa.UniqueConstraint(
            "tenant_id", "batch_id", "unit_id", name=op.f("uq_distribution_check_tenant_id_batch_id_unit_id")
        ),
        schema="selaras",
    )
    op.create_table(
        "distribution_override",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_distribution_override_reason")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_distribution_override_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_distribution_override_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_distribution_override_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_distribution_override")),
        sa.UniqueConstraint(
            "tenant_id", "period_id", "unit_id", name=op.f("uq_distribution_override_tenant_id_period_id_unit_id")
        ),
        schema="selaras",
    )
    op.create_table(
        "goal",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["selaras.goal.tenant_id", "selaras.goal.id"],
            name=op.f("fk_goal_tenant_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_goal_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_goal")),
        sa.UniqueConstraint("tenant_id", "year", "code", name=op.f("uq_goal_tenant_id_year_code")),
        schema="selaras",
    )
    op.create_table(
        "import_batch",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('taken', 'refused', 'previewed')", name=op.f("ck_import_batch_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_import_batch_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_batch")),
        schema="selaras",
    )
    op.create_table(
        "outcome_batch",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="drafted", nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('drafted', 'set', 'withdrawn')", name=op.f("ck_outcome_batch_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_outcome_batch_tenant_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outcome_batch")),
        schema="selaras",
    )
    op.create_index(
        "ix_outcome_batch_period", "outcome_batch", ["tenant_id", "period_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "person",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("sex IN ('M', 'F')", name=op.f("ck_person_sex")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_person_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("tenant_id", "account_id", name=op.f("uq_person_tenant_id_account_id")),
        sa.UniqueConstraint("tenant_id", "source_id", name=op.f("uq_person_tenant_id_source_id")),
        schema="selaras",
    )
    op.create_index(
        "ix_person_search_name",
        "person",
        ["tenant_id", "search_name", "id"],
        unique=False,
        schema="selaras",
        postgresql_ops={"search_name": "text_pattern_ops"},
    )
    op.create_table(
        "position",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("job_class", sa.Integer(), nullable=True),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('jpt', 'administrator', 'pengawas', 'jf', 'pelaksana')", name=op.f("ck_position_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_position_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_position")),
        sa.UniqueConstraint(
            "tenant_id",
            "unit_id",
            "title",
            "kind",
            "level",
            "job_class",
            "is_head",
            name="uq_position_post",
            postgresql_nulls_not_distinct=True,
        ),
        schema="selaras",
    )
    op.create_table(
        "role_grant",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("account_id"), "="),
            (sa.column("role"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("unit_id IS NULL"),
            using="gist",
            name="one_role_grant_a_day",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_role_grant_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_role_grant_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_role_grant")),
        schema="selaras",
    )
    op.create_index("ix_role_grant_account", "role_grant", ["tenant_id", "account_id"], unique=False, schema="selaras")
    op.create_table(
        "rollout",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("goal IN ('regulation', 'feature')", name=op.f("ck_rollout_goal")),
        sa.ForeignKeyConstraint(["region_code"], ["selaras.region.code"], name=op.f("fk_rollout_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout")),
        schema="selaras",
    )
    op.create_table(
        "stored_file",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_stored_file_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stored_file")),
        schema="selaras",
    )
    op.create_index(
        "ix_stored_file_subject", "stored_file", ["tenant_id", "subject_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "unit_placement",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("leader_source_id", sa.Text(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("unit_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_place_a_day",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_unit_placement_tenant_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_unit_placement_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit_placement")),
        schema="selaras",
    )
    op.create_index(
        "ix_unit_placement_parent", "unit_placement", ["tenant_id", "parent_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "agency_host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("host = lower(host)", name=op.f("ck_agency_host_lower")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_agency_host_tenant_id")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_agency_host")),
        schema="selaras",
    )
    op.create_index(op.f("ix_agency_host_tenant_id"), "agency_host", ["tenant_id"], unique=False, schema="selaras")
    op.create_table(
        "agency_succession",
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["selaras.agency.tenant_id"], name=op.f("fk_agency_succession_predecessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["selaras.agency.tenant_id"], name=op.f("fk_agency_succession_successor_id")
        ),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_agency_succession")),
        schema="selaras",
    )
    op.create_table(
        "appointment",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("legal_status", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="definitive", nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("kind = 'definitive'"),
            using="gist",
            name="one_definitive_post_a_day",
        ),
        sa.CheckConstraint(
            "employment IN ('pns', 'cpns', 'pppk', 'pppk_paruh_waktu')", name=op.f("ck_appointment_employment")
        ),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_appointment_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_appointment_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "position_id"],
            ["selaras.position.tenant_id", "selaras.position.id"],
            name=op.f("fk_appointment_tenant_id_position_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_appointment_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_appointment")),
        schema="selaras",
    )
    op.create_index("ix_appointment_person", "appointment", ["tenant_id", "person_id"], unique=False, schema="selaras")
    op.create_index("ix_appointment_unit", "appointment", ["tenant_id", "unit_id"], unique=False, schema="selaras")
    op.create_table(
        "close",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("without_unrated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("state IN ('running', 'blocked', 'set', 'withdrawn')", name=op.f("ck_close_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["selaras.outcome_batch.tenant_id", "selaras.outcome_batch.id"],
            name=op.f("fk_close_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_close_tenant_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_close")),
        schema="selaras",
    )
    op.create_index(
        "uq_close_one_under_way",
        "close",
        ["tenant_id", "period_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("state IN ('running', 'blocked', 'set')"),
    )
    op.create_table(
        "feature_assignment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("rollout_id", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("feature"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_feature_a_day",
        ),
        sa.ForeignKeyConstraint(["rollout_id"], ["selaras.rollout.id"], name=op.f("fk_feature_assignment_rollout_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_feature_assignment_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_assignment")),
        schema="selaras",
    )
    op.create_table(
        "job_envelope",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column(
            "waiting_since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'admitted', 'running')", name=op.f("ck_job_envelope_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_job_envelope_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", name=op.f("pk_job_envelope")),
        schema="selaras",
    )
    op.create_index(
        "ix_job_envelope_waiting",
        "job_envelope",
        ["state", "tenant_id", "waiting_since"],
        unique=False,
        schema="selaras",
    )
    op.create_table(
        "organisation_rating",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_organisation_rating_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "set_by"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_organisation_rating_tenant_id_set_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_organisation_rating_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation_rating")),
        sa.UniqueConstraint(
            "tenant_id", "period_id", "unit_id", name=op.f("uq_organisation_rating_tenant_id_period_id_unit_id")
        ),
        schema="selaras",
    )
    op.create_table(
        "outcome_event",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('delivered', 'accepted', 'objected', 'final')", name=op.f("ck_outcome_event_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_outcome_event_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_outcome_event_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_outcome_event_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outcome_event")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "person_id",
            "segment",
            "revision",
            "state",
            name=op.f("uq_outcome_event_tenant_id_period_id_person_id_segment_revision_state"),
        ),
        schema="selaras",
    )
    op.create_table(
        "person_number",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_number_a_day",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.literal_column("(number::bigint)"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_holder_a_day",
        ),
        sa.CheckConstraint("kind IN ('nip', 'ni_pppk')", name=op.f("ck_person_number_kind")),
        sa.CheckConstraint("number ~ '^[0-9]{18}$'", name=op.f("ck_person_number_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_person_number_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person_number")),
        schema="selaras",
    )
    op.create_index(
        "ix_person_number_number",
        "person_number",
        ["tenant_id", "number"],
        unique=False,
        schema="selaras",
        postgresql_ops={"number": "text_pattern_ops"},
    )
    op.create_index(
        "ix_person_number_person", "person_number", ["tenant_id", "person_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "plan",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'agreed')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "appraiser_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_plan_tenant_id_appraiser_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_plan_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan")),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "year", "segment", name=op.f("uq_plan_tenant_id_person_id_year_segment")
        ),
        schema="selaras",
    )
    op.create_table(
        "rating",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "appraiser_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_rating_tenant_id_appraiser_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_rating_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_rating_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "tenant_id",
            "period_id",
            "person_id",
            "segment",
            name=op.f("uq_rating_tenant_id_period_id_person_id_segment"),
        ),
        schema="selaras",
    )
    op.create_table(
        "regulation_assignment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("rollout_id", sa.Uuid(), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="), (sa.column("during"), "&&"), using="gist", name="one_regulation_a_day"
        ),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["selaras.rollout.id"], name=op.f("fk_regulation_assignment_rollout_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_regulation_assignment_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_assignment")),
        schema="selaras",
    )
    op.create_table(
        "reporting_line",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_superior_a_day",
        ),
        sa.CheckConstraint("origin IN ('unit_head', 'stated')", name=op.f("ck_reporting_line_origin")),
        sa.CheckConstraint("person_id <> superior_id", name=op.f("ck_reporting_line_not_oneself")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_reporting_line_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "superior_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_reporting_line_tenant_id_superior_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reporting_line")),
        schema="selaras",
    )
    op.create_index(
        "ix_reporting_line_person", "reporting_line", ["tenant_id", "person_id"], unique=False, schema="selaras"
    )
    op.create_index(
        "ix_reporting_line_superior", "reporting_line", ["tenant_id", "superior_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "rollout_event",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("rollout_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=True),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["rollout_id"], ["selaras.rollout.id"], name=op.f("fk_rollout_event_rollout_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_rollout_event_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout_event")),
        schema="selaras",
    )
    op.create_index(
        op.f("ix_rollout_event_rollout_id"), "rollout_event", ["rollout_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "rollout_member",
        sa.Column("rollout_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "stage IN ('prepare', 'pilot', 'live', 'rolled_back')", name=op.f("ck_rollout_member_stage")
        ),
        sa.ForeignKeyConstraint(["rollout_id"], ["selaras.rollout.id"], name=op.f("fk_rollout_member_rollout_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_rollout_member_tenant_id")),
        sa.PrimaryKeyConstraint("rollout_id", "tenant_id", name=op.f("pk_rollout_member")),
        schema="selaras",
    )
    op.create_table(
        "close_stage",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("close_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("last_person_id", sa.Uuid(), nullable=True),
        sa.Column("more", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "close_id"],
            ["selaras.close.tenant_id", "selaras.close.id"],
            name=op.f("fk_close_stage_tenant_id_close_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_close_stage")),
        sa.UniqueConstraint(
            "tenant_id", "close_id", "stage", "chunk", name=op.f("uq_close_stage_tenant_id_close_id_stage_chunk")
        ),
        schema="selaras",
    )
    op.create_table(
        "plan_item",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parent_item_id", sa.Uuid(), nullable=True),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("kind IN ('main', 'additional')", name=op.f("ck_plan_item_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "goal_id"],
            ["selaras.goal.tenant_id", "selaras.goal.id"],
            name=op.f("fk_plan_item_tenant_id_goal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_plan_item_tenant_id_parent_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["selaras.plan.tenant_id", "selaras.plan.id"],
            name=op.f("fk_plan_item_tenant_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("tenant_id", "plan_id", "code", name=op.f("uq_plan_item_tenant_id_plan_id_code")),
        schema="selaras",
    )
    op.create_table(
        "feedback",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("behaviour", sa.Text(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("relation IN ('superior', 'peer', 'subordinate')", name=op.f("ck_feedback_relation")),
        sa.CheckConstraint("person_id <> giver_id", name=op.f("ck_feedback_not_oneself")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "giver_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_feedback_tenant_id_giver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_feedback_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_feedback_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback")),
        schema="selaras",
    )
    op.create_index("ix_feedback_person", "feedback", ["tenant_id", "person_id"], unique=False, schema="selaras")
    op.create_table(
        "item_measure",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("actual", sa.Numeric(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_item_measure_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_item_measure")),
        sa.UniqueConstraint("tenant_id", "item_id", "aspect", name=op.f("uq_item_measure_tenant_id_item_id_aspect")),
        schema="selaras",
    )
    op.create_table(
        "progress",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("actual", sa.Numeric(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["selaras.plan_item.tenant_id", "selaras.plan_item.id"],
            name=op.f("fk_progress_tenant_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_progress")),
        sa.UniqueConstraint(
            "tenant_id", "item_id", "aspect", "on_day", name=op.f("uq_progress_tenant_id_item_id_aspect_on_day")
        ),
        schema="selaras",
    )
    _raise_walls()


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")


def _raise_walls() -> None:
    for table in TENANT:
        _run(tenant_wall(table))
    for table in APPENDED:
        _run(tenant_wall(table, app_may="SELECT, INSERT"))
    for table in SUMMARY:
        _run(summary_wall(table))
    for table, (app_may, console_may) in PLATFORM.items():
        _run(platform_grants(table, app_may=app_may, console_may=console_may))


def _run(statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)
