"""Guidance and counselling talks, and private calendar addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CAUSES = "cause IN ('progress_lags', 'asked', 'behaviour', 'personal', 'other')"


def upgrade() -> None:
    op.create_table(
        "coaching",
        _tenant(),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        _moment("made_at"),
        sa.CheckConstraint("kind IN ('guidance', 'counselling')", name=op.f("ck_coaching_kind")),
        sa.CheckConstraint(CAUSES, name=op.f("ck_coaching_cause")),
        sa.CheckConstraint("person_id <> coach_id", name=op.f("ck_coaching_not_oneself")),
        _within("coaching", "person_id", "person"),
        _within("coaching", "coach_id", "person"),
        _within("coaching", "item_id", "plan_item"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_coaching")),
        schema="selaras",
    )
    for column in ("person_id", "coach_id"):
        name = f"ix_coaching_{column.removesuffix('_id')}"
        op.create_index(name, "coaching", ["tenant_id", column], schema="selaras")
    op.create_index(
        "ix_coaching_follow_up",
        "coaching",
        ["tenant_id", "follow_up_on"],
        schema="selaras",
        postgresql_where=sa.text("follow_up_on IS NOT NULL AND followed_up_at IS NULL"),
    )
    op.create_table(
        "calendar_feed",
        _tenant(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        _moment("made_at"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        _within("calendar_feed", "person_id", "person"),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_calendar_feed_tenant_id_token_hash")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_calendar_feed")),
        schema="selaras",
    )
    for table in ("coaching", "calendar_feed"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _tenant() -> sa.Column[object]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
