"""By what delegation somebody rated, agreed to a plan, explained or decided an objection for another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TABLES = ("rating", "rating_draft", "plan", "objection_decision", "objection_statement")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("delegation_id", sa.Uuid(), nullable=True), schema="selaras")
        # No row names a delegation yet: nothing has to be looked at, and the table is not locked for it.
        op.create_foreign_key(
            op.f(f"fk_{table}_tenant_id_delegation_id"),
            table,
            "delegation",
            ["tenant_id", "delegation_id"],
            ["tenant_id", "id"],
            source_schema="selaras",
            referent_schema="selaras",
        )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
