"""A determination carries a code that can be checked."""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('receipt', 'evaluation', 'plan', 'not_filed', 'determination')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_issued_document_kind"), "issued_document", schema="selaras")
    op.create_check_constraint(op.f("ck_issued_document_kind"), "issued_document", _KINDS, schema="selaras")


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
