"""What a regulation says to the core: frozen values that cross the border between plugin and platform."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypedDict, get_args

import polars as pl

Certainty = Literal["regulation", "circular", "application", "assumed"]
CERTAINTIES: tuple[Certainty, ...] = ("regulation", "circular", "application", "assumed")

# What a regulation is about. Only an appraisal can be assigned to an agency; the others work out what follows from it.
Subject = Literal[
    "appraisal", "credit_points", "talent", "promotion", "merit", "remuneration", "contract", "discipline", "acting"
]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)

Tone = Literal["sb", "b", "bp", "k", "sk"]
StepKind = Literal["number", "code"]
ColumnType = Literal["number", "integer", "code", "text", "boolean", "date"]
CalibrationEffect = Literal["recommends", "decides"]
DayKind = Literal["calendar", "working"]
Better = Literal["", "higher", "lower", "first", "last"]
HeadsCount = Literal["own_unit", "unit_above", "nowhere"]
ShareRounding = Literal["strict", "nearest", "generous"]
LimitKind = Literal["share_at_most", "share_at_least", "count_at_least", "none_allowed", "most"]

# Facts that the platform knows of a person and that a column may ask for.
# led_unit_rating: the organisation rating of the unit that the person heads, where that unit holds one.
# post_group: `jpt` in a post of a high leader (JPT), `ja_jf` in every other; a rating that says it itself is believed.
# calibrated_outcome: what a ranking meeting decided of the person in this period, where the meeting decides.
# section: the section of the plan that an item stands in, a code of the regulation's form.
PROVIDED: tuple[str, ...] = ("led_unit_rating", "post_group", "calibrated_outcome", "section")

# A score is a Float64; at a limit of the law, values this close count as equal to the limit.
TOLERANCE = 1e-9


class Label(TypedDict):
    """A text in both languages of the interface."""

    id: str
    en: str


@dataclass(frozen=True)
class DateRange:
    """Days from `start` up to, not including, `end`; no `end` means still running."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: DateRange) -> bool:
        """Whether the two have a day in common."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


@dataclass(frozen=True)
class Source:
    """Where a statement of the law stands and how sure we are of it."""

    article: str
    certainty: Certainty
    note: str = ""


@dataclass(frozen=True)
class Edition:
    """One text of the formulas. `files` (paths within the package) are what its golden hash protects.

    `combining` are the files of the combining rule, recorded apart: a released edition may learn to combine segments
    without its own text being touched.
    """

    name: str
    valid_from: date
    known_from: date
    files: tuple[str, ...]
    combining: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """An employment that the regulation covers: `pns`, `pppk` or `pppk_paruh_waktu`."""

    employment: str
    source: Source


@dataclass(frozen=True)
class Identity:
    """Who the regulation is, when it holds and for whom. `package` is its import name, `subject` what it is about."""

    code: str
    package: str
    title: Label
    legal_basis: tuple[str, ...]
    in_force: DateRange
    in_force_source: Source
    covers: tuple[Coverage, ...]
    editions: tuple[Edition, ...]
    subject: Subject = "appraisal"


@dataclass(frozen=True)
class Column:
    """One declared input column of the people or the items frame.

    `minimum` and `maximum` are inclusive unless `above_minimum` says that the minimum itself is impossible.
    `allowed` lists the only values (codes, or numbers as text). `requires` names columns that must be filled
    whenever this one is. `unit` is a word for people (`poin`, `bulan`, `Rp`), empty for codes.

    `better` says which way the outcome moves with the value, all else equal: `higher` and `lower` for numbers, `first`
    and `last` of `allowed` for codes. Where it is empty the law makes no such promise, and `note` may say why.

    A `provided` column bears the name of a fact that the platform fills in (PROVIDED); nobody is asked for it.
    """

    name: str
    type: ColumnType
    label: Label
    unit: str = ""
    required: bool = True
    allowed: tuple[str, ...] = ()
    labels: Mapping[str, Label] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    requires: tuple[str, ...] = ()
    article: str = ""
    better: Better = ""
    note: str = ""
    provided: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column in a frame."""
        return COLUMN_DTYPES[self.type]


