"""Roles are granted with a reason, by somebody, for a reach; and are taken back with one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "selaras.role_grant"
COLUMNS = (
    sa.Column("reach", sa.Text(), server_default="agency", nullable=False),
    sa.Column("calibration_id", sa.Uuid(), nullable=True),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.Column("granted_by", sa.Uuid(), nullable=True),
    sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("revoked_by", sa.Uuid(), nullable=True),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("revocation", sa.Text(), nullable=True),
)
CHECKS = {
    "reach": "reach IN ('agency', 'unit', 'calibration')",
    "reach_of": "(reach = 'unit') = (unit_id IS NOT NULL) AND (reach = 'calibration') = (calibration_id IS NOT NULL)",
    "origin": "origin IN ('granted', 'directory', 'import', 'invitation', 'demo')",
    "revocation": "(revoked_at IS NULL) = (revocation IS NULL)",
}
ONE_AT_A_TIME = {
    "one_role_grant_a_day": ("origin WITH =, ", "agency"),
    "one_role_grant_a_unit": ("unit_id WITH =, ", "unit"),
    "one_role_grant_a_calibration": ("calibration_id WITH =, ", "calibration"),
}


def upgrade() -> None:
    for added in COLUMNS:
        op.add_column("role_grant", added, schema="selaras")
    # The owner is bound by the walls, the migrator is not.
    op.execute("RESET ROLE")
    op.execute(f"UPDATE {TABLE} SET reach = 'unit' WHERE unit_id IS NOT NULL")  # our own name
    op.execute("SET ROLE selaras_owner")
    op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT one_role_grant_a_day")
    op.drop_constraint(op.f("ck_role_grant_origin"), "role_grant", schema="selaras")
    for name, (more, reach) in ONE_AT_A_TIME.items():
        op.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} EXCLUDE USING gist"
            f" (tenant_id WITH =, account_id WITH =, role WITH =, {more}during WITH &&) WHERE (reach = '{reach}')"
        )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_role_grant_{name}"), "role_grant", condition, schema="selaras")
    for column in ("granted_by", "revoked_by"):
        op.create_foreign_key(
            op.f(f"fk_role_grant_tenant_id_{column}"),
            "role_grant",
            "account",
            ["tenant_id", column],
            ["tenant_id", "id"],
            source_schema="selaras",
            referent_schema="selaras",
        )


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
