"""Shapes of the API about follow-up: proposals, objections, improvement cases, merit. Additive only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.api.shapes import Word
from selaras.api.shapes_acknowledgements import HandedIn
from selaras.followup.rules import ProposalState


@dataclass(frozen=True)
class Proposal:
    """What a result speaks for; `basis` says why (regulation, rule_hash, article, certainty, label, values)."""

    id: UUID
    person_id: UUID
    name: str
    period: str
    kind: str
    state: str
    outcome: str
    revision: int
    basis: dict[str, Any]
    proposed_at: datetime


@dataclass(frozen=True)
class Proposals:
    """One page; `next` goes into `after` for the page that follows, null on the last."""

    items: list[Proposal]
    next: str | None


@dataclass(frozen=True)
class ProposalsQuery:
    """Which proposals; every filter may be left out."""

    period: str | None = field(default=None, metadata={"validate": Length(max=12)})
    kind: str | None = field(default=None, metadata={"validate": Length(max=60)})
    state: str | None = field(default=None, metadata={"validate": OneOf([one.value for one in ProposalState])})
    person_id: UUID | None = None
    after: str | None = field(default=None, metadata={"validate": Length(max=600)})
    limit: int = field(default=50, metadata={"validate": Range(1, 200)})


@dataclass(frozen=True)
class ProposeRequest:
    """The closed period whose results are to be followed."""

    period: str = field(metadata={"validate": Length(max=12)})


@dataclass(frozen=True)
class Proposed:
    """Kind → new proposals."""

    counts: dict[str, int]


@dataclass(frozen=True)
class StepRequest:
    """What is done with proposals: endorsed or declined (PyB), decided by decree or rejected (PPK), carried_out."""

    proposals: list[UUID] = field(metadata={"validate": Length(min=1, max=200)})
    state: str = field(metadata={"validate": OneOf(["endorsed", "declined", "decided", "rejected", "carried_out"])})
    reason: str = field(default="", metadata={"validate": Length(max=4000)})
    decree_number: str = field(default="", metadata={"validate": Length(max=60)})
    decree_date: date | None = None


@dataclass(frozen=True)
class Stepped:
    """How many proposals were moved on."""

    moved: int


@dataclass(frozen=True)
class Objection:
    """One objection with its reason, and how it was decided."""

    person_id: UUID
    name: str
    period: str
    revision: int
    outcome: Word
    reason: str
    filed_at: datetime
    decided_by: str
    may_decide: bool
    upheld: bool | None
    decision: str | None
    decided_at: datetime | None
    corrected_revision: int | None
    extent: str | None = None
    withdrawn_at: datetime | None = None
    decider: str | None = None
    acknowledgement: HandedIn | None = None


@dataclass(frozen=True)
class Objections:
    """The objections on one's desk, undecided ones first."""

    items: list[Objection]


@dataclass(frozen=True)
class ObjectionRequest:
    """The person's reasons."""

    reason: str = field(metadata={"validate": Length(min=20, max=4000)})


@dataclass(frozen=True)
class PartRatings:
    """The ratings of one part of a combined result as they should be (person columns of the part's regulation)."""

    segment: int
    inputs: dict[str, Any]


@dataclass(frozen=True)
class VerdictRequest:
    """Upheld, with the ratings as they should be (the regulation's person columns), or refused; with the reason.

    Of a result that was combined of parts the ratings stand in `parts`. `in_part`: upheld, but not in everything.
    """

    upheld: bool
    reason: str = field(metadata={"validate": Length(min=20, max=4000)})
    inputs: dict[str, Any] | None = None
    parts: list[PartRatings] | None = None
    in_part: bool = False


@dataclass(frozen=True)
class Verdict:
    """How it ended: the revision that stands, its outcome, and the pay a month before and after a correction."""

    upheld: bool
    revision: int
    outcome: str
    pay_before: Decimal | None
    pay_after: Decimal | None


@dataclass(frozen=True)
class Improvement:
    """An improvement case: its stage and the last day of that stage."""

    id: UUID
    person_id: UUID
    name: str
    stage: str
    opened_on: date
    due_on: date | None
    paused_days: int
    closed_on: date | None
    possible: list[str]


@dataclass(frozen=True)
class Improvements:
    """Cases under way, the one that is due first in front."""

    items: list[Improvement]


@dataclass(frozen=True)
class Merit:
    """The self-assessment of a year: figures of the agency, answers, evidence, and the rulebook's scores."""

    year: int
    regulation: str
    rule_hash: str
    figures: dict[str, int]
    answers: dict[str, Any]
    evidence: dict[str, str]
    scores: dict[str, Any]
    saved_at: datetime | None


@dataclass(frozen=True)
class MeritRequest:
    """Answers by the rulebook's columns; evidence by the names of the scores."""

    answers: dict[str, Any]
    evidence: dict[str, str]


@dataclass(frozen=True)
class RaisedTarget:
    """A target of the year before that was reached, and what is proposed for it.

    `before` × (1 + `share` %) = `worked`; never below `reached`; whole things are rounded up, a share stays within 100.
    `state`: open, taken, changed, declined; `planned` is what the plan says now.
    """

    item_id: UUID
    title: str
    aspect: str
    indicator: str | None
    measure: str | None
    before: Decimal
    reached: Decimal
    share: Decimal
    worked: Decimal
    proposed: Decimal
    planned: Decimal | None
    state: str
    article: str
    certainty: str
    regulation: str


@dataclass(frozen=True)
class RaisedTargets:
    """What last year's results propose for the plan of a year; taken over by writing the plan."""

    items: list[RaisedTarget]
