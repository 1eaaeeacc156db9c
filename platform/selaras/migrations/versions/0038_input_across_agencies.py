"""Input across agencies: the grant at both of them, and what the leader says under it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

REFERENCES = {
    "assignment_id": "assignment",
    "leader_id": "person",
    "offered_by": "account",
    "answered_by": "account",
    "ended_by": "account",
}
CHECKS = {
    "part": "part IN ('giving', 'receiving')",
    "assignment": "(part = 'giving') = (assignment_id IS NOT NULL)",
    "answer": "answer IN ('accepted', 'declined')",
    "ended_by_side": "ended_by_side IN ('giving', 'receiving')",
}


def upgrade() -> None:
    _grants()
    _inputs()
    for table in ("input_grant", "granted_input"):
        for statement in tenant_wall(table):
            op.execute(statement)


def _grants() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "input_grant",
        *_key(),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("other_agency", sa.Uuid(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("work", postgresql.DATERANGE(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("leader_number", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("leader_name", sa.Text(), nullable=True),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=True),
        sa.Column("offered_at", moment, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("ended_by_side", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("told_at", moment, nullable=True),
        *(sa.CheckConstraint(said, name=op.f(f"ck_input_grant_{name}")) for name, said in CHECKS.items()),
        *(_within("input_grant", column, other) for column, other in REFERENCES.items()),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_input_grant")),
        schema="selaras",
    )
    for column in ("assignment", "leader"):
        op.create_index(f"ix_input_grant_{column}", "input_grant", ["tenant_id", f"{column}_id"], schema="selaras")


def _inputs() -> None:
    op.create_table(
        "granted_input",
        *_key(),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("period_code", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        _within("granted_input", "grant_id", "input_grant"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_granted_input")),
        sa.UniqueConstraint(
            "tenant_id", "grant_id", "period_code", name=op.f("uq_granted_input_tenant_id_grant_id_period_code")
        ),
        schema="selaras",
    )


def _key() -> tuple[sa.Column[int], sa.Column[object]]:
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
