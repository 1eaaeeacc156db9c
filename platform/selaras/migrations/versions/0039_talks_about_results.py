"""Talks about results, recorded by both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_talk",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_says", sa.Text(), nullable=True),
        sa.Column("person_words", sa.Text(), nullable=True),
        sa.Column("appraiser_says", sa.Text(), nullable=True),
        sa.Column("appraiser_words", sa.Text(), nullable=True),
        sa.CheckConstraint("person_says IN ('agrees', 'disagrees')", name=op.f("ck_result_talk_person_says")),
        sa.CheckConstraint("appraiser_says IN ('agrees', 'disagrees')", name=op.f("ck_result_talk_appraiser_says")),
        sa.CheckConstraint("length(btrim(agreed)) > 0", name=op.f("ck_result_talk_agreed")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
                name=op.f(f"fk_result_talk_tenant_id_{column}"),
            )
            for column, other in (("period_id", "period"), ("person_id", "person"))
        ),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", name=op.f("pk_result_talk")),
        schema="selaras",
    )
    for statement in tenant_wall("result_talk"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