COLUMN_DTYPES: dict[ColumnType, pl.DataType] = {
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "code": pl.String(),
    "text": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class StepInfo:
    """What is known of a step without running it. `instead_of`: the input column in whose place its value counts."""

    name: str
    article: str
    label: Label
    kind: StepKind
    certainty: Certainty
    unit: str = ""
    instead_of: str = ""


@dataclass(frozen=True)
class OutcomeLevel:
    """One label of the outcome scale; `order` 1 is the best; `tone` picks its colour and shape."""

    code: str
    label: Label
    order: int
    tone: Tone


@dataclass(frozen=True)
class OutcomeScale:
    """The labels, the person step that yields the label's code, and the one that yields the score (if any).

    Without a `step` there is no outcome: so it is where a regulation works out something else than an appraisal.
    """

    levels: tuple[OutcomeLevel, ...]
    step: str | None
    score_step: str | None = None


@dataclass(frozen=True)
class OrganisationLevel:
    """One rating of the organisation, given by the leader one level above; `order` 1 is the best."""

    code: str
    label: Label
    order: int
    tone: Tone


@dataclass(frozen=True)
class Limit:
    """One demand on the distribution of a group: `code` names its breach.

    `percent` belongs to the two share kinds, `count` to `count_at_least`. Shares are of all evaluated people.
    """

    code: str
    kind: LimitKind
    outcomes: tuple[str, ...]
    label: Label
    source: Source
    percent: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class DistributionRule:
    """The limits by organisation rating, or `everywhere`: the same for every group, which then needs no rating.

    Groups of up to `exempt_up_to` people are reported but not judged; those below `pool_below` are judged together
    with the group above them. With `remainder_shares` (outcomes, percent) a head-count that has no solution is
    divided by largest remainder, and the limits give way to that division. `rounding` says how a share becomes people:
    `strict` (never in favour of a limit), `nearest`, or `generous`. `most` says what the word means: `largest`
    (no other label has more people) or `majority` (more than half of them). `heads` says where the head of a unit
    counts: in the `own_unit`, in the `unit_above` (whose leader appraises them), or `nowhere`.
    """

    limits: Mapping[str, tuple[Limit, ...]]
    exempt_up_to: int
    most: Literal["largest", "majority"]
    source: Source
    everywhere: tuple[Limit, ...] = ()
    pool_below: int = 0
    remainder_shares: tuple[tuple[tuple[str, ...], float], ...] = ()
    rounding: ShareRounding = "strict"
    heads: HeadsCount = "own_unit"

    @property
    def needs_rating(self) -> bool:
        """Whether a group is judged by its organisation's rating."""
        return not self.everywhere

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """The limits under every rating, and those that hold everywhere."""
        return (*self.everywhere, *(limit for listed in self.limits.values() for limit in listed))


@dataclass(frozen=True)
class Deadline:
    """A legal day. `day` is `MM-DD` in the year of the period's end, or `MM-DD+N` for N years later."""

    name: str
    label: Label
    day: str
    source: Source

    def after(self, period_end: date) -> date:
        """The day for a period whose last day is `period_end`; 29 February falls back to the 28th."""
        day, _, years = self.day.partition("+")
        year = period_end.year + int(years or 0)
        if day == "02-29" and not isleap(year):
            day = "02-28"
        return date.fromisoformat(f"{year:04}-{day}")


@dataclass(frozen=True)
class ObjectionWindow:
    """How long a person may object after receiving the result, in calendar or working days."""

    days: int
    kind: DayKind
    source: Source


@dataclass(frozen=True)
class CalibrationRule:
    """What a calibration meeting does to outcomes, and how many of its members must be there.

    `effect`: `recommends` (the appraiser accepts, or refuses with a reason, and signs) or `decides`. `quorum_percent`:
    of the chair and the members, in whole percent. `source` is None where the regulation says nothing.
    """

    effect: CalibrationEffect
    quorum_percent: int
    source: Source | None = None


@dataclass(frozen=True)
class Consequence:
    """What an outcome counts as for follow-up."""

    outcome: str
    code: str
    label: Label
    source: Source
