"""What the outcomes of a calibration meeting are asked about, and the chair's answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calibration_warning",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('trait', 'turns', 'lowered_twice')", name=op.f("ck_calibration_warning_kind")),
        sa.CheckConstraint("answer IS NULL OR length(btrim(answer)) >= 20", name=op.f("ck_calibration_warning_answer")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "answered_by"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_calibration_warning_tenant_id_answered_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["selaras.calibration_meeting.tenant_id", "selaras.calibration_meeting.id"],
            name=op.f("fk_calibration_warning_tenant_id_meeting_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "meeting_id", "number", name=op.f("pk_calibration_warning")),
        sa.UniqueConstraint("tenant_id", "meeting_id", "code", name="uq_calibration_warning_code"),
        schema="selaras",
    )
    for statement in tenant_wall("calibration_warning", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
