"""Pure decisions on a grant of input across agencies: its state on a day, and what may be written under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from selaras.errors import Conflict, DomainError, Invalid, Refused

LONGEST_DAYS = 366
SHORTEST_REASON, LONGEST_REASON = 5, 300
INPUT_LENGTH = 4_000


class Side(StrEnum):
    """What an agency is in a grant: the one whose person it is about, or the one whose leader speaks."""

    GIVING = "giving"
    RECEIVING = "receiving"


class State(StrEnum):
    """Where a grant stands on a day."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Standing:
    """What a grant's state hangs on; `since` and `until` are its days `[since, until)`."""

    since: date
    until: date
    answer: str | None
    ended: bool

    def on(self, day: date) -> State:
        """The state on a day: an end counts before an answer, and either before the last day."""
        if self.ended:
            return State.ENDED
        if self.answer == State.DECLINED:
            return State.DECLINED
        if day >= self.until:
            return State.EXPIRED
        return State.ACCEPTED if self.answer == State.ACCEPTED else State.OFFERED


def refusal_on(standing: Standing, day: date) -> DomainError | None:
    """Why nothing may be written on a day under a grant; None where it may."""
    state = standing.on(day)
    if state is State.ACCEPTED and day >= standing.since:
        return None
    if state is State.EXPIRED:
        return Refused(
            "input_grant_expired",
            "The other agency let you give input until {last}; that day is over. Your own agency's authorised official "
            "can ask for a new one.",
            last=standing.until - timedelta(days=1),
        )
    if state is State.ENDED:
        return Refused("input_grant_ended", "One of the two agencies has ended this; nothing more is taken.")
    return Conflict(
        "input_grant_waiting", "This does not hold yet: both agencies must agree, and its first day must come."
    )


def refuse_reason(reason: str) -> str:
    """The reason, trimmed; `Invalid` where it is too short or too long."""
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON or "\0" in reason:
        raise Invalid(
            "input_grant_reason",
            "Write the reason in {least} to {most} characters; both agencies read it.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
            field="reason",
        )
    return reason.strip()


def refuse_content(content: str) -> str:
    """The input, trimmed; `Invalid` where it is empty or too long."""
    if not 1 <= len(content.strip()) <= INPUT_LENGTH or "\0" in content:
        raise Invalid("input_length", "Write between 1 and {most} characters.", field="content", most=INPUT_LENGTH)
    return content.strip()


def refuse_days(since: date, until: date, today: date, work: tuple[date, date | None]) -> None:
    """`Invalid` unless the days lie ahead, are few enough and touch those of the assignment `[from, to)`."""
    if not today <= since < until or (until - since).days > LONGEST_DAYS:
        raise Invalid(
            "input_grant_days",
            "It begins today or later and has a last day, at most {most} days on.",
            most=LONGEST_DAYS,
            field="last",
        )
    if until <= work[0]:
        raise Invalid("input_grant_before", "The assignment begins on {day}; choose a later last day.", day=work[0])
