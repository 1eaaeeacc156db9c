"""Pure decisions about support access: at which stage it stands, until when it is open, what a request must say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from selaras.errors import Invalid

SHORTEST, LONGEST = 15, 240
ANSWER_WITHIN = timedelta(hours=24)
CODE_LIVES = timedelta(seconds=90)
LEAST_REASON, MOST_REASON = 20, 1000
_TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,59}")
# A national identity number (NIK) has 16 digits, a civil servant's number (NIP, NI PPPK) 18, often written apart.
_PERSON_NUMBER = re.compile(r"(?<!\d)(?:\d[ .-]?){15}\d(?!\d)|(?<!\d)(?:\d[ .-]?){17}\d(?!\d)")


class Stage(StrEnum):
    """Where a request stands. Only `OPEN` lets anybody in."""

    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ENDED = "ended"
    OVER = "over"


@dataclass(frozen=True)
class Step:
    """One thing that happened to a request: its word, when, and by which operator (None: at the agency)."""

    word: str
    at: datetime
    operator_id: UUID | None = None
    operator_name: str = ""


@dataclass(frozen=True)
class Access:
    """A request with everything that happened to it, as it stands at `now`. Times in UTC."""

    id: UUID
    tenant_id: int
    operator_id: UUID
    operator_name: str
    reason: str
    ticket: str
    minutes: int
    urgent: bool
    asked_at: datetime
    steps: Sequence[Step]
    now: datetime

    def first(self, *words: str) -> Step | None:
        """The earliest step of one of these words."""
        return min((one for one in self.steps if one.word in words), key=lambda one: one.at, default=None)

    @property
    def opening(self) -> Step | None:
        """The agency's approval, or the second operator's confirmation; whichever came first."""
        return None if self.first("refused") else self.first("approved", "confirmed")

    @property
    def until(self) -> datetime | None:
        """When it ends by itself; counted from the opening, whether or not anybody entered."""
        return self.opening.at + timedelta(minutes=self.minutes) if self.opening else None

    @property
    def ending(self) -> Step | None:
        """Who ended it before its time, if anybody did."""
        return self.first("ended", "ended_by_agency", "left")

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, of an access that had been opened."""
        if self.stage is Stage.ENDED and self.ending:
            return self.ending.at
        return self.until if self.stage is Stage.OVER else None

    @property
    def inside(self) -> bool:
        """Whether the operator has entered and the access is still open."""
        return self.stage is Stage.OPEN and self.first("entered") is not None

    @property
    def stage(self) -> Stage:
        """Where it stands now."""
        if self.first("refused"):
            return Stage.REFUSED
        if self.until is not None:
            if self.ending and self.ending.at < self.until:
                return Stage.ENDED
            return Stage.OVER if self.now >= self.until else Stage.OPEN
        if self.ending:
            return Stage.WITHDRAWN
        return Stage.LAPSED if self.now >= self.asked_at + ANSWER_WITHIN else Stage.ASKED


def checked_reason(reason: str) -> str:
    """The reason without its margins; Invalid when it says too little, too much, or names a person by number."""
    told = reason.strip()
    if not LEAST_REASON <= len(told) <= MOST_REASON:
        raise Invalid(
            "support_reason",
            "Say in {least} to {most} characters why you must look; the agency reads it.",
            least=LEAST_REASON,
            most=MOST_REASON,
            field="reason",
        )
    if _PERSON_NUMBER.search(told):
        raise Invalid(
            "support_reason_names_person",
            "The reason holds a person's number (NIP, NIK). Leave it out: the reason is kept outside the agency.",
            field="reason",
        )
    return told


def checked_ticket(ticket: str) -> str:
    """The ticket's number; Invalid for anything but letters, digits and . : / # - _."""
    told = ticket.strip()
    if not _TICKET.fullmatch(told) or _PERSON_NUMBER.search(told):
        raise Invalid(
            "support_ticket",
            "Give the number of the ticket that this belongs to: up to 60 letters, digits and . : / # - _.",
            field="ticket",
        )
    return told


def checked_minutes(minutes: int | None) -> int:
    """How long it is to last; Invalid outside a quarter of an hour to four hours."""
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        raise Invalid(
            "support_minutes",
            "Support access lasts {least} to {most} minutes.",
            least=SHORTEST,
            most=LONGEST,
            field="minutes",
        )
    return minutes
