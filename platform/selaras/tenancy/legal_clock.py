"""How the law's days are counted at an agency: in its zone, without the days that a recorded outage took away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calendar.days import DayKind
from selaras.calendar.office import NATIONAL, OfficeCalendar
from selaras.clock import today
from selaras.db.session import tenant_of

_CLOCK = text(
    """
    SELECT a.time_zone, (
        SELECT jsonb_agg(jsonb_build_array(o.starts, o.ends, o.least_minutes)) FROM (
            SELECT own.starts, own.ends, own.least_minutes FROM selaras.outage own WHERE own.tenant_id = :tenant
            UNION ALL
            SELECT told.starts, told.ends, told.least_minutes FROM selaras.platform_outage told
            WHERE told.tenant_id = :tenant OR told.tenant_id IS NULL
        ) o
    ) AS outages
    FROM selaras.agency a WHERE a.tenant_id = :tenant
    """
)
MINUTES_OF_A_DAY = 1440


@dataclass(frozen=True)
class LegalClock:
    """The zone of an agency, and the days on which nobody could act there."""

    zone: str
    lost: frozenset[date] = field(default_factory=frozenset)

    def day_of(self, moment: datetime) -> date:
        """The day of a moment where the agency is."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def today(self) -> date:
        """Today where the agency is."""
        return today(self.zone)

    def until(self, since: datetime, window: Mapping[str, Any], calendar: OfficeCalendar = NATIONAL) -> date:
        """The last day of `days` of a `kind` from a moment on, whose own day is not counted."""
        return _after(self.day_of(since), window, calendar, self.lost)

    def moved(self, since: datetime, window: Mapping[str, Any], calendar: OfficeCalendar = NATIONAL) -> int:
        """By how many days outages moved the last day of such a time."""
        return (self.until(since, window, calendar) - _after(self.day_of(since), window, calendar, ())).days


def _after(day: date, window: Mapping[str, Any], calendar: OfficeCalendar, lost: Collection[date]) -> date:
    left, working = int(window["days"]), DayKind(window["kind"]) is DayKind.WORKING
    while left:
        day += timedelta(days=1)
        left -= day not in lost and (not working or calendar.is_open(day))
    return day


def legal_clock(session: Session) -> LegalClock:
    """The clock of the session's agency; one statement."""
    row = session.execute(_CLOCK, {"tenant": tenant_of(session)}).one()
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b), int(least)) for a, b, least in row.outages or ()]
    return LegalClock(row.time_zone, lost_days(spans, ZoneInfo(row.time_zone)))


def lost_days(spans: Sequence[tuple[datetime, datetime, int]], zone: ZoneInfo) -> frozenset[date]:
    """The days of which outages (from, to, least minutes) took at least so much; what overlaps counts once."""
    least = {day: minutes for starts, ends, minutes in spans for day in _days(starts, ends, zone)}
    for starts, ends, minutes in spans:
        for day in _days(starts, ends, zone):
            least[day] = min(least[day], minutes)
    return frozenset(day for day, minutes in least.items() if _minutes_of(day, spans, zone) >= minutes)


def _days(starts: datetime, ends: datetime, zone: ZoneInfo) -> Iterable[date]:
    first, last = starts.astimezone(zone).date(), ends.astimezone(zone).date()
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _minutes_of(day: date, spans: Sequence[tuple[datetime, datetime, int]], zone: ZoneInfo) -> float:
    dawn = datetime(day.year, day.month, day.day, tzinfo=zone)
    dusk = dawn + timedelta(days=1)
    taken, reached = 0.0, dawn
    for starts, ends, _ in sorted(spans):
        begins, stops = max(starts, reached), min(ends, dusk)
        if stops > begins:
            taken += (stops - begins).total_seconds() / 60
            reached = stops
    return taken
