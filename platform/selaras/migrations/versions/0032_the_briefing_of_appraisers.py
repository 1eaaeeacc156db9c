"""The briefing of appraisers: demanded by the agency, and who has read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    briefing: sa.Column[bool] = sa.Column("briefing", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    op.add_column("rating_procedure", briefing, schema="selaras")
    op.create_table(
        "briefing_completion",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_briefing_completion_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "year", name=op.f("pk_briefing_completion")),
        schema="selaras",
    )
    for statement in tenant_wall("briefing_completion", app_may="SELECT, INSERT"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
