"""The table of an agency's own letterheads."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, dated, one_at_a_time, within


class OwnLetterhead(TenantModel):
    """What stands at the head of printed forms, dated: the lines under the agency's name, the place before a date."""

    __tablename__ = "letterhead"

    lines: Mapped[list[str]] = mapped_column(JSONB)
    place: Mapped[str]
    reason: Mapped[str]
    account_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("account_id", "account"),
        one_at_a_time(name="one_letterhead_a_day"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )
