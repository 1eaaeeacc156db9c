"""Calibration meetings: seats, cases, events, results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = {
    "calibration_meeting": "SELECT, INSERT, UPDATE",
    "calibration_seat": "SELECT, INSERT, UPDATE, DELETE",
    "calibration_case": "SELECT, INSERT, UPDATE, DELETE",
    "calibration_event": "SELECT, INSERT",
    "calibration_result": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "calibration_meeting",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("blind", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="preparing", nullable=False),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("quorum_percent", sa.SmallInteger(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("others", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("lamps", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('open', 'locked', 'closed')) <= (opened_at IS NOT NULL)",
            name=op.f("ck_calibration_meeting_opened"),
        ),
        sa.CheckConstraint("effect IN ('recommends', 'decides')", name=op.f("ck_calibration_meeting_effect")),
        sa.CheckConstraint(
            "state IN ('preparing', 'open', 'locked', 'closed', 'cancelled')", name=op.f("ck_calibration_meeting_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_calibration_meeting_tenant_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "minutes_id"],
            ["selaras.stored_file.tenant_id", "selaras.stored_file.id"],
            name=op.f("fk_calibration_meeting_tenant_id_minutes_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_calibration_meeting_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["selaras.unit.tenant_id", "selaras.unit.id"],
            name=op.f("fk_calibration_meeting_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calibration_meeting")),
        schema="selaras",
    )
    op.create_index(
        "ix_calibration_meeting_period",
        "calibration_meeting",
        ["tenant_id", "period_id"],
        unique=False,
        schema="selaras",
    )
    op.create_table(
        "calibration_seat",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('chair', 'member', 'facilitator', 'note_taker')", name=op.f("ck_calibration_seat_role")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["selaras.calibration_meeting.tenant_id", "selaras.calibration_meeting.id"],
            name=op.f("fk_calibration_seat_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_seat_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "person_id", name=op.f("pk_calibration_seat")),
        schema="selaras",
    )
    op.create_index(
        "uq_calibration_seat_chair",
        "calibration_seat",
        ["tenant_id", "meeting_id"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("role = 'chair'"),
    )
    op.create_index(
        "ix_calibration_seat_person", "calibration_seat", ["tenant_id", "person_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "calibration_case",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("judged_unit_id", sa.Uuid(), nullable=True),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("outcome_now", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("discussed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["selaras.calibration_meeting.tenant_id", "selaras.calibration_meeting.id"],
            name=op.f("fk_calibration_case_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["selaras.period.tenant_id", "selaras.period.id"],
            name=op.f("fk_calibration_case_tenant_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_case_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "person_id", name=op.f("pk_calibration_case")),
        sa.UniqueConstraint("tenant_id", "meeting_id", "number", name="uq_calibration_case_number"),
        schema="selaras",
    )
    op.create_index(
        "ix_calibration_case_person",
        "calibration_case",
        ["tenant_id", "period_id", "person_id"],
        unique=False,
        schema="selaras",
    )
    op.create_table(
        "calibration_event",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("from_outcome", sa.Text(), nullable=True),
        sa.Column("to_outcome", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_calibration_event_number")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "by_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_event_tenant_id_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["selaras.calibration_meeting.tenant_id", "selaras.calibration_meeting.id"],
            name=op.f("fk_calibration_event_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_event_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "number", name=op.f("pk_calibration_event")),
        sa.UniqueConstraint("tenant_id", "meeting_id", "key", name="uq_calibration_event_key"),
        schema="selaras",
    )
    op.create_table(
        "calibration_result",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=True),
        sa.Column("from_outcome", sa.Text(), nullable=False),
        sa.Column("to_outcome", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'refused' OR length(btrim(reason)) >= 20", name=op.f("ck_calibration_result_reason")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused', 'decided')", name=op.f("ck_calibration_result_state")
        ),
        sa.CheckConstraint("from_outcome <> to_outcome", name=op.f("ck_calibration_result_moved")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answered_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_calibration_result_tenant_id_answered_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["selaras.calibration_meeting.tenant_id", "selaras.calibration_meeting.id"],
            name=op.f("fk_calibration_result_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_result_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "person_id", name=op.f("pk_calibration_result")),
        schema="selaras",
    )
    op.create_index(
        "ix_calibration_result_appraiser",
        "calibration_result",
        ["tenant_id", "appraiser_id"],
        unique=False,
        schema="selaras",
    )
    for table, app_may in TABLES.items():
        for statement in tenant_wall(table, app_may=app_may):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
