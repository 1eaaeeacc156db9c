"""What the API says of ranking: rules, ranks, suggested divisions, how appraisers rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.evaluation.groups import Attribute
from selaras.evaluation.ranking import Basis, Ties

_NAME = {"validate": Length(min=1, max=80)}


@dataclass(frozen=True)
class JobFamily:
    """The posts whose title begins with one of `beginnings`."""

    name: str = field(metadata=_NAME)
    beginnings: list[str] = field(metadata={"validate": Length(min=1, max=100)})


@dataclass(frozen=True)
class Location:
    """A unit and all units below it."""

    name: str = field(metadata=_NAME)
    unit_id: UUID


@dataclass(frozen=True)
class GroupingBody:
    """A ranking rule: the attributes in order, the smallest group, where smaller ones go (first, all, none)."""

    attributes: list[str] = field(metadata={"validate": Length(max=len(Attribute))})
    minimum_size: int = field(metadata={"validate": Range(min=1, max=1000)})
    pooling: str = field(default="first", metadata={"validate": OneOf(["first", "all", "none"])})
    families: list[JobFamily] | None = None
    places: list[Location] | None = None


@dataclass(frozen=True)
class RankingRule:
    """One version: it holds from `from_day` until before `until`. `origin`: the agency, or the pack it began with."""

    id: UUID
    number: int
    rule: GroupingBody
    origin: str
    reason: str | None
    from_day: date | None
    until: date | None


@dataclass(frozen=True)
class RankingRules:
    """Versions, the newest first."""

    items: list[RankingRule]


@dataclass(frozen=True)
class RankingRuleRequest:
    """A rule from a day on. The reason: 20 characters or more."""

    rule: GroupingBody
    from_day: date
    reason: str = field(metadata={"validate": Length(max=4000)})


@dataclass(frozen=True)
class FormedGroup:
    """A group that would be formed; `took_up`: the keys of small groups within it; `small`: below the minimum."""

    key: str
    people: int
    took_up: list[str]
    small: bool


@dataclass(frozen=True)
class UngroupedPost:
    """A post of which the attribute is not known."""

    attribute: str
    unit_name: str
    post_title: str
    people: int


@dataclass(frozen=True)
class RankingPreview:
    """What a rule would form; `more` posts are not listed."""

    groups: list[FormedGroup]
    people: int
    ungrouped: list[UngroupedPost]
    ungrouped_people: int
    more: int


@dataclass(frozen=True)
class RankingQuery:
    """Which group (none: the first), ranked by what, and what equals get (skip: 1 1 3, dense: 1 1 2, middle: 1.5)."""

    group: str | None = None
    by: str = field(default=Basis.OUTCOME_THEN_SCORE.value, metadata={"validate": OneOf([one.value for one in Basis])})
    ties: str = field(default=Ties.SKIP.value, metadata={"validate": OneOf([one.value for one in Ties])})
    first: int = field(default=200, metadata={"validate": Range(min=1, max=5000)})


@dataclass(frozen=True)
class RankedPerson:
    """Somebody's rank in the group: 1 is best; `tied` counts those who share it."""

    person_id: UUID
    name: str
    unit_id: UUID
    rank: float
    tied: int
    outcome: str
    score: float | None


@dataclass(frozen=True)
class RankedGroup:
    """A group; `people` counts all of it, `items` are the first ranks."""

    key: str
    people: int
    items: list[RankedPerson]


@dataclass(frozen=True)
class DistributionLine:
    """One demand: the law's words, the arithmetic of its share, what there is, and what follows, in both languages."""

    limit: dict[str, Any]
    arithmetic: dict[str, Any]
    advice: dict[str, Any]
    article: str
    most: bool
    people: int
    actual: int
    breached: bool


@dataclass(frozen=True)
class SuggestedMove:
    """Somebody whom the suggested division gives an outcome between `high` and `low`."""

    person_id: UUID
    outcome: str
    high: str
    low: str


@dataclass(frozen=True)
class DistributionSuggestion:
    """A judged unit: how many have each outcome now and in the nearest division that keeps every limit.

    No `wanted`: no division of this head-count does, for the `reason`. `steps` lie between now and there.
    """

    unit_id: UUID
    unit_name: str
    rating: str | None
    size: int
    demanded: bool
    exempt: bool
    valid: bool
    now: dict[str, Any]
    wanted: dict[str, Any] | None
    steps: int
    reason: dict[str, Any] | None
    lines: list[DistributionLine]
    moves: list[SuggestedMove]


@dataclass(frozen=True)
class DistributionSuggestions:
    """Judged units, those that break a limit first."""

    items: list[DistributionSuggestion]


@dataclass(frozen=True)
class RatingPattern:
    """How an appraiser rates beside others: severity, leniency, spread, middle or halo, with its figures and words.

    `shrunk`: what is left of the difference once the size of the team is allowed for. `chance`: the rate of false
    findings among those shown. `shown`: worth a question; nothing follows by itself.
    """

    appraiser_id: UUID
    name: str
    pattern: str
    people: int
    others: int
    own: float
    usual: float
    shrunk: float
    chance: float
    shown: bool
    words: dict[str, Any]


@dataclass(frozen=True)
class RatingPatterns:
    """Patterns, the clearest first."""

    items: list[RatingPattern]
