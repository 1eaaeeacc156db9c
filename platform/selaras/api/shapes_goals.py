"""What the API says of goals, of how results serve them, and takes for one row of the role and result matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Goal:
    """A goal of a unit. `results` and `people` hang on it directly, `results_below` on its whole branch."""

    goal_id: UUID
    code: str
    title: str
    indicator: str
    target: Decimal | None
    measure: str | None
    document: str | None
    parent_id: UUID | None
    unit_id: UUID
    unit_name: str
    results: int
    people: int
    goals_below: int
    results_below: int
    version: str | None = None


@dataclass(frozen=True)
class Goals:
    """The goals of a year, each before those that serve it."""

    year: int
    items: list[Goal]


@dataclass(frozen=True)
class GoalRequest:
    """A goal as it is to be. `version`: the one that was read; another one meanwhile is refused (409)."""

    code: str
    unit_id: UUID
    title: str
    indicator: str
    target: Decimal | None = None
    measure: str | None = None
    parent_id: UUID | None = None
    document: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class UnitAlignment:
    """A unit's main results: how many serve a goal and are worded as activities; `percent` serve a goal."""

    unit_id: UUID
    unit_name: str
    people: int
    results: int
    aligned: int
    activities: int
    percent: Decimal


@dataclass(frozen=True)
class OutOfLine:
    """A result that hangs on no goal (`loose`) or tells an `activity`; `reworded`: how it could read as a result."""

    item_id: UUID
    person_id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    code: str
    title: str
    loose: bool
    activity: bool
    reworded: str | None


@dataclass(frozen=True)
class Uneven:
    """A leader's result whose direct shares (`whole`, in percent) do not make up the whole."""

    item_id: UUID
    person_id: UUID
    name: str
    code: str
    title: str
    whole: Decimal
    members: int


@dataclass(frozen=True)
class Alignment:
    """How far the results of a year serve the goals; people's results only for whoever may see people."""

    year: int
    units: list[UnitAlignment]
    goals_with_nobody: list[UUID]
    out_of_line: list[OutOfLine]
    uneven_shares: list[Uneven]


@dataclass(frozen=True)
class AlignmentQuery:
    """`what`: only results that hang on no goal (loose) or tell an activity (activity); `unit_id`: of one unit."""

    what: str = ""
    unit_id: UUID | None = None


@dataclass(frozen=True)
class Cell:
    """What one member does for the result: `direct` with a `share` in percent, or `supporting` with an `output`."""

    person_id: UUID
    kind: str
    share: Decimal | None = None
    output: str | None = None


@dataclass(frozen=True)
class MatrixRow:
    """All cells of one of one's own results; whoever is left out has no part in it."""

    cells: list[Cell] = field(default_factory=list)
    version: str | None = None
