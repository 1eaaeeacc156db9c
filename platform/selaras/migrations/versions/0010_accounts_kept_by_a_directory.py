"""Accounts kept by a directory: where they come from, its groups, and the roles these stand for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    _accounts()
    _role_grants()
    op.create_table(
        "directory_group",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_directory_group")),
        schema="selaras",
    )
    op.create_table(
        "directory_member",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _within("directory_member", "group_id", "directory_group"),
        _within("directory_member", "account_id", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "group_id", "account_id", name=op.f("pk_directory_member")),
        schema="selaras",
    )
    op.create_index(
        "ix_directory_member_account", "directory_member", ["tenant_id", "account_id"], unique=False, schema="selaras"
    )
    op.create_table(
        "directory_role",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        _within("directory_role", "group_id", "directory_group"),
        _within("directory_role", "account_id", "account"),
        sa.PrimaryKeyConstraint("tenant_id", "group_id", "role", name=op.f("pk_directory_role")),
        schema="selaras",
    )
    for table in ("directory_group", "directory_member", "directory_role"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def _accounts() -> None:
    for column in (
        sa.Column("subject_key", sa.Text(), sa.Computed("lower(subject)", persisted=True), nullable=False),
        sa.Column("source", sa.Text(), server_default="setup", nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("emails", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("directory_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inactive_cause", sa.Text(), nullable=True),
        sa.Column("inactive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ):
        op.add_column("account", column, schema="selaras")
    op.execute("UPDATE selaras.account SET inactive_cause = 'page', inactive_at = now() WHERE NOT active")
    op.drop_constraint("uq_account_tenant_id_subject", "account", schema="selaras")
    op.create_unique_constraint(
        "uq_account_tenant_id_subject_key", "account", ["tenant_id", "subject_key"], schema="selaras"
    )
    op.create_index("ix_account_external_id", "account", ["tenant_id", "external_id"], unique=False, schema="selaras")
    for name, condition in (
        ("source", "source IN ('setup', 'import', 'scim', 'jit', 'invitation')"),
        ("inactive_cause", "inactive_cause IN ('left', 'scim', 'import', 'page', 'deleted')"),
    ):
        op.create_check_constraint(op.f(f"ck_account_{name}"), "account", condition, schema="selaras")


def _role_grants() -> None:
    op.add_column(
        "role_grant", sa.Column("origin", sa.Text(), server_default="granted", nullable=False), schema="selaras"
    )
    op.create_check_constraint(
        op.f("ck_role_grant_origin"),
        "role_grant",
        "origin IN ('granted', 'directory', 'import', 'invitation')",
        schema="selaras",
    )
    op.drop_constraint("one_role_grant_a_day", "role_grant", schema="selaras")
    op.create_exclude_constraint(
        "one_role_grant_a_day",
        "role_grant",
        (sa.column("tenant_id"), "="),
        (sa.column("account_id"), "="),
        (sa.column("role"), "="),
        (sa.column("origin"), "="),
        (sa.column("during"), "&&"),
        where=sa.text("unit_id IS NULL"),
        using="gist",
        schema="selaras",
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
