"""Channels of messages: what agencies and people choose, and every message's way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CHANNEL = "channel IN ('email', 'messenger')"
STATES = "state IN ('waiting', 'sending', 'sent', 'read', 'off', 'refused', 'failed', 'unsure')"


def upgrade() -> None:
    op.add_column("notice", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True), schema="selaras")
    # What was told before there were channels stays where it was read.
    op.execute("UPDATE selaras.notice SET settled_at = now()")
    op.create_index(
        "ix_notice_unsettled",
        "notice",
        ["tenant_id", "created_at"],
        schema="selaras",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    _settings()
    _choices()
    _deliveries()
    for table in ("channel_setting", "channel_choice", "delivery"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _settings() -> None:
    op.create_table(
        "channel_setting",
        _tenant(),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("email_mode", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Time(), nullable=False) for name in ("quiet_from", "quiet_until", "digest_at")),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("gateway_url", sa.Text(), nullable=True),
        sa.Column("gateway_secret", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("email_mode IN ('each', 'daily', 'off')", name=op.f("ck_channel_setting_email_mode")),
        sa.CheckConstraint("(gateway_url IS NULL) = (gateway_secret IS NULL)", name=op.f("ck_channel_setting_gateway")),
        _within("channel_setting", "changed_by", "account"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_channel_setting")),
        schema="selaras",
    )


def _choices() -> None:
    op.create_table(
        "channel_choice",
        _tenant(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("mode", "address", "trouble", "trouble_address")),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(CHANNEL, name=op.f("ck_channel_choice_channel")),
        sa.CheckConstraint("mode IN ('each', 'daily', 'off')", name=op.f("ck_channel_choice_mode")),
        _within("channel_choice", "person_id", "person"),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "channel", name=op.f("pk_channel_choice")),
        schema="selaras",
    )


def _deliveries() -> None:
    key = ("tenant_id", "person_id", "channel", "code", "subject_id", "told_at")
    op.create_table(
        "delivery",
        _tenant(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint(CHANNEL, name=op.f("ck_delivery_channel")),
        sa.CheckConstraint("mode IN ('each', 'daily')", name=op.f("ck_delivery_mode")),
        sa.CheckConstraint(STATES, name=op.f("ck_delivery_state")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_delivery")),
        schema="selaras",
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["tenant_id", "due_at"],
        schema="selaras",
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index("ix_delivery_ended", "delivery", ["tenant_id", "ended_at"], schema="selaras")


def _tenant() -> sa.Column[object]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
