"""Connections to a national system, and every result's way there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

STATES = "state IN ('new', 'faulty', 'ready', 'sending', 'sent', 'rejected', 'unwanted')"


def upgrade() -> None:
    _connections()
    _items()
    for table in ("national_connection", "national_item"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _connections() -> None:
    table = "national_connection"
    op.create_table(
        table,
        _tenant(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("endpoint", "mode", "send_when")),
        sa.Column("per_second", sa.Numeric(5, 2), nullable=False),
        sa.Column("entered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("mode IN ('primary', 'companion', 'files')", name=op.f(f"ck_{table}_mode")),
        sa.CheckConstraint("send_when IN ('set', 'final')", name=op.f(f"ck_{table}_send_when")),
        sa.CheckConstraint("per_second > 0 AND per_second <= 50", name=op.f(f"ck_{table}_per_second")),
        sa.CheckConstraint(
            "stopped IN ('token_expired', 'keys_refused', 'busy', 'away')", name=op.f(f"ck_{table}_stopped")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f(f"fk_{table}_tenant_id_changed_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f(f"pk_{table}")),
        schema="selaras",
    )


def _items() -> None:
    table = "national_item"
    op.create_table(
        table,
        _tenant(),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("causes", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sent_hash", sa.LargeBinary(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("unsure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f(f"ck_{table}_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "tenant_id", "period_id", "person_id", name=op.f(f"uq_{table}_tenant_id_period_id_person_id")
        ),
        schema="selaras",
    )
    for name, columns, where in (
        ("due", ["tenant_id", "due_at"], "state IN ('ready', 'sending')"),
        ("new", ["tenant_id", "period_id"], "state = 'new'"),
    ):
        op.create_index(f"ix_{table}_{name}", table, columns, schema="selaras", postgresql_where=sa.text(where))


def _tenant() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
