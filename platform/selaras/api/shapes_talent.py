"""What the API says of talent boxes and of credit points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.api.shapes import Label

_COUNT = {"validate": Range(min=1, max=30)}


@dataclass(frozen=True)
class TalentPool:
    """Which period (default: the newest that was mapped) and which pool; `post`: words in the title of the post.

    `years`: so many mapped periods in a row in the box; `outcome` at least `times` times over the mapped periods.
    """

    period: str | None = None
    box: int | None = field(default=None, metadata={"validate": Range(min=1, max=9)})
    unit_id: UUID | None = None
    level: str | None = None
    kind: str | None = None
    post: str = field(default="", metadata={"validate": Length(max=80)})
    years: int = field(default=1, metadata=_COUNT)
    outcome: str | None = None
    times: int = field(default=1, metadata=_COUNT)


@dataclass(frozen=True)
class TalentQuery(TalentPool):
    """A page of the pool."""

    page: int = field(default=1, metadata={"validate": Range(min=1, max=100_000)})


@dataclass(frozen=True)
class TalentFileQuery(TalentPool):
    """The same pool as a file: `format` csv or xlsx."""

    format: str = field(default="csv", metadata={"validate": OneOf(["csv", "xlsx"])})


@dataclass(frozen=True)
class TalentBox:
    """A box: where it stands on both axes, how many of the pool are in it, what it recommends by which article."""

    box: int
    performance: str
    potential: str
    people: int
    recommended: list[Label]
    article: str
    certainty: str
    note: str


@dataclass(frozen=True)
class TalentStep:
    """In which box somebody stood before."""

    period: str
    box: int


@dataclass(frozen=True)
class TalentPerson:
    """Somebody in a box, for `years` mapped periods in a row; `path`: the boxes before, the newest first."""

    person_id: UUID
    name: str
    unit: str | None
    title: str | None
    box: int
    outcome: str
    years: int
    path: list[TalentStep]


@dataclass(frozen=True)
class TalentYear:
    """The same people in another period: box → how many."""

    period: str
    people: dict[str, Any]


@dataclass(frozen=True)
class TalentMove:
    """How many went from one box to another since the mapped period before."""

    before: int
    after: int
    people: int


@dataclass(frozen=True)
class Talent:
    """The board: boxes, movement, and one page of the people of the pool, of `found` in all."""

    period: str
    periods: list[str]
    boxes: list[TalentBox]
    years: list[TalentYear]
    moves: list[TalentMove]
    people: list[TalentPerson]
    found: int
    page: int
    pages: int


@dataclass(frozen=True)
class TalentPlace:
    """One person and their box."""

    person: TalentPerson
    box: TalentBox


@dataclass(frozen=True)
class CreditsQuery:
    """The predikat that is supposed of the time to come; without it the one that neither raises nor cuts."""

    supposed: str | None = None


@dataclass(frozen=True)
class CreditLine:
    """A line of a receipt, with its article."""

    step: str
    label: Label
    value: Any
    unit: str
    article: str
    certainty: str


@dataclass(frozen=True)
class Conversion:
    """Months in one level with one outcome, and the points that they come to; `counted` in the level held now."""

    period: str
    starts: date
    ends: date
    level: str
    months: int
    outcome: str
    points: float | None
    counted: bool
    lines: list[CreditLine]


@dataclass(frozen=True)
class CreditAim:
    """The next `rank` or `level`: what it needs, what is missing; `by`: the first day, under what is supposed."""

    aim: str
    needed: float
    missing: float
    enough: bool
    months: int | None
    by: date | None
    article: str
    certainty: str


@dataclass(frozen=True)
class Credits:
    """An official's credit points in the level held now."""

    person_id: UUID
    regulation: str
    rule_hash: str
    level: str
    accumulated: float
    counted_until: date
    supposed: str
    aims: list[CreditAim]
    conversions: list[Conversion]
