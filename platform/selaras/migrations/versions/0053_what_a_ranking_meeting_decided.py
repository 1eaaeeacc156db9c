"""What a ranking meeting decided, as a fact of the rule; whether a meeting's moves are shown in pay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decided_outcome",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
                name=op.f(f"fk_decided_outcome_tenant_id_{column}"),
            )
            for column, other in (("period_id", "period"), ("person_id", "person"))
        ),
        sa.PrimaryKeyConstraint("tenant_id", "period_id", "person_id", name=op.f("pk_decided_outcome")),
        schema="selaras",
    )
    for statement in tenant_wall("decided_outcome", app_may="SELECT, INSERT, UPDATE"):
        op.execute(statement)
    op.add_column(
        "calibration_meeting",
        sa.Column("pay_shown", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="selaras",
    )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
