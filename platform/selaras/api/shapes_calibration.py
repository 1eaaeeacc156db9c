"""What the API says of calibration meetings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.calibration.rules import Kind, Reason, SeatRole

_TEXT = {"validate": Length(max=2000)}
SAID = (
    Kind.PROPOSED, Kind.WITHDRAWN, Kind.SUPPORTED, Kind.OPPOSED, Kind.AGREED, Kind.DECIDED, Kind.REJECTED, Kind.HELD,
    Kind.RELEASED, Kind.DISCUSSED, Kind.NOTED, Kind.INTEREST, Kind.JOINED, Kind.LEFT,
)  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """A calibration meeting. `last`: the number of its newest event; `people`: how many are spoken of.

    `pay_shown`: after the lock the performance manager sees what its moves would mean in pay.
    `effect`, `quorum_percent`, and the days are None until it comes to that.
    """

    id: UUID
    name: str
    period_code: str
    state: str
    effect: str | None
    quorum_percent: int | None
    blind: bool
    pay_shown: bool
    group_keys: list[str]
    unit_id: UUID | None
    starts_at: datetime | None
    opened_at: datetime | None
    locked_at: datetime | None
    closed_at: datetime | None
    last: int
    people: int


@dataclass(frozen=True)
class Meetings:
    """Meetings, the newest first."""

    items: list[Meeting]


@dataclass(frozen=True)
class FairnessWarning:
    """What the outcomes of a meeting are asked about: a group that comes off lower, turns, people lowered twice.

    `words` say it in both languages; `figures` hold what was found and by which thresholds, without small counts.
    """

    number: int
    code: str
    kind: str
    figures: dict[str, Any]
    words: dict[str, Any]
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class FairnessWarnings:
    """Warnings, in the order in which they were found."""

    items: list[FairnessWarning]


@dataclass(frozen=True)
class WarningAnswer:
    """The chair's answer, 20 to 2,000 characters; `key`: the sender's own, so that a repetition is kept once."""

    key: UUID
    answer: str = field(metadata={"validate": Length(max=2000)})


@dataclass(frozen=True)
class MeetingRequest:
    """A meeting to prepare. No `group_keys`: every ranking group; `unit_id`: only that unit and those below it."""

    period: str
    name: str = field(metadata={"validate": Length(min=1, max=200)})
    group_keys: list[str] | None = None
    unit_id: UUID | None = None
    blind: bool = False
    pay_shown: bool = False
    starts_at: datetime | None = None


@dataclass(frozen=True)
class GroupSize:
    """A ranking group as it would be formed now, and how many rated people it holds."""

    key: str
    people: int


@dataclass(frozen=True)
class GroupSizes:
    """Ranking groups in the order of their keys."""

    items: list[GroupSize]


@dataclass(frozen=True)
class SeatRequest:
    """Who sits in the meeting, and as what."""

    person_id: UUID
    role: str = field(metadata={"validate": OneOf([one.value for one in SeatRole])})


@dataclass(frozen=True)
class SeatsRequest:
    """All seats at once, in place of those before: one chair and at least two members."""

    seats: list[SeatRequest]


@dataclass(frozen=True)
class Seat:
    """Somebody in the room; `present`: heard of within two minutes; `joined`: entered it and has not left."""

    person_id: UUID
    name: str
    role: str
    present: bool
    joined: bool


@dataclass(frozen=True)
class Quorum:
    """Those with a say who are there, how many must be, how many there are; `met`: the meeting can decide."""

    present: int
    needed: int
    seats: int
    met: bool


@dataclass(frozen=True)
class Case:
    """Somebody who is spoken of; `name` and `person_id` are None in a blind round. `recused`: why I have no say.

    `opened_with` is the outcome at the opening, `outcome` the present one; an open proposal has a number and a target.
    `stale`: what is out of date: rated_since, evidence_since, no_evidence.
    """

    person_id: UUID | None
    number: int
    name: str | None
    group_key: str
    unit_id: UUID
    unit_name: str
    appraiser_id: UUID | None
    rated_at: datetime
    score: float | None
    opened_with: str
    outcome: str
    held: bool
    discussed: bool
    proposal: int | None
    proposed: str | None
    changed: int
    recused: str | None
    stale: list[str]


@dataclass(frozen=True)
class Room:
    """The whole room, from one's own seat. `lamps`: each judged unit's distribution; see the regulation's limits."""

    meeting: Meeting
    mine: str
    seats: list[Seat]
    cases: list[Case]
    lamps: list[Any]
    quorum: Quorum


