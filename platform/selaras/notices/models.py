"""Messages to people: a code with parameters, worded when it is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within


class Notice(TenantTable):
    """One message to one person. Written in bulk by a close, so it has no foreign key (decision 17).

    `settled_at`: when it was decided along which further channels it goes (`channels`).
    """

    __tablename__ = "notice"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    code: Mapped[str] = mapped_column(primary_key=True, sort_order=-9)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    read_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notice_unread", "tenant_id", "person_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notice_unsettled", "tenant_id", "created_at", postgresql_where=text("settled_at IS NULL")),
    )


class Acknowledgement(TenantModel):
    """Proof that something was handed in: by whom, what (`kind`, `subject_id`, `content` as a hash), and when.

    `at` is the server's clock; `due` the last day by the law in the agency's zone, named by `article`. `seal` is the
    hash over all of it, `reference` its beginning in letters that can be read out. Never changed.
    """

    __tablename__ = "acknowledgement"
    app_may = "SELECT, INSERT"

    person_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    params: Mapped[dict[str, Any]]
    content: Mapped[str]
    at: Mapped[datetime]
    due: Mapped[date | None]
    article: Mapped[str | None]
    seal: Mapped[str]
    reference: Mapped[str]

    __table_args__ = (
        within("person_id", "person"),
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_acknowledgement_person", "tenant_id", "person_id", "at"),
    )
