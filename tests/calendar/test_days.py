"""Legal days: what is counted, what is not, and in whose zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from selaras.calendar import days
from selaras.calendar.days import DayKind, add_days
from selaras.errors import Invalid


@dataclass(frozen=True)
class Somewhere:
    time_zone: str


@pytest.mark.parametrize(
    ("day", "n", "kind", "expected"),
    [
        (date(2026, 10, 5), 14, "calendar", date(2026, 10, 19)),
        (date(2026, 10, 5), 0, "working", date(2026, 10, 5)),
        (date(2026, 10, 5), 5, "working", date(2026, 10, 12)),
        (date(2026, 10, 9), 1, "working", date(2026, 10, 12)),
        (date(2026, 10, 12), -1, "working", date(2026, 10, 9)),
        # Friday before Independence Day on a Monday.
        (date(2026, 8, 14), 1, "working", date(2026, 8, 18)),
        # Wednesday; Nyepi with joint leave before, Idul Fitri with joint leave around it.
        (date(2026, 3, 17), 1, "working", date(2026, 3, 25)),
        (date(2026, 12, 23), 1, "working", date(2026, 12, 28)),
        (date(2026, 12, 31), 1, "working", date(2027, 1, 4)),
    ],
)
def test_days_are_counted_as_the_law_says(day: date, n: int, kind: str, expected: date) -> None:
    assert add_days(day, n, DayKind(kind)) == expected


def test_an_agency_may_be_closed_on_more_days() -> None:
    assert add_days(date(2026, 10, 5), 1, DayKind.WORKING, closed={date(2026, 10, 6)}) == date(2026, 10, 7)


def test_working_days_between_counts_both_ends() -> None:
    assert days.working_days_between(date(2026, 8, 14), date(2026, 8, 18)) == 2
    assert days.working_days_between(date(2026, 8, 18), date(2026, 8, 14)) == 0


def test_holidays_have_indonesian_names() -> None:
    found = days.national_holidays(2026)
    assert "Kemerdekaan" in found[date(2026, 8, 17)]
    assert all(day.year == 2026 for day in found)


def test_a_year_without_holidays_is_refused() -> None:
    with pytest.raises(Invalid, match="from 1945 to 2100"):
        days.national_holidays(1900)


@pytest.mark.parametrize(
    ("zone", "label", "day"),
    [
        ("Asia/Jakarta", "WIB", date(2026, 9, 30)),
        ("Asia/Makassar", "WITA", date(2026, 10, 1)),
        ("Asia/Jayapura", "WIT", date(2026, 10, 1)),
        ("Europe/Paris", "Europe/Paris", date(2026, 9, 30)),
    ],
)
def test_a_moment_falls_on_the_day_of_the_agency(zone: str, label: str, day: date) -> None:
    assert days.zone_label(zone) == label
    assert days.day_of(datetime(2026, 9, 30, 16, 30, tzinfo=UTC), Somewhere(zone)) == day
