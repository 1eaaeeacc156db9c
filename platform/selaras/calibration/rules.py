"""What may happen in a calibration meeting and what the events come to; who stays out of a case; the quorum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

PRESENT_FOR = timedelta(minutes=2)
"""Who was not heard of for so long is away: a page in the room asks for news every second."""


class SeatRole(StrEnum):
    """Who sits in the room. Only the chair and the members count for the quorum and have a say."""

    CHAIR = "chair"
    MEMBER = "member"
    FACILITATOR = "facilitator"
    NOTE_TAKER = "note_taker"

    @property
    def votes(self) -> bool:
        """Whether the seat has a say."""
        return self in (SeatRole.CHAIR, SeatRole.MEMBER)


class Kind(StrEnum):
    """What an event says. Those of CHANGING alter where somebody stands."""

    OPENED = "opened"
    JOINED = "joined"
    LEFT = "left"
    INTEREST = "interest"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    SUPPORTED = "supported"
    OPPOSED = "opposed"
    AGREED = "agreed"
    DECIDED = "decided"
    REJECTED = "rejected"
    HELD = "held"
    RELEASED = "released"
    DISCUSSED = "discussed"
    NOTED = "noted"
    EXPLAINED = "explained"
    ANSWERED = "answered"
    LOCKED = "locked"
    SIGNED = "signed"
    DECLINED = "declined"
    CLOSED = "closed"


CHANGING = frozenset(
    {
        Kind.PROPOSED,
        Kind.WITHDRAWN,
        Kind.AGREED,
        Kind.DECIDED,
        Kind.REJECTED,
        Kind.HELD,
        Kind.RELEASED,
        Kind.DISCUSSED,
    }
)


class Reason(StrEnum):
    """Why somebody should stand elsewhere; every proposal names one, and says the rest in words."""

    EVIDENCE_NEW = "evidence_new"
    EVIDENCE_MISSING = "evidence_missing"
    MEASURED_WRONGLY = "measured_wrongly"
    COMPARABLE_HIGHER = "comparable_higher"
    COMPARABLE_LOWER = "comparable_lower"
    SCOPE_OF_WORK = "scope_of_work"
    BEHAVIOUR = "behaviour"
    DISTRIBUTION = "distribution"
    OTHER = "other"


class Recusal(StrEnum):
    """Why somebody has no say about a case."""

    SELF = "self"
    SUPERIOR = "superior"
    SUBORDINATE = "subordinate"
    INTEREST = "interest"


@dataclass(frozen=True)
class Happened:
    """An event as the replay reads it."""

    number: int
    kind: Kind
    by_id: UUID | None = None
    person_id: UUID | None = None
    to_outcome: str | None = None
    answers: int | None = None


@dataclass(frozen=True)
class Place:
    """Where somebody stands: the outcome, whether set aside, spoken of; the open proposal's number and target."""

    outcome: str
    held: bool = False
    discussed: bool = False
    proposal: int | None = None
    proposed: str | None = None
    changed: int = 0


@dataclass(frozen=True)
class Seated:
    """A seat, and who the person's own superiors are (for the recusal)."""

    person_id: UUID
    role: SeatRole
    seen_at: datetime | None = None
    superiors: frozenset[UUID] = frozenset()

    def present(self, now: datetime) -> bool:
        """Whether they were heard of lately."""
        return self.seen_at is not None and self.seen_at > now - PRESENT_FOR


def replay(opening: Mapping[UUID, str], events: Iterable[Happened]) -> dict[UUID, Place]:
    """Where everybody stands after the events, in their order; `opening`: person → outcome when the meeting began."""
    places = {person: Place(outcome) for person, outcome in opening.items()}
    for event in events:
        if event.kind in CHANGING and event.person_id is not None:
            places[event.person_id] = moved(places[event.person_id], event)
    return places


def moved(place: Place, event: Happened) -> Place:
    """The place after one event about it."""
    changes: dict[Kind, dict[str, object]] = {
        Kind.PROPOSED: {"proposal": event.number, "proposed": event.to_outcome},
        Kind.WITHDRAWN: _NO_PROPOSAL,
        Kind.REJECTED: {**_NO_PROPOSAL, "discussed": True},
        Kind.AGREED: {**_NO_PROPOSAL, "outcome": event.to_outcome, "discussed": True},
        Kind.DECIDED: {**_NO_PROPOSAL, "outcome": event.to_outcome, "discussed": True},
        Kind.HELD: {"held": True},
        Kind.RELEASED: {"held": False},
        Kind.DISCUSSED: {"discussed": True},
    }
    return replace(place, changed=event.number, **changes[event.kind])  # type: ignore[arg-type]  # fields by name


_NO_PROPOSAL: dict[str, object] = {"proposal": None, "proposed": None}


def recusal(
    seat: Seated, person_id: UUID, superiors: Collection[UUID | None], interests: Collection[UUID]
) -> Recusal | None:
    """Why the seat has no say about a person: oneself, one's own superior or subordinate, a declared interest.

    `superiors`: who appraises and who leads the person; `interests`: the people in whom the seat declared one.
    """
    if seat.person_id == person_id:
        return Recusal.SELF
    if seat.person_id in superiors:
        return Recusal.SUBORDINATE
    if person_id in seat.superiors:
        return Recusal.SUPERIOR
    return Recusal.INTEREST if person_id in interests else None


@dataclass(frozen=True)
class Quorum:
    """How many of those with a say are there, how many must be, how many there are."""

    present: int
    needed: int
    seats: int

    @property
    def met(self) -> bool:
        """Whether the meeting can decide."""
        return self.present >= self.needed


def quorum(seats: Iterable[Seated], percent: int, now: datetime) -> Quorum:
    """The quorum: `percent` of those with a say, rounded up, and never less than two."""
    voting = [seat for seat in seats if seat.role.votes]
    needed = max(2, -(-len(voting) * percent // 100))
    return Quorum(sum(seat.present(now) for seat in voting), needed, len(voting))


def standing_opposition(words: Iterable[tuple[UUID, Kind]], voters: Collection[UUID]) -> frozenset[UUID]:
    """Those of `voters` whose last word about a proposal is against it; `words` in their order."""
    last = dict(words)
    return frozenset(person for person in voters if last.get(person) is Kind.OPPOSED)
