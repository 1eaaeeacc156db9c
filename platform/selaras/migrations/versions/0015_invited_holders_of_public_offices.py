"""Holders of public offices without a NIP, and the invitations by which they come in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "public_office",
        *_key(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        _one_at_a_time("person_id", "one_office_a_day"),
        _one_at_a_time("unit_id", "one_holder_of_a_unit_a_day", where="unit_id IS NOT NULL"),
        _within("public_office", "person_id", "person"),
        _within("public_office", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_public_office")),
        schema="selaras",
    )
    op.create_table(
        "invitation",
        *_key(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _within("invitation", "account_id", "account"),
        _within("invitation", "created_by", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("tenant_id", "account_id", name=op.f("uq_invitation_tenant_id_account_id")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_invitation_tenant_id_token_hash")),
        schema="selaras",
    )
    for table in ("public_office", "invitation"):
        for statement in tenant_wall(table):
            op.execute(statement)
    op.drop_constraint(op.f("ck_account_inactive_cause"), "account", schema="selaras")
    op.create_check_constraint(
        op.f("ck_account_inactive_cause"),
        "account",
        "inactive_cause IN ('left', 'scim', 'import', 'page', 'deleted', 'invited')",
        schema="selaras",
    )


def _key() -> tuple[sa.Column[int], sa.Column[object]]:
    return (
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
    )


def _one_at_a_time(column: str, name: str, where: str | None = None) -> postgresql.ExcludeConstraint:
    return postgresql.ExcludeConstraint(
        (sa.column("tenant_id"), "="),
        (sa.column(column), "="),
        (sa.column("during"), "&&"),
        where=sa.text(where) if where else None,
        using="gist",
        name=name,
    )


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
