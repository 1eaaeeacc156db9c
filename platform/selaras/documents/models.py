"""Documents that were printed: what their code says to whoever checks one. No name, no number, no content."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class IssuedDocument(TenantModel):
    """One printed document: the code in its QR, its kind, its sha256 and when it was made.

    `person_id`, `about` (a period's code, or a year) and `version` say what it rests on, so that it can be told whether
    that still holds; none of them is shown. Never updated.
    """

    __tablename__ = "issued_document"
    app_may = "SELECT, INSERT"

    code: Mapped[str]
    kind: Mapped[str]
    sha256: Mapped[str]
    person_id: Mapped[UUID | None]
    about: Mapped[str]
    version: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("kind IN ('receipt', 'evaluation', 'plan', 'not_filed', 'determination')", name="kind"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )
