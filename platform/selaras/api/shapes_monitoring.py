"""What the API says of logs and their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, Range

from selaras.monitoring.log import LONGEST, LONGEST_MEASURE


def _text(most: int, **more: Any) -> Any:
    return field(metadata={"validate": Length(max=most)}, **more)


@dataclass(frozen=True)
class EvidenceShown:
    """A file (`name`, `size` in bytes) or an address; `state` is ready, or quarantined until it was looked at."""

    evidence_id: UUID
    name: str | None
    size: int | None
    url: str | None
    state: str
    made_at: datetime


@dataclass(frozen=True)
class LogLine:
    """One line of a log; hours as 08:30 in the agency's own zone, `amount` in `measure` units."""

    activity_id: UUID
    person_id: UUID
    item_id: UUID | None
    item_code: str | None
    item_title: str | None
    on_day: date
    starts: str | None
    ends: str | None
    content: str
    amount: Decimal | None
    measure: str | None
    source: str
    version: int
    made_at: datetime
    changed_at: datetime | None
    evidence: list[EvidenceShown]


@dataclass(frozen=True)
class Log:
    """Lines, the newest first."""

    items: list[LogLine]


@dataclass(frozen=True)
class LineRequest:
    """What was done; without a day, today."""

    content: str = _text(LONGEST)
    on_day: date | None = None
    item_id: UUID | None = None
    amount: Decimal | None = None
    measure: str | None = _text(LONGEST_MEASURE, default=None)
    starts: str | None = _text(8, default=None)
    ends: str | None = _text(8, default=None)


@dataclass(frozen=True, kw_only=True)
class LineChange(LineRequest):
    """The whole line anew, and the version that was read."""

    version: int = field(metadata={"validate": Range(1, 1_000_000)})


@dataclass(frozen=True)
class EvidenceLink:
    """Where the evidence lies."""

    url: str = _text(1_000)
