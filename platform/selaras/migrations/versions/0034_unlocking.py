"""Locks of what a deadline closes, and unlocks (buka kunci) that a second person approves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_lock",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("matter IN ('plan', 'progress', 'rating')", name=op.f("ck_period_lock_matter")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_period_lock_tenant_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_period_lock")),
        sa.UniqueConstraint("tenant_id", "code", "matter", name=op.f("uq_period_lock_tenant_id_code_matter")),
        schema="selaras",
    )
    op.create_table(
        "unlock",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('approved', 'refused')", name=op.f("ck_unlock_answer")),
        sa.CheckConstraint("matter IN ('plan', 'progress', 'rating')", name=op.f("ck_unlock_matter")),
        sa.CheckConstraint("(answer IS NULL) = (answered_by IS NULL)", name=op.f("ck_unlock_answered")),
        sa.CheckConstraint("answered_by <> asked_by", name=op.f("ck_unlock_two_persons")),
        sa.CheckConstraint("asked_at < until", name=op.f("ck_unlock_until")),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_unlock_reason")),
        sa.CheckConstraint("person_id IS NULL OR unit_id IS NULL", name=op.f("ck_unlock_whom")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answered_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_unlock_tenant_id_answered_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asked_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_unlock_tenant_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ended_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_unlock_tenant_id_ended_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_unlock_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_unlock_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unlock")),
        schema="selaras",
    )
    op.create_index("ix_unlock_code", "unlock", ["tenant_id", "code", "matter"], unique=False, schema="selaras")

    for statement in (*tenant_wall("period_lock"), *tenant_wall("unlock", app_may="SELECT, INSERT, UPDATE")):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
