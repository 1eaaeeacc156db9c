"""The only source of "now": injected, so that a test or a replay can stand on any day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("selaras_clock", default=None)


def now() -> datetime:
    """The current moment, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day in an agency's zone (an IANA name such as `Asia/Jakarta`); legal days are counted in it."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` (timezone-aware) within the block, in this thread or task only."""
    if moment.tzinfo is None:
        raise ValueError("a fixed clock needs a timezone-aware moment")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
