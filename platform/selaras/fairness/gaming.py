"""Signs that outcomes are shared out instead of earned: taking turns at the top, the same person lowered twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from selaras.fairness.chances import at_most, discoveries, drawn
from selaras.fairness.thresholds import DEFAULT, Thresholds


@dataclass(frozen=True)
class Turns:
    """A unit in which the best outcome hardly ever stays with anybody.

    `years` were compared, each with the one before, over people who were there in both. `again`: how often the best
    outcome stayed; `expected`: how often it would if it were drawn by lot each year. `chance`: of so few by lot.
    """

    unit_id: str
    years: int
    people: int
    again: int
    expected: float
    chance: float
    rate: float
    shown: bool


def turns(history: pl.DataFrame, thresholds: Thresholds = DEFAULT) -> tuple[Turns, ...]:
    """Units in which the top goes round. `history`: `unit_id`, `year`, `person`, `top` (had the best outcome).

    Who does well one year mostly does well the next; so fewer repetitions than a lottery gives are a sign of turns.
    Exact: the repetitions of two years follow from drawing without replacement, those of more years are added.
    """
    found = []
    for (unit,), rows in history.sort("unit_id", "year", "person").group_by("unit_id", maintain_order=True):
        one = _unit(str(unit), rows, thresholds)
        if one is not None:
            found.append(one)
    rates = discoveries([one.chance for one in found])
    judged = [
        Turns(**{**vars(one), "rate": rate, "shown": rate <= thresholds.error_rate})
        for one, rate in zip(found, rates, strict=True)
    ]
    return tuple(sorted(judged, key=lambda one: (one.rate, one.unit_id)))


def _unit(unit: str, rows: pl.DataFrame, thresholds: Thresholds) -> Turns | None:
    by_year: dict[int, Mapping[str, bool]] = {
        int(year): dict(each.select("person", "top").iter_rows()) for (year,), each in rows.group_by("year")
    }
    years = sorted(by_year)
    if len(years) < thresholds.fewest_years:
        return None
    parts, again = [], 0
    for before, after in pairwise(years):
        both = sorted(by_year[before].keys() & by_year[after].keys())
        top = [person for person in both if by_year[before][person]]
        now = [person for person in both if by_year[after][person]]
        again += len(set(top) & set(now))
        parts.append((len(both), len(top), len(now)))
    if max((people for people, _, _ in parts), default=0) < thresholds.smallest_cell:
        return None
    chances = drawn(parts)
    expected = float((chances * np.arange(len(chances))).sum())
    people = rows.get_column("person").n_unique()
    return Turns(unit, len(years), people, again, expected, at_most(chances, again), 1.0, False)


def lowered_twice(now: Sequence[str], before: pl.DataFrame) -> tuple[str, ...]:
    """Those whom this meeting lowers and an earlier one lowered too. `before`: `person`."""
    earlier = set(before.get_column("person"))
    return tuple(sorted(person for person in now if person in earlier))
