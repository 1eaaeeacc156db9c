"""What the API says of continuous feedback."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.monitoring.giving import LONGEST, LONGEST_NOTE, SHORTEST, TONES
from selaras.monitoring.served import LONGEST_LABEL, MOST_DAYS, MOST_USES


def _text(most: int, least: int = 0, **more: Any) -> Any:
    return field(metadata={"validate": Length(min=least, max=most)}, **more)


@dataclass(frozen=True)
class FeedbackShown:
    """What was said; `relation` is superior, peer, subordinate, or service_user, of whom there is no `giver_id`."""

    feedback_id: UUID
    giver_id: UUID | None
    giver_name: str
    relation: str
    item_id: UUID | None
    item_title: str | None
    behaviour: str | None
    on_day: date
    content: str
    reported: bool
    tone: str | None = None


@dataclass(frozen=True)
class FeedbackRequest:
    """Somebody was asked about a person; `state` is waiting, answered or declined."""

    request_id: UUID
    person_id: UUID
    person_name: str
    giver_id: UUID
    giver_name: str
    asked_by: UUID
    item_id: UUID | None
    behaviour: str | None
    note: str | None
    asked_at: datetime
    state: str


@dataclass(frozen=True)
class FeedbackColleague:
    """Somebody to whom one may say something; `relation` is one's own to them."""

    person_id: UUID
    name: str
    relation: str


@dataclass(frozen=True)
class FeedbackLink:
    """A link for people who were served; `state` is open, used, expired or revoked."""

    link_id: UUID
    label: str
    uses: int
    used: int
    expires_at: datetime
    state: str


@dataclass(frozen=True)
class OwnFeedback:
    """What concerns whoever asks."""

    received: list[FeedbackShown]
    asked: list[FeedbackRequest]
    colleagues: list[FeedbackColleague]
    links: list[FeedbackLink]


@dataclass(frozen=True)
class FeedbackGiven:
    """The words, and on what: a result, a behaviour value, or neither. `tone`: praise, or concern (to improve)."""

    content: str = _text(LONGEST, SHORTEST)
    item_id: UUID | None = None
    behaviour: str | None = _text(100, default=None)
    tone: str | None = field(default=None, metadata={"validate": OneOf(TONES)})


@dataclass(frozen=True)
class FeedbackAsked:
    """Whom, and about whom (oneself, if left out)."""

    giver_id: UUID
    person_id: UUID | None = None
    item_id: UUID | None = None
    behaviour: str | None = _text(100, default=None)
    note: str | None = _text(LONGEST_NOTE, default=None)


@dataclass(frozen=True)
class FeedbackLinkRequest:
    """The name of a service, how many answers and for how many days."""

    label: str = _text(LONGEST_LABEL, 3)
    uses: int = field(default=1, metadata={"validate": Range(1, MOST_USES)})
    days: int = field(default=14, metadata={"validate": Range(1, MOST_DAYS)})
    item_id: UUID | None = None


@dataclass(frozen=True)
class FeedbackReport:
    """Why it is reported."""

    reason: str = _text(LONGEST_NOTE, SHORTEST)


@dataclass(frozen=True)
class Made:
    """What was made."""

    id: UUID


@dataclass(frozen=True)
class MadeLink:
    """A link, with the address that is told this once."""

    id: UUID
    address: str
