"""When a message may go and when it is tried again: quiet hours, the daily digest, pauses; no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from selaras.calendar.office import NATIONAL, OfficeCalendar

ATTEMPTS = 6
_FIRST_PAUSE = timedelta(minutes=5)


class Channel(StrEnum):
    """A way beyond the page."""

    EMAIL = "email"
    MESSENGER = "messenger"


class Mode(StrEnum):
    """How a channel is used: each message by itself, all of a day together, or not at all."""

    EACH = "each"
    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True)
class Quiet:
    """When nothing is sent (`since` up to `until`, over midnight if it is later), and when digests go, in one zone."""

    since: time
    until: time
    digest: time
    working_days: bool
    zone: ZoneInfo
    calendar: OfficeCalendar = NATIONAL


def at_once(moment: datetime, quiet: Quiet) -> datetime:
    """The first moment from `moment` on (UTC) in which a message may go."""
    local = moment.astimezone(quiet.zone)
    for _ in range(32):
        if quiet.working_days and not quiet.calendar.is_open(local.date()):
            local = _at(local + timedelta(days=1), time(0))
        elif _is_quiet(local.time(), quiet):
            later = local.time() >= quiet.until
            local = _at(local + timedelta(days=1 if later else 0), quiet.until)
        else:
            break
    return moment if local <= moment else local.astimezone(moment.tzinfo)


def next_digest(moment: datetime, quiet: Quiet) -> datetime:
    """The next digest's moment after `moment` (UTC)."""
    local = moment.astimezone(quiet.zone)
    due = _at(local, quiet.digest)
    if due <= local:
        due = _at(local + timedelta(days=1), quiet.digest)
    while quiet.working_days and not quiet.calendar.is_open(due.date()):
        due = _at(due + timedelta(days=1), quiet.digest)
    return due.astimezone(moment.tzinfo)


def again_at(moment: datetime, attempts: int) -> datetime | None:
    """When to try again after so many attempts: later and later; None when it is given up."""
    return None if attempts >= ATTEMPTS else moment + _FIRST_PAUSE * 4 ** (attempts - 1)


def _is_quiet(clock: time, quiet: Quiet) -> bool:
    if quiet.since == quiet.until:
        return False
    if quiet.since < quiet.until:
        return quiet.since <= clock < quiet.until
    return clock >= quiet.since or clock < quiet.until


def _at(local: datetime, clock: time) -> datetime:
    return datetime.combine(local.date(), clock, tzinfo=local.tzinfo)
