"""Tables of pay as the agency edits them: drafts, decision rows, versions that are brought back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from selaras.db.walls import tenant_wall

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remuneration_draft",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("restores", sa.SmallInteger(), nullable=True),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'active') = (table_id IS NOT NULL)", name=op.f("ck_remuneration_draft_active")),
        sa.CheckConstraint("kind IN ('tukin', 'tpp')", name=op.f("ck_remuneration_draft_kind")),
        sa.CheckConstraint("state <> 'active' OR decided_by IS NOT NULL", name=op.f("ck_remuneration_draft_approved")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'active', 'withdrawn')", name=op.f("ck_remuneration_draft_state")
        ),
        sa.CheckConstraint("decided_by <> drawn_by", name=op.f("ck_remuneration_draft_two_persons")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_remuneration_draft_tenant_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "drawn_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_remuneration_draft_tenant_id_drawn_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "table_id"],
            ["selaras.remuneration_table.tenant_id", "selaras.remuneration_table.id"],
            name=op.f("fk_remuneration_draft_tenant_id_table_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_remuneration_draft")),
        schema="selaras",
    )
    op.create_index(
        "uq_remuneration_draft_open",
        "remuneration_draft",
        ["tenant_id", "kind"],
        unique=True,
        schema="selaras",
        postgresql_where=sa.text("state IN ('draft', 'submitted')"),
    )
    op.add_column(
        "remuneration_table",
        sa.Column("rows", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        schema="selaras",
    )
    op.add_column("remuneration_table", sa.Column("restores", sa.SmallInteger(), nullable=True), schema="selaras")
    for statement in (*tenant_wall("remuneration_draft", app_may="SELECT, INSERT, UPDATE"),):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
