"""Shapes of remuneration and the facts behind an amount."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHECKS = {
    "shape": "shape IN ('quarter_to_next_quarter', 'year_to_next_year', 'monthly_deduction', 'weighted', 'components', "
    "'score_engine')",
    "components_are_tpp": "kind = 'tpp' OR shape <> 'components'",
    "weights_are_tukin": "kind = 'tukin' OR shape NOT IN ('weighted', 'score_engine')",
}


def upgrade() -> None:
    op.add_column(
        "remuneration", sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True), schema="selaras"
    )
    op.add_column(
        "remuneration_table",
        sa.Column("shape", sa.Text(), server_default="quarter_to_next_quarter", nullable=False),
        schema="selaras",
    )
    op.add_column(
        "remuneration_table",
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        schema="selaras",
    )
    op.add_column(
        "remuneration_table",
        sa.Column("version", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        schema="selaras",
    )
    # Every table so far was one of percentages; when it pays says which shape that is. The owner is bound by the walls,
    # the migrator is not.
    op.execute("RESET ROLE")
    op.execute(
        """
        UPDATE selaras.remuneration_table SET shape = CASE effect
            WHEN 'next_year' THEN 'year_to_next_year' ELSE 'quarter_to_next_quarter' END
        """
    )
    op.execute("SET ROLE selaras_owner")
    for name, condition in CHECKS.items():
        op.create_check_constraint(
            op.f(f"ck_remuneration_table_{name}"), "remuneration_table", condition, schema="selaras"
        )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
