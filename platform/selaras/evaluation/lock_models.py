"""Tables of locking: from which day something of a period is locked, and who was let in once more, by two."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within

_MATTERS = "matter IN ('plan', 'progress', 'rating')"


class PeriodLock(TenantModel):
    """From `from_day` on, plans, progress or ratings of the period `code` are no longer changed; the agency says so."""

    __tablename__ = "period_lock"

    code: Mapped[str]
    matter: Mapped[str]
    from_day: Mapped[date]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "code", "matter"),
        CheckConstraint(_MATTERS, name="matter"),
    )


class Unlock(TenantModel):
    """A lock opened once more (buka kunci): for one person, one unit with those below it, or the whole period.

    Asked with a reason and an end; it counts once a second account has approved, and ends by itself; whom it concerned
    is told that (`over_told_at`).
    """

    __tablename__ = "unlock"
    app_may = "SELECT, INSERT, UPDATE"

    code: Mapped[str]
    matter: Mapped[str]
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    until: Mapped[datetime]
    reason: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    over_told_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("unit_id", "unit"),
        within("asked_by", "account"),
        within("answered_by", "account"),
        within("ended_by", "account"),
        CheckConstraint(_MATTERS, name="matter"),
        CheckConstraint("person_id IS NULL OR unit_id IS NULL", name="whom"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
        CheckConstraint("asked_at < until", name="until"),
        CheckConstraint("answer IN ('approved', 'refused')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_by IS NULL)", name="answered"),
        CheckConstraint("answered_by <> asked_by", name="two_persons"),
        Index("ix_unlock_code", "tenant_id", "code", "matter"),
    )
