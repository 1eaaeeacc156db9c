"""Requests that somebody be made an administrator, which a second one answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_request",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answer <> 'approved' OR answered_by NOT IN (asked_by, account_id)", name=op.f("ck_role_request_second")
        ),
        sa.CheckConstraint("answer IN ('approved', 'refused', 'withdrawn')", name=op.f("ck_role_request_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_role_request_answered")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                ["selaras.account.tenant_id", "selaras.account.id"],
                name=op.f(f"fk_role_request_tenant_id_{column}"),
            )
            for column in ("account_id", "answered_by", "asked_by")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_role_request")),
        schema="selaras",
    )
    op.create_index(
        "ix_role_request_waiting",
        "role_request",
        ["tenant_id", "account_id"],
        unique=False,
        schema="selaras",
        postgresql_where=sa.text("answer IS NULL"),
    )
    for statement in tenant_wall("role_request"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
