"""How ratings come about: drafts, the agency's procedure, and every change of a rating."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CAUSES = (
    "'appraiser', 'other_appraiser', 'review', 'import', 'unit_rating', 'objection', 'parts', 'withdrawn',"
    " 'calibration'"
)


def upgrade() -> None:
    _procedure()
    _draft()
    _change()
    op.create_index("ix_rating_appraiser", "rating", ["tenant_id", "appraiser_id"], schema="selaras")
    for table, may in (
        ("rating_procedure", "SELECT, INSERT, UPDATE, DELETE"),
        ("rating_draft", "SELECT, INSERT, UPDATE, DELETE"),
        ("rating_change", "SELECT, INSERT"),
    ):
        for statement in tenant_wall(table, app_may=may):
            op.execute(statement)


def _procedure() -> None:
    op.create_table(
        "rating_procedure",
        *_keys(),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant_id"), "="),
            (sa.column("during"), "&&"),
            using="gist",
            name="one_rating_procedure_a_day",
        ),
        sa.CheckConstraint("length(btrim(reason)) >= 20", name=op.f("ck_rating_procedure_reason")),
        _within("rating_procedure", "account_id", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rating_procedure")),
        schema="selaras",
    )


def _draft() -> None:
    op.create_table(
        "rating_draft",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("appraiser_id", sa.Uuid(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_inputs", postgresql.JSONB(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("returned_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'returned')", name=op.f("ck_rating_draft_state")),
        _within("rating_draft", "period_id", "period"),
        _within("rating_draft", "person_id", "person"),
        _within("rating_draft", "appraiser_id", "person"),
        _within("rating_draft", "returned_by", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", "segment", name=op.f("pk_rating_draft")),
        schema="selaras",
    )
    op.create_index(
        "ix_rating_draft_appraiser",
        "rating_draft",
        ["tenant_id", "appraiser_id"],
        postgresql_where=sa.text("state = 'submitted'"),
        schema="selaras",
    )


def _change() -> None:
    op.create_table(
        "rating_change",
        *_keys(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"cause IN ({CAUSES})", name=op.f("ck_rating_change_cause")),
        _within("rating_change", "person_id", "person"),
        _within("rating_change", "account_id", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rating_change")),
        schema="selaras",
    )
    op.create_index("ix_rating_change_person", "rating_change", ["tenant_id", "person_id"], schema="selaras")


def _keys() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
    )


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
