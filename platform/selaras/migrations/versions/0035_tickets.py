"""Tickets: problems that people report, and what an agency forwards of them to the operator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import platform_grants, summary_wall, tenant_wall

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("forwarded_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(level = 'operator') = (forwarded_id IS NOT NULL)", name=op.f("ck_ticket_forwarded")),
        sa.CheckConstraint(
            "category IN ('planning', 'coaching', 'appraisal', 'follow_up', 'information_system', 'governance')",
            name=op.f("ck_ticket_category"),
        ),
        sa.CheckConstraint("level IN ('unit', 'agency', 'operator')", name=op.f("ck_ticket_level")),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_ticket_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_ticket_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_ticket_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_ticket_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ticket")),
        schema="selaras",
    )
    op.create_index("ix_ticket_account", "ticket", ["tenant_id", "account_id"], unique=False, schema="selaras")
    op.create_index("ix_ticket_state", "ticket", ["tenant_id", "state", "level"], unique=False, schema="selaras")
    op.create_table(
        "ticket_message",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_ticket_message_tenant_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["selaras.ticket.tenant_id", "selaras.ticket.id"],
            name=op.f("fk_ticket_message_tenant_id_ticket_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ticket_message")),
        schema="selaras",
    )
    op.create_index(
        "ix_ticket_message_ticket", "ticket_message", ["tenant_id", "ticket_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "forwarded_ticket",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_forwarded_ticket")),
        schema="selaras",
    )
    op.create_table(
        "ticket_reply",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("forwarded_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(content)) >= 1", name=op.f("ck_ticket_reply_content")),
        sa.ForeignKeyConstraint(["tenant_id"], ["selaras.agency.tenant_id"], name=op.f("fk_ticket_reply_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_reply")),
        schema="selaras",
    )
    op.create_index(
        "ix_ticket_reply_forwarded", "ticket_reply", ["tenant_id", "forwarded_id"], unique=False, schema="selaras"
    )

    for statement in (
        *tenant_wall("ticket", app_may="SELECT, INSERT, UPDATE"),
        *tenant_wall("ticket_message", app_may="SELECT, INSERT"),
        *summary_wall("forwarded_ticket", app_may="SELECT, INSERT"),
        *platform_grants("ticket_reply", console_may="SELECT, INSERT"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
