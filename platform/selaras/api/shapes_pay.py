"""Shapes of the API about tables of pay. Additive only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.followup.pay.content import CERTAINTIES, EFFECTS, MOST_ROWS
from selaras.regulation.kit import GROUPS, HITS, SHAPES

_SHORT = {"validate": Length(max=500)}


@dataclass(frozen=True)
class PayRow:
    """One row of the decision table; a condition that is null holds for everybody.

    Job classes from `class_from` to `class_to`, both included; attendance in per cent at least `attendance_from` and
    below `attendance_below`.
    """

    percent: Decimal
    outcome: str | None = field(default=None, metadata={"validate": Length(max=100)})
    class_from: int | None = None
    class_to: int | None = None
    attendance_from: Decimal | None = None
    attendance_below: Decimal | None = None


@dataclass(frozen=True)
class PayBase:
    """The base of one job class, in whole rupiah a month."""

    job_class: int
    base: Decimal


@dataclass(frozen=True)
class PayRounding:
    """One rounding: of the percent, each component or the amount; −3 decimals are thousands."""

    step: str = field(metadata={"validate": OneOf(["percent", "component", "amount"])})
    digits: int = 0
    mode: str = "half_away"


@dataclass(frozen=True)
class PayMark:
    """What each occurrence of a mark takes off in a month, from the `since`-th on."""

    code: str = field(metadata={"validate": Length(min=1, max=40)})
    group: str = field(metadata={"validate": OneOf(list(GROUPS))})
    percent: Decimal
    since: int = field(default=1, metadata={"validate": Range(min=1, max=366)})


@dataclass(frozen=True)
class PayTable:
    """A whole table of pay. `components`: name → share of the base in per cent, as text."""

    name: str = field(metadata={"validate": Length(min=1, max=200)})
    shape: str = field(metadata={"validate": OneOf(list(SHAPES))})
    effect: str = field(metadata={"validate": OneOf(list(EFFECTS))})
    source: str = field(metadata={"validate": Length(min=1, max=500)})
    certainty: str = field(metadata={"validate": OneOf(list(CERTAINTIES))})
    rows: list[PayRow] = field(metadata={"validate": Length(max=MOST_ROWS)})
    bases: list[PayBase] = field(metadata={"validate": Length(max=MOST_ROWS)})
    hit: str = field(default="unique", metadata={"validate": OneOf(list(HITS))})
    performance_weight: Decimal = Decimal(100)
    candidate_percent: Decimal = Decimal(100)
    acting: str = "own"
    acting_percent: Decimal = Decimal(0)
    components: dict[str, Decimal] | None = None
    rounding: list[PayRounding] | None = None
    marks: list[PayMark] | None = None
    attendance_lag: int = field(default=1, metadata={"validate": Range(min=0, max=3)})
    sources: dict[str, Any] | None = None


@dataclass(frozen=True)
class PayVersion:
    """One version: in force on the days `[starts, ends)`; `restores`: the earlier version that it brings back."""

    kind: str
    version: int
    restores: int | None
    starts: date | None
    ends: date | None
    table: PayTable


@dataclass(frozen=True)
class PayVersions:
    """Every version, the newest first."""

    items: list[PayVersion]


@dataclass(frozen=True)
class PayFinding:
    """One thing about a table: an error, or a note. `rows` counts from 1."""

    code: str
    severity: str
    rows: list[int]
    message: str


@dataclass(frozen=True)
class PayDraft:
    """One draft; `edition` is its ETag. `state`: draft, submitted, active, withdrawn."""

    id: UUID
    kind: str
    state: str
    starts: date
    reason: str
    edition: int
    restores: int | None
    drawn_by: str
    drawn_at: datetime
    decided_by: str | None
    answer: str | None
    table: PayTable
    findings: list[PayFinding]


@dataclass(frozen=True)
class PayDraftLine:
    """One draft in a list."""

    id: UUID
    state: str
    starts: date
    edition: int
    drawn_by: str
    drawn_at: datetime


@dataclass(frozen=True)
class PayDrafts:
    """Drafts, the newest first."""

    items: list[PayDraftLine]


@dataclass(frozen=True)
class PayDraftBegin:
    """A draft out of the version in force on the day, or out of an earlier one that is to come back."""

    starts: date
    reason: str = field(metadata={"validate": Length(max=2000)})
    restores: int | None = None


@dataclass(frozen=True)
class PayDraftWrite:
    """What a draft is written with."""

    starts: date
    reason: str = field(metadata={"validate": Length(max=2000)})
    table: PayTable


@dataclass(frozen=True)
class PayAnswer:
    """Approved, or given back with a reason."""

    approve: bool
    reason: str = field(default="", metadata={"validate": Length(max=2000)})


@dataclass(frozen=True)
class PaySimulationRequest:
    """The closed period that the draft is put to."""

    period: str = field(metadata={"validate": Length(max=40)})


@dataclass(frozen=True)
class PaySimulation:
    """What a draft would have paid. `state`: waiting, done, failed; `figures` once it is done, rupiah a month.

    `fingerprint`: SHA-256 over everybody's amount.
    """

    id: UUID
    draft_id: UUID
    edition: int
    period: str
    state: str
    at: datetime
    fingerprint: str | None
    figures: dict[str, Any] | None


@dataclass(frozen=True)
class PaySimulations:
    """The simulations of a draft, the newest first."""

    items: list[PaySimulation]


@dataclass(frozen=True)
class PayPage:
    """Which page of people."""

    page: int = field(default=1, metadata={"validate": Range(min=1, max=100000)})


@dataclass(frozen=True)
class PayChangesFileQuery:
    """As which file: `format` csv or xlsx."""

    format: str = field(default="csv", metadata={"validate": OneOf(["csv", "xlsx"])})


@dataclass(frozen=True)
class PayChange:
    """One person who would be paid differently, rupiah a month; null: nothing."""

    person_id: UUID
    name: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal


@dataclass(frozen=True)
class PayChanges:
    """Who would be paid differently, the greatest differences first."""

    items: list[PayChange]


@dataclass(frozen=True)
class PayImportForm:
    """Whether the file is only looked at."""

    preview: bool = False


@dataclass(frozen=True)
class PayFileProblem:
    """One thing wrong with a file."""

    row: int | None
    column: str | None
    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class PayImport:
    """What came of a file: `taken`, or what to mend; a look at it changes nothing."""

    taken: bool
    rows: int
    table: PayTable | None
    problems: list[PayFileProblem]
