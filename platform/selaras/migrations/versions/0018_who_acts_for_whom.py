"""Delegations: who acts for whom, from when to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REFERENCES = {
    "delegate_id": "person",
    "principal_id": "person",
    "unit_id": "unit",
    "granted_by": "account",
    "revoked_by": "account",
}
CHECKS = {
    "kind": "kind IN ('plt', 'plh', 'mandate')",
    "unit": "(kind = 'plt') = (unit_id IS NOT NULL)",
    "principal": "(unit_id IS NULL) = (principal_id IS NOT NULL)",
    "not_oneself": "delegate_id <> principal_id",
}


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation", sa.Text(), nullable=True),
        *(_one_at_a_time(name, column, kind) for name, column, kind in _SINGLE),
        *(sa.CheckConstraint(said, name=op.f(f"ck_delegation_{name}")) for name, said in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
                name=op.f(f"fk_delegation_tenant_id_{column}"),
            )
            for column, other in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delegation")),
        schema="selaras",
    )
    op.create_index("ix_delegation_delegate", "delegation", ["tenant_id", "delegate_id"], schema="selaras")
    for statement in tenant_wall("delegation"):
        op.execute(statement)


_SINGLE = (("one_plh_a_day", "principal_id", "plh"), ("one_plt_a_day", "unit_id", "plt"))


def _one_at_a_time(name: str, column: str, kind: str) -> postgresql.ExcludeConstraint:
    return postgresql.ExcludeConstraint(
        (sa.column("tenant_id"), "="),
        (sa.column(column), "="),
        (sa.column("during"), "&&"),
        where=sa.text(f"kind = '{kind}'"),
        using="gist",
        name=name,
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
