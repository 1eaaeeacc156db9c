"""Figures that the charts draw: bars of outcomes, and the limits of a distribution in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selaras.edge.words import share, words
from selaras.evaluation.distribution import CheckView
from selaras.evaluation.wording import Word, limit_label, organisation_word, outcome_words


@dataclass(frozen=True)
class Bar:
    """One outcome: how many people, what share of all, and its bar's length: percent of all, so that charts compare."""

    word: Word
    people: int
    share: str
    length: float


@dataclass(frozen=True)
class LimitLine:
    """One demand on a unit's distribution: in words, with the limit and what there is, both in people."""

    text: str
    kind: str
    limit: int | None
    actual: int | None
    breached: bool
    article: str


@dataclass(frozen=True)
class UnitFigures:
    """A unit's distribution as a page shows it."""

    check: CheckView
    rating: Word | None
    people: int
    bars: list[Bar]
    limits: list[LimitLine]


def bars(rule: Mapping[str, Any], counts: Mapping[str, int]) -> list[Bar]:
    """One bar for each outcome of the rule, also for those that nobody has."""
    total = sum(counts.values())
    return [
        Bar(word, people, share(people, total), round(100 * people / total, 2) if total else 0)
        for word in outcome_words(rule)
        for people in [counts.get(word.code, 0)]
    ]


def unit_figures(rule: Mapping[str, Any], check: CheckView) -> UnitFigures:
    """A unit's check with the words of the rule it was made under."""
    limits = [
        LimitLine(
            text=words(limit_label(rule, check.organisation_rating, one["code"])).replace(" %", "%"),
            kind=one["kind"],
            limit=one["limit"],
            actual=one["actual"],
            breached=one["breached"],
            article=one["article"],
        )
        for one in check.details
    ]
    people = sum(check.counts.values())
    return UnitFigures(
        check, organisation_word(rule, check.organisation_rating), people, bars(rule, check.counts), limits
    )
