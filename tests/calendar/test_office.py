"""An agency's calendar: five or six days a week, its own list of a year, local holidays, and a list that is missed."""

from __future__ import annotations

from datetime import date

import pytest

from selaras.calendar.days import DayKind, add_days
from selaras.calendar.office import NATIONAL, ClosedDay, ClosedKind, OfficeCalendar
from selaras.errors import Invalid

SATURDAY, MONDAY = date(2026, 10, 10), date(2026, 10, 12)


def closed(day: date, kind: ClosedKind = ClosedKind.LOCAL) -> ClosedDay:
    return ClosedDay(day, kind, "Hari jadi", "Perda 1/2026", own=True)


def test_a_week_of_six_days_counts_saturdays_from_its_day_on() -> None:
    six = OfficeCalendar(((date(2026, 7, 1), 6),))
    assert (six.is_open(SATURDAY), NATIONAL.is_open(SATURDAY)) == (True, False)
    assert (six.is_open(date(2026, 6, 13)), six.is_open(date(2026, 10, 11))) == (False, False)
    start = date(2026, 10, 5)
    assert (six.add_days(start, 14, "working"), NATIONAL.add_days(start, 14, "working")) == (
        date(2026, 10, 21), date(2026, 10, 23),
    )  # fmt: skip
    assert six.add_days(start, 14, "calendar") == date(2026, 10, 19)
    back = OfficeCalendar(((date(2026, 7, 1), 6), (date(2026, 10, 1), 5)))
    assert not back.is_open(SATURDAY)


def test_without_own_rows_it_counts_as_the_national_calendar_does() -> None:
    for n in (-30, -3, 1, 5, 40):
        assert NATIONAL.add_days(date(2026, 3, 10), n, DayKind.WORKING) == add_days(date(2026, 3, 10), n, "working")


def test_local_holidays_come_on_top_and_do_not_replace_the_year_s_list() -> None:
    own = OfficeCalendar(recorded=(closed(MONDAY),))
    assert (own.is_open(MONDAY), NATIONAL.is_open(MONDAY)) == (False, True)
    assert own.add_days(date(2026, 10, 9), 1, "working") == date(2026, 10, 13)
    assert len(own.year(2026).days) == len(NATIONAL.year(2026).days) + 1
    assert own.year(2026).decree.startswith("SKB")


def test_the_agency_s_own_list_replaces_an_estimate() -> None:
    assert NATIONAL.year(2027).estimated
    listed = OfficeCalendar(recorded=(closed(date(2027, 3, 10), ClosedKind.NATIONAL), closed(date(2027, 4, 1))))
    year = listed.year(2027)
    assert [one.day for one in year.days] == [date(2027, 3, 10), date(2027, 4, 1)]
    assert (year.estimated, year.certainty, year.decree) == (False, "own", "Perda 1/2026")
    # The platform's guess of joint leave is none any more.
    assert (NATIONAL.is_open(date(2027, 3, 12)), listed.is_open(date(2027, 3, 12))) == (False, True)


def test_a_list_that_is_missing_is_missed_late_in_the_year_before() -> None:
    assert NATIONAL.missing(date(2026, 10, 31)) is None
    assert NATIONAL.missing(date(2026, 11, 1)) == 2027
    assert NATIONAL.missing(date(2027, 2, 1)) == 2027
    known = OfficeCalendar(recorded=(closed(date(2027, 3, 10), ClosedKind.NATIONAL),))
    assert known.missing(date(2026, 12, 1)) is None


def test_every_year_with_a_decree_says_which_and_a_year_beyond_is_refused() -> None:
    for year in (2023, 2024, 2025, 2026):
        shown = NATIONAL.year(year)
        assert (shown.estimated, shown.certainty) == (False, "assumed")
        assert {one.source for one in shown.days} == {shown.decree}
        assert {one.kind for one in shown.days} == {ClosedKind.NATIONAL, ClosedKind.JOINT_LEAVE}
    with pytest.raises(Invalid, match="known from 1945 to 2100"):
        NATIONAL.year(2101)
