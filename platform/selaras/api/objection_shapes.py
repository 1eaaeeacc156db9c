"""Shapes of the API about the objection desk: the hearing, the frozen evidence, figures, outages. Additive only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, Range


@dataclass(frozen=True)
class StatementForm:
    """One side's explanation; `nothing_to_add` in its stead. Files come in the same form, as `files`."""

    content: str = field(default="", metadata={"validate": Length(max=4000)})
    nothing_to_add: bool = False


@dataclass(frozen=True)
class StatementFile:
    """A file that came with an explanation."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Statement:
    """What the employee or the appraiser said; `content` is null where there was nothing to add."""

    side: str
    content: str | None
    at: datetime
    files: list[StatementFile]


@dataclass(frozen=True)
class Hearing:
    """Until when both sides may explain themselves; `over` says whether a decision is possible."""

    invited_at: datetime
    until: date
    days: int
    kind: str
    article: str
    certainty: str
    moved_days: int
    missing: list[str]
    over: bool
    statements: list[Statement]


@dataclass(frozen=True)
class Reason:
    """Why, in words."""

    reason: str = field(metadata={"validate": Length(min=20, max=4000)})


@dataclass(frozen=True)
class Bundle:
    """The frozen evidence: its manifest (every file with its hash), and the manifest's own sha256."""

    sha256: str
    at: datetime
    manifest: dict[str, Any]


@dataclass(frozen=True)
class FiguresQuery:
    """The year in which objections were filed; this one unless given."""

    year: int | None = field(default=None, metadata={"validate": Range(2000, 2100)})


@dataclass(frozen=True)
class FiguresLine:
    """Objections about results of a unit; every figure is null where there are fewer than five."""

    unit_id: UUID | None
    unit: str | None
    filed: int | None
    waiting: int | None
    granted_whole: int | None
    granted_part: int | None
    rejected: int | None
    withdrawn: int | None
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """All objections of a year, and unit by unit."""

    year: int
    whole: FiguresLine
    units: list[FiguresLine]


@dataclass(frozen=True)
class OutageRequest:
    """When the system was out of reach, and for whom."""

    starts: datetime
    ends: datetime
    reason: str = field(metadata={"validate": Length(min=20, max=4000)})


@dataclass(frozen=True)
class Outage:
    """A recorded outage; a day counts no more from `least_minutes` on."""

    id: UUID
    starts: datetime
    ends: datetime
    reason: str
    least_minutes: int
    by_operator: bool


@dataclass(frozen=True)
class Outages:
    """The newest outages, and the days that do not count."""

    items: list[Outage]
    days_lost: list[date]
