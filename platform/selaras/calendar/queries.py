"""Reads: an agency's calendar."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calendar.models import ClosedDayRow, WorkingWeek
from selaras.calendar.office import ClosedDay, ClosedKind, OfficeCalendar
from selaras.db.session import tenant_of


def office_calendar(session: Session) -> OfficeCalendar:
    """The days on which this agency's offices are open; two statements."""
    tenant = tenant_of(session)
    weeks = select(WorkingWeek.since, WorkingWeek.days).where(WorkingWeek.tenant_id == tenant)
    days = select(ClosedDayRow.day, ClosedDayRow.kind, ClosedDayRow.name, ClosedDayRow.source)
    rows = session.execute(days.where(ClosedDayRow.tenant_id == tenant).order_by(ClosedDayRow.day))
    recorded = tuple(ClosedDay(row.day, ClosedKind(row.kind), row.name, row.source, own=True) for row in rows)
    known = session.execute(weeks.order_by(WorkingWeek.since))
    return OfficeCalendar(tuple((row.since, row.days) for row in known), recorded)
