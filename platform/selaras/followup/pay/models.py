"""Tables of the agency's own rules of pay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class RemunerationDraft(TenantModel):
    """A table of pay on its way: written by one person, simulated, approved by a second, then a version in force.

    `content` is the table as it is edited (`selaras.followup.pay.content`). `edition` grows with every change; the
    simulation that an approval rests on is one of the same edition.
    """

    __tablename__ = "remuneration_draft"
    app_may = "SELECT, INSERT, UPDATE"

    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    starts: Mapped[date]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str]
    edition: Mapped[int] = mapped_column(server_default=text("1"))
    restores: Mapped[int | None] = mapped_column(SmallInteger)
    drawn_by: Mapped[UUID]
    drawn_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    table_id: Mapped[UUID | None]

    __table_args__ = (
        within("drawn_by", "account"),
        within("decided_by", "account"),
        within("table_id", "remuneration_table"),
        CheckConstraint("kind IN ('tukin', 'tpp')", name="kind"),
        CheckConstraint("state IN ('draft', 'submitted', 'active', 'withdrawn')", name="state"),
        CheckConstraint("decided_by <> drawn_by", name="two_persons"),
        CheckConstraint("(state = 'active') = (table_id IS NOT NULL)", name="active"),
        CheckConstraint("state <> 'active' OR decided_by IS NOT NULL", name="approved"),
        Index(
            "uq_remuneration_draft_open",
            "tenant_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
    )
