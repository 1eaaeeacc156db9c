"""Quiet hours, digests and pauses, in the agency's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from selaras.channels.rules import ATTEMPTS, Quiet, again_at, at_once, next_digest

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")


def quiet(since: str = "18:00", until: str = "07:00", *, days: bool = True, zone: ZoneInfo = JAKARTA) -> Quiet:
    return Quiet(time.fromisoformat(since), time.fromisoformat(until), time(7, 30), days, zone)


def utc(text: str, zone: ZoneInfo = JAKARTA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-10-07T10:00", "2026-10-07T10:00"),  # a Wednesday
        ("2026-10-07T17:59", "2026-10-07T17:59"),
        ("2026-10-07T18:00", "2026-10-08T07:00"),
        ("2026-10-08T03:00", "2026-10-08T07:00"),
        ("2026-10-08T07:00", "2026-10-08T07:00"),
        ("2026-10-09T20:00", "2026-10-12T07:00"),  # Friday evening: Monday
        ("2026-10-10T10:00", "2026-10-12T07:00"),
        ("2026-08-14T19:00", "2026-08-18T07:00"),  # a weekend, then Independence Day
    ],
)
def test_what_is_told_in_quiet_hours_waits(moment: str, goes: str) -> None:
    assert at_once(utc(moment), quiet()) == utc(goes)


def test_the_zone_decides() -> None:
    moment = utc("2026-10-07T17:00")  # 19:00 in Jayapura
    assert at_once(moment, quiet()) == moment
    assert at_once(moment, quiet(zone=JAYAPURA)) == utc("2026-10-08T07:00", JAYAPURA)


def test_hours_within_a_day_and_none_at_all() -> None:
    assert at_once(utc("2026-10-07T12:30"), quiet("12:00", "13:00")) == utc("2026-10-07T13:00")
    assert at_once(utc("2026-10-07T23:30"), quiet("12:00", "13:00")) == utc("2026-10-07T23:30")
    assert at_once(utc("2026-10-10T23:30"), quiet("00:00", "00:00", days=False)) == utc("2026-10-10T23:30")


def test_digests() -> None:
    assert next_digest(utc("2026-10-07T07:00"), quiet()) == utc("2026-10-07T07:30")
    assert next_digest(utc("2026-10-07T07:30"), quiet()) == utc("2026-10-08T07:30")
    assert next_digest(utc("2026-10-09T09:00"), quiet()) == utc("2026-10-12T07:30")
    assert next_digest(utc("2026-10-09T09:00"), quiet(days=False)) == utc("2026-10-10T07:30")


def test_pauses_grow_until_it_is_given_up() -> None:
    moment = utc("2026-10-07T10:00")
    pauses = [again_at(moment, n) for n in range(1, ATTEMPTS)]
    assert all(one is not None for one in pauses)
    assert pauses == sorted(pauses)  # type: ignore[type-var]  # comparable, as the test asks
    assert again_at(moment, ATTEMPTS) is None
