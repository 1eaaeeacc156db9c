"""What the API says of the parts of a period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.evaluation.segments import ENDED
from selaras.regulation.segmentation import CAUSES

_REASON = {"validate": Length(min=20, max=4000)}


@dataclass(frozen=True)
class Segment:
    """A part of one person's period, both days included: what began it, who rates it under which regulation.

    `ended` says why it was the last. A part that is not `evaluated` (leave) has no result. `stated` parts were entered
    by the performance manager with a `reason`, the others follow from posts, superiors and standing.
    """

    number: int
    starts: date
    ends: date
    cause: str
    ended: str | None
    evaluated: bool
    regulation: str
    appraiser_id: UUID | None
    source_period_id: UUID | None
    outcome: str | None
    score: float | None
    stated: bool
    reason: str | None


@dataclass(frozen=True)
class SegmentedQuery:
    """`after`: `next` of the page before."""

    after: str | None = field(default=None, metadata={"validate": Length(max=600)})
    limit: int = field(default=50, metadata={"validate": Range(1, 200)})


@dataclass(frozen=True)
class Segments:
    """A person's parts in order; empty where the period is one whole."""

    items: list[Segment]


@dataclass(frozen=True)
class SegmentedPerson:
    """Somebody whose period has parts."""

    person_id: UUID
    name: str
    segments: int
    stated: bool


@dataclass(frozen=True)
class SegmentedPeople:
    """Everybody whose period has parts, by name."""

    items: list[SegmentedPerson]
    next: str | None


@dataclass(frozen=True)
class SegmentsFormed:
    """How many people have parts, how many parts were formed, and how many people stay as stated by hand."""

    people: int
    segments: int
    stated: int


@dataclass(frozen=True)
class StatedSegment:
    """A part as the performance manager states it; without an appraiser the superior of its last day rates it.

    `outcome` (a code of the part's regulation) and `score`: a result made elsewhere, which nobody rates.
    """

    starts: date
    ends: date
    cause: str = field(metadata={"validate": OneOf(CAUSES)})
    evaluated: bool = True
    appraiser_id: UUID | None = None
    ended: str | None = field(default=None, metadata={"validate": OneOf(ENDED)})
    outcome: str | None = None
    score: float | None = None


@dataclass(frozen=True)
class SegmentsRequest:
    """All parts of a person's period, which follow each other without overlap, and why."""

    segments: list[StatedSegment]
    reason: str = field(metadata=_REASON)


@dataclass(frozen=True)
class SplitRequest:
    """A part that begins within another, takes its place up to its own last day, and why; what follows resumes."""

    starts: date
    ends: date
    reason: str = field(metadata=_REASON)
    cause: str = field(metadata={"validate": OneOf(CAUSES)})
    evaluated: bool = True
    appraiser_id: UUID | None = None


@dataclass(frozen=True)
class MergeRequest:
    """Why a part becomes one with the part before it, whose appraiser then rates both."""

    reason: str = field(metadata=_REASON)


@dataclass(frozen=True)
class EndRequest:
    """Why the last part ended, and the reason to say so."""

    ended: str = field(metadata={"validate": OneOf(ENDED)})
    reason: str = field(metadata=_REASON)
