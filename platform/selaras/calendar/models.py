"""Tables of an agency's calendar: its working week from a day on, and days on which it is closed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from selaras.db.base import TenantModel


class WorkingWeek(TenantModel):
    """How many days a week offices are open, from `since` until the next row."""

    __tablename__ = "working_week"

    since: Mapped[date]
    days: Mapped[int]

    __table_args__ = (
        UniqueConstraint("tenant_id", "since", name="one_week_a_day"),
        CheckConstraint("days IN (5, 6)", name="days"),
    )


class ClosedDayRow(TenantModel):
    """A day on which offices are closed: of the national list as the agency recorded it, or a local holiday."""

    __tablename__ = "closed_day"

    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]

    __table_args__ = (
        UniqueConstraint("tenant_id", "day", name="one_reason_a_day"),
        CheckConstraint("kind IN ('national', 'joint_leave', 'local')", name="kind"),
    )
