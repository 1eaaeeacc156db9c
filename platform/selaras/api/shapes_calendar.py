"""What the API says of an agency's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ClosedDay:
    """A day on which offices are closed: `national`, `joint_leave` or `local`; `own`: the agency recorded it."""

    day: date
    kind: str
    name: str
    source: str
    own: bool


@dataclass(frozen=True)
class Calendar:
    """A year. `decree` is null while only estimates are known; `missing`: a year whose list is missed."""

    year: int
    time_zone: str
    week: int
    decree: str | None
    certainty: str
    missing: int | None
    days: list[ClosedDay]


@dataclass(frozen=True)
class WeekRequest:
    """Five or six working days a week, from a day on."""

    days: int
    since: date


@dataclass(frozen=True)
class ClosedDayRequest:
    """What the day is, and the decree or regulation it rests on."""

    kind: str
    name: str
    source: str
