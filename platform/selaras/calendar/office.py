"""An agency's own calendar: its working week, the days on which it is closed, and whether a year's list is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from selaras.calendar.days import DayKind, national_holidays
from selaras.regulation.yamlfile import read_yaml

FIVE, SIX = 5, 6
WARN_FROM_MONTH = 11
"""From this month on the list of the next year is missed."""


class ClosedKind(StrEnum):
    """Why offices are closed on a day."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    LOCAL = "local"


@dataclass(frozen=True)
class ClosedDay:
    """A day on which offices are closed; `source`: the decree, or empty where the list is the platform's estimate."""

    day: date
    kind: ClosedKind
    name: str
    source: str
    own: bool = False


@dataclass(frozen=True)
class YearList:
    """The closed days of a year; `decree`: what they follow, empty while only estimates are known."""

    year: int
    days: tuple[ClosedDay, ...]
    decree: str
    certainty: str

    @property
    def estimated(self) -> bool:
        """Whether no decree is known for the year, and nobody recorded its list."""
        return not self.decree


@dataclass(frozen=True)
class OfficeCalendar:
    """The days on which an agency's offices are open.

    `weeks`: from a day on, five or six days a week; before the first, five. `recorded`: the agency's own days. A year
    of which it recorded national days follows its list, otherwise the platform's; local days come on top of either.
    """

    weeks: tuple[tuple[date, int], ...] = ()
    recorded: tuple[ClosedDay, ...] = ()
    _years: dict[int, YearList] = field(default_factory=dict, compare=False, repr=False)

    def week_on(self, day: date) -> int:
        """Five or six working days a week."""
        return next((days for since, days in reversed(self.weeks) if since <= day), FIVE)

    def year(self, year: int) -> YearList:
        """The list of a year, in the order of its days. Raises Invalid for a year that no list is about."""
        if year not in self._years:
            self._years[year] = self._listed(year)
        return self._years[year]

    def closed_on(self, day: date) -> ClosedDay | None:
        """Why offices are closed on a day of the week on which they would be open."""
        return next((one for one in self.year(day.year).days if one.day == day), None)

    def is_open(self, day: date) -> bool:
        """Whether offices are open: within the working week, and no holiday, joint leave or local holiday."""
        return day.weekday() < self.week_on(day) and self.closed_on(day) is None

    def add_days(self, day: date, n: int, kind: DayKind | str) -> date:
        """The `n`th day after `day`, which is itself not counted (`n` < 0: before it)."""
        if DayKind(kind) is DayKind.CALENDAR:
            return day + timedelta(days=n)
        step, left = timedelta(days=1 if n > 0 else -1), abs(n)
        while left:
            day += step
            left -= self.is_open(day)
        return day

    def missing(self, today: date) -> int | None:
        """The year whose list is missed: this one, or late in the year the next; None while all is known."""
        wanted = [today.year, *([today.year + 1] if today.month >= WARN_FROM_MONTH else [])]
        return next((year for year in wanted if self.year(year).estimated), None)

    def _listed(self, year: int) -> YearList:
        own = [one for one in self.recorded if one.day.year == year]
        stated = [one for one in own if one.kind is not ClosedKind.LOCAL]
        decree, certainty = _decree(year)
        if stated:
            decree, certainty = stated[0].source, "own"
        national = stated or [_national(day, name, decree) for day, name in national_holidays(year).items()]
        taken = {one.day for one in national}
        local = [one for one in own if one.kind is ClosedKind.LOCAL and one.day not in taken]
        return YearList(year, tuple(sorted([*national, *local], key=lambda one: one.day)), decree, certainty)


NATIONAL = OfficeCalendar()
"""The calendar of an agency that recorded nothing: five days a week, national holidays and joint leave."""


def _national(day: date, name: str, decree: str) -> ClosedDay:
    kind = ClosedKind.JOINT_LEAVE if name.startswith("Cuti Bersama") else ClosedKind.NATIONAL
    return ClosedDay(day, kind, name, decree)


def _decree(year: int) -> tuple[str, str]:
    found = _decrees().get(year)
    return (str(found["decree"]), str(found["certainty"])) if found else ("", "assumed")


@cache
def _decrees() -> Mapping[int, Mapping[str, str]]:
    return MappingProxyType(read_yaml(Path(__file__).with_name("decrees.yaml")))
