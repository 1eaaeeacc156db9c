"""Legal days: calendar and working days, national holidays, and the zones in which they are counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays as published

from selaras.errors import Invalid

ZONES: Mapping[str, str] = MappingProxyType(
    {
        "Asia/Jakarta": "WIB",
        "Asia/Pontianak": "WIB",
        "Asia/Makassar": "WITA",
        "Asia/Ujung_Pandang": "WITA",
        "Asia/Jayapura": "WIT",
    }
)
"""The time zones of Indonesia by their legal names."""

FIRST_YEAR, LAST_YEAR = 1945, 2100


class DayKind(StrEnum):
    """How a law counts days: every day (hari kalender), or only those on which offices are open (hari kerja)."""

    CALENDAR = "calendar"
    WORKING = "working"


class Zoned(Protocol):
    """Anything that has the name of a time zone; an agency has."""

    @property
    def time_zone(self) -> str: ...


def zone_of(agency: Zoned) -> ZoneInfo:
    """The zone in which an agency's days begin and end."""
    return ZoneInfo(agency.time_zone)


def zone_label(time_zone: str) -> str:
    """WIB, WITA or WIT; for a zone elsewhere the name itself."""
    return ZONES.get(time_zone, time_zone)


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of a moment (timezone-aware) in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_of(moment: datetime, agency: Zoned) -> date:
    """The calendar day of a moment (timezone-aware) where the agency is."""
    return moment.astimezone(zone_of(agency)).date()


@cache
def national_holidays(year: int) -> Mapping[date, str]:
    """Day → Indonesian name of the national holidays and of joint leave (cuti bersama), when offices are closed.

    Days that follow the moon are estimates until the joint decree of the three ministers for that year is out.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            "calendar.year",
            "Holidays are known from {first} to {last}, not for {year}. Check the date.",
            first=FIRST_YEAR,
            last=LAST_YEAR,
            year=year,
        )
    found = published.country_holidays("ID", years=year, categories=("public", "government"), language="id")
    return MappingProxyType({day: name for day, name in sorted(found.items()) if day.year == year})


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether offices are open: no Saturday, Sunday, national holiday or joint leave, nor one of the days `closed`."""
    return day.weekday() < 5 and day not in national_holidays(day.year) and day not in closed


def add_days(day: date, n: int, kind: DayKind | str, closed: Collection[date] = ()) -> date:
    """The `n`th day after `day`, which is itself not counted (`n` < 0: before it).

    With `working` only days on which offices are open are counted; `closed` are further days on which the agency is.
    """
    if DayKind(kind) is DayKind.CALENDAR:
        return day + timedelta(days=n)
    step, left = timedelta(days=1 if n > 0 else -1), abs(n)
    while left:
        day += step
        left -= is_working_day(day, closed)
    return day


def working_days_between(first: date, last: date, closed: Collection[date] = ()) -> int:
    """How many working days lie from `first` to `last`, both included; 0 if `last` is before `first`."""
    return sum(is_working_day(first + timedelta(days=n), closed) for n in range((last - first).days + 1))