@dataclass(frozen=True)
class Event:
    """One thing that happened, in the words that were written."""

    number: int
    kind: str
    by_id: UUID | None
    person_id: UUID | None
    from_outcome: str | None
    to_outcome: str | None
    reason_code: str | None
    text: str | None
    answers: int | None
    at: datetime


@dataclass(frozen=True)
class ChangesQuery:
    """`after`: the number of the last event that one has."""

    after: int = field(default=0, metadata={"validate": Range(min=0, max=2**31 - 1)})


@dataclass(frozen=True)
class Changes:
    """What happened since; `more`: ask again from `last` on. `lamps` are given with news only."""

    last: int
    state: str
    events: list[Event]
    more: bool
    lamps: list[Any]
    quorum: Quorum


@dataclass(frozen=True)
class ReplayQuery:
    """`at`: after which event; None for the end."""

    at: int | None = field(default=None, metadata={"validate": Range(min=0, max=2**31 - 1)})


@dataclass(frozen=True)
class Moved:
    """Somebody who stood elsewhere then than at the opening."""

    person_id: UUID
    opened_with: str
    stands: str


@dataclass(frozen=True)
class Scene:
    """A meeting after event `at` of `last`: people by outcome, who had moved; `sound`: ledger and meeting agree."""

    at: int
    last: int
    counts: dict[str, int]
    moved: list[Moved]
    sound: bool


@dataclass(frozen=True)
class EventRequest:
    """What one says in the room. `key` is the sender's own: sent again, it is kept once.

    A person is named by `person_id`, or by `case`, their number in the meeting (the only way in a blind round).
    `proposed` takes a person, `from_outcome` (what one sees), `to_outcome`, `reason_code` and `text`; answers to a
    proposal take `answers`; a decision of the chair and an interest take `text`.
    """

    key: UUID
    kind: str = field(metadata={"validate": OneOf([one.value for one in SAID])})
    person_id: UUID | None = None
    case: int | None = field(default=None, metadata={"validate": Range(min=1, max=2**31 - 1)})
    from_outcome: str | None = field(default=None, metadata={"validate": Length(max=60)})
    to_outcome: str | None = field(default=None, metadata={"validate": Length(max=60)})
    reason_code: str | None = field(default=None, metadata={"validate": OneOf([one.value for one in Reason])})
    text: str = field(default="", metadata=_TEXT)
    answers: int | None = field(default=None, metadata={"validate": Range(min=1, max=2**31 - 1)})


@dataclass(frozen=True)
class EventNumber:
    """The number of the event that was written, now or when it was sent before."""

    number: int


@dataclass(frozen=True)
class KeyRequest:
    """The sender's own key: sent again, it is done once."""

    key: UUID


@dataclass(frozen=True)
class SignatureRequest:
    """A signature under the minutes; with `text` one declines, and says why."""

    key: UUID
    text: str | None = field(default=None, metadata={"validate": Length(min=20, max=2000)})


@dataclass(frozen=True)
class Opened:
    """How many people are spoken of."""

    people: int


@dataclass(frozen=True)
class Locked:
    """How many people should stand elsewhere than they did."""

    moved: int


@dataclass(frozen=True)
class Result:
    """What a meeting wants changed of somebody's rating, and what the appraiser answered."""

    meeting_id: UUID
    meeting_name: str
    period_code: str
    person_id: UUID
    person_name: str
    appraiser_id: UUID | None
    from_outcome: str
    to_outcome: str
    reason_code: str | None
    words: str | None
    state: str
    reason: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Results:
    """Results, those that wait first."""

    items: list[Result]


@dataclass(frozen=True)
class AnswerRequest:
    """The appraiser's answer: `inputs`, the ratings that come to the recommended outcome, or a `reason` to refuse."""

    inputs: dict[str, object] | None = None
    reason: str | None = field(default=None, metadata={"validate": Length(min=20, max=4000)})
