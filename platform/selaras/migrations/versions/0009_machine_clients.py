"""Machine clients and their secrets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _clients()
    _secrets()
    for table in ("service_client", "service_secret"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _clients() -> None:
    op.create_table(
        "service_client",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('token', 'oauth')", name=op.f("ck_service_client_kind")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                ["selaras.account.tenant_id", "selaras.account.id"],
                name=op.f(f"fk_service_client_tenant_id_{column}"),
            )
            for column in ("owner_id", "created_by", "revoked_by")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_client")),
        schema="selaras",
    )


def _secrets() -> None:
    op.create_table(
        "service_secret",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"],
            ["selaras.service_client.tenant_id", "selaras.service_client.id"],
            name=op.f("fk_service_secret_tenant_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["selaras.account.tenant_id", "selaras.account.id"],
            name=op.f("fk_service_secret_tenant_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_secret")),
        sa.UniqueConstraint("tenant_id", "hash", name=op.f("uq_service_secret_tenant_id_hash")),
        schema="selaras",
    )
    op.create_index("ix_service_secret_client", "service_secret", ["tenant_id", "client_id"], schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
