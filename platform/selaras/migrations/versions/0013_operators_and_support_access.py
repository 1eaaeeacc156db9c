"""Operators of the instance with their roles, and support access to an agency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import platform_grants, summary_wall

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Table: what the app may, what the console may.
PLATFORM = {
    "operator_account": ("", "SELECT, INSERT, UPDATE"),
    "operator_grant": ("", "SELECT, INSERT, UPDATE"),
    "support_request": ("SELECT", "SELECT, INSERT"),
    "support_step": ("SELECT", "SELECT, INSERT"),
}


def upgrade() -> None:
    op.create_table(
        "operator_account",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name=op.f("ck_operator_account_bound")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_operator_account_issuer_subject")),
        sa.UniqueConstraint("login", name=op.f("uq_operator_account_login")),
        schema="selaras",
    )
    op.create_table(
        "operator_grant",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("operator_id"), "="),
            (sa.column("role"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_operator_role_a_day",
        ),
        sa.CheckConstraint(
            "role IN ('observer', 'rollout', 'support', 'administrator')", name=op.f("ck_operator_grant_role")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["selaras.operator_account.id"], name=op.f("fk_operator_grant_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_grant")),
        schema="selaras",
    )
    op.create_table(
        "support_request",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(btrim(reason_text)) >= 20", name=op.f("ck_support_request_reason_text")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 240", name=op.f("ck_support_request_minutes")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["selaras.operator_account.id"], name=op.f("fk_support_request_operator_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_support_request_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
        sa.UniqueConstraint("id", "operator_id", name=op.f("uq_support_request_id_operator_id")),
        schema="selaras",
    )
    op.create_index("ix_support_request_agency", "support_request", ["tenant_id", "at"], unique=False, schema="selaras")
    op.create_table(
        "support_step",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(step = 'handed_over') = (code IS NOT NULL)", name=op.f("ck_support_step_code")),
        sa.CheckConstraint(
            "step <> 'confirmed' OR operator_id <> requester_id", name=op.f("ck_support_step_two_operators")
        ),
        sa.CheckConstraint("step IN ('confirmed', 'handed_over', 'ended')", name=op.f("ck_support_step_step")),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["selaras.operator_account.id"], name=op.f("fk_support_step_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "requester_id"],
            ["selaras.support_request.id", "selaras.support_request.operator_id"],
            name=op.f("fk_support_step_request_id_requester_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_step")),
        sa.UniqueConstraint("code", name=op.f("uq_support_step_code")),
        schema="selaras",
    )
    op.create_index(
        "uq_support_step_once",
        "support_step",
        ["request_id", "step"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("step <> 'handed_over'"),
    )
    op.create_table(
        "support_answer",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('approved', 'refused', 'entered', 'ended_by_agency', 'left', 'noted')",
            name=op.f("ck_support_answer_step"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_support_answer")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_support_answer_tenant_id_code")),
        schema="selaras",
    )
    op.create_index(
        "ix_support_answer_request", "support_answer", ["tenant_id", "request_id"], unique=False, schema="selaras"
    )
    op.create_index(
        "uq_support_answer_decision",
        "support_answer",
        ["tenant_id", "request_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("step IN ('approved', 'refused')"),
    )
    op.create_table(
        "support_view",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_support_view")),
        schema="selaras",
    )
    op.create_index(
        "ix_support_view_request", "support_view", ["tenant_id", "request_id"], unique=False, schema="selaras"
    )

    for table, (app_may, console_may) in PLATFORM.items():
        for statement in platform_grants(table, app_may=app_may, console_may=console_may):
            op.execute(statement)
    for table in ("support_answer", "support_view"):
        for statement in summary_wall(table, app_may="SELECT, INSERT"):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
