"""What the API says of guidance and counselling talks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf

from selaras.monitoring.coaching import CAUSES, KINDS, LONGEST, SHORTEST


def _text(least: int = 0, **more: Any) -> Any:
    return field(metadata={"validate": Length(min=least, max=LONGEST)}, **more)


def _one_of(known: tuple[str, ...]) -> Any:
    return field(metadata={"validate": OneOf(known)})


@dataclass(frozen=True)
class Talk:
    """A recorded talk; `kind` is guidance (bimbingan) or counselling (konseling)."""

    talk_id: UUID
    kind: str
    cause: str
    person_id: UUID
    person_name: str
    coach_id: UUID
    coach_name: str
    on_day: date
    content: str
    agreed: str | None
    follow_up_on: date | None
    followed_up_at: datetime | None
    follow_up: str | None
    acknowledged_at: datetime | None
    answer: str | None


@dataclass(frozen=True)
class Talks:
    """Talks, the newest first."""

    items: list[Talk]


@dataclass(frozen=True)
class TalkRequest:
    """What is recorded; without a day, today."""

    kind: str = _one_of(KINDS)
    cause: str = _one_of(CAUSES)
    content: str = _text(SHORTEST)
    on_day: date | None = None
    agreed: str | None = _text(default=None)
    follow_up_on: date | None = None
    item_id: UUID | None = None


@dataclass(frozen=True)
class Acknowledgement:
    """What the person adds, if anything."""

    answer: str | None = _text(default=None)


@dataclass(frozen=True)
class FollowUp:
    """What became of it, and when to look again (left out: it is done)."""

    follow_up: str = _text(SHORTEST)
    again: date | None = None


@dataclass(frozen=True)
class CalendarAddress:
    """A private address that is told this once."""

    address: str
