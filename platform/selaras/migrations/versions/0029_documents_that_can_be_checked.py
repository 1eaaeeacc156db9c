"""Printed documents that can be checked by the code in their QR."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from selaras.db.walls import tenant_wall

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issued_document",
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'evaluation', 'plan', 'not_filed')", name=op.f("ck_issued_document_kind")
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_issued_document_sha256")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_issued_document_tenant_id_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["selaras.person.tenant_id", "selaras.person.id"],
            name=op.f("fk_issued_document_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_issued_document")),
        schema="selaras",
    )
    for statement in tenant_wall("issued_document", app_may="SELECT, INSERT"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
