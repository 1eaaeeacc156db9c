"""Identity providers of agencies, and whom they mean by their subjects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    _providers()
    _links()
    for table in ("identity_provider", "account_link"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _tenant() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False)


def _moment(name: str, *, always: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=_NOW if always else None, nullable=not always)


def _providers() -> None:
    op.create_table(
        "identity_provider",
        _tenant(),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("issuer", "client_id")),
        sa.Column("client_secret", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("number_claim", "name_claim", "email_claim")),
        *(
            sa.Column(name, sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
            for name in ("acr_values", "amr_values")
        ),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("just_in_time", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("published", postgresql.JSONB(), nullable=True),
        sa.Column("checks", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        _moment("checked_at"),
        sa.Column("tested", postgresql.JSONB(), nullable=True),
        _moment("tested_at"),
        sa.Column("tested_by", sa.Uuid(), nullable=True),
        _moment("created_at", always=True),
        _moment("changed_at", always=True),
        _moment("retired_at"),
        sa.CheckConstraint(
            "state IN ('draft', 'tested', 'active', 'retired')", name=op.f("ck_identity_provider_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('tested', 'active') OR published IS NOT NULL", name=op.f("ck_identity_provider_published")
        ),
        sa.CheckConstraint("max_age > 0", name=op.f("ck_identity_provider_max_age")),
        _to_account("identity_provider", "tested_by"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_provider")),
        schema="selaras",
    )


def _links() -> None:
    op.create_table(
        "account_link",
        _tenant(),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _moment("created_at", always=True),
        _moment("used_at", always=True),
        _to_account("account_link", "account_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["selaras.identity_provider.tenant_id", "selaras.identity_provider.id"],
            name=op.f("fk_account_link_tenant_id_provider_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "provider_id", "subject", name=op.f("pk_account_link")),
        sa.UniqueConstraint(
            "tenant_id", "provider_id", "account_id", name=op.f("uq_account_link_tenant_id_provider_id_account_id")
        ),
        schema="selaras",
    )
    op.create_index("ix_account_link_account", "account_link", ["tenant_id", "account_id"], schema="selaras")


def _to_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        ["selaras.account.tenant_id", "selaras.account.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
