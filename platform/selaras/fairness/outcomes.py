"""Whether a group comes off lower than comparable others: exact chance, effect size, small cells kept shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from selaras.fairness.chances import discoveries, fisher, mid_ranks, permuted
from selaras.fairness.thresholds import DEFAULT, Thresholds


@dataclass(frozen=True)
class Gap:
    """One group beside the others. `trait` and `value` name it; `people` and `others` are those of shared strata.

    `below` and `others_below`: how many stand below the most frequent outcome; None where a count is so small that it
    could tell of somebody. `delta` is Cliff's delta within the strata: −1 always lower, 0 alike, 1 always higher.
    `method`: fisher, where there is one stratum, else permutation within the strata. `shown`: worth a question.
    """

    trait: str
    value: str
    people: int
    others: int
    below: int | None
    others_below: int | None
    delta: float
    method: str
    chance: float
    rate: float
    shown: bool


def gaps(people: pl.DataFrame, traits: Sequence[str], thresholds: Thresholds = DEFAULT) -> tuple[Gap, ...]:
    """Every group that can be tested, the clearest first.

    `people`: `group_key` (who is comparable), `level` (a higher one is better) and a column of text for each trait
    (null: not known). Of a trait with two values the lower one is told, since the other says the same. Groups with
    fewer than the smallest cell, or with fewer others, are left out without a word of how many they are.
    """
    whole = people.filter(pl.col("level").is_not_null())
    found = [one for trait in traits for one in _tested(whole, trait, thresholds)]
    rates = discoveries([one.chance for one in found])
    judged = [_judged(one, rate, thresholds) for one, rate in zip(found, rates, strict=True)]
    return tuple(sorted(judged, key=lambda one: (not one.shown, one.rate, one.delta, one.trait, one.value)))


def _judged(one: Gap, rate: float, thresholds: Thresholds) -> Gap:
    shown = rate <= thresholds.error_rate and one.delta <= -thresholds.delta
    return Gap(**{**vars(one), "rate": rate, "shown": shown})


def _tested(whole: pl.DataFrame, trait: str, thresholds: Thresholds) -> list[Gap]:
    known = whole.filter(pl.col(trait).is_not_null()).sort("group_key", trait, "level")
    values = sorted(known.get_column(trait).unique())
    candidates = [one for value in values if (one := _compared(known, trait, value, thresholds)) is not None]
    if len(values) == 2 and len(candidates) == 2:
        candidates = [min(candidates, key=lambda one: one.delta)]
    return candidates


def _compared(known: pl.DataFrame, trait: str, value: str, thresholds: Thresholds) -> Gap | None:
    """The value beside every other one, within strata in which there are both."""
    mine = (pl.col(trait) == value).alias("mine")
    mixed = known.with_columns(mine).filter(
        pl.col("mine").any().over("group_key") & ~pl.col("mine").all().over("group_key")
    )
    inside = mixed.get_column("mine").to_numpy().astype(bool)
    people, others = int(inside.sum()), int((~inside).sum())
    if min(people, others) < thresholds.smallest_cell:
        return None
    levels = mixed.get_column("level").to_numpy().astype(np.int64)
    strata = mixed.get_column("group_key").rank("dense").to_numpy().astype(np.int64)
    single = len(np.unique(strata)) == 1
    if single:
        chance = fisher(_table(levels, inside), thresholds.resamples, thresholds.seed)
    else:
        chance = permuted(mid_ranks(levels, strata), levels, strata, inside, thresholds.resamples, thresholds.seed)
    below = levels < _usual(levels)
    counts = int((below & inside).sum()), int((below & ~inside).sum())
    closed = any(0 < one < thresholds.smallest_cell for one in (*counts, people - counts[0], others - counts[1]))
    return Gap(
        trait=trait,
        value=value,
        people=people,
        others=others,
        below=None if closed else counts[0],
        others_below=None if closed else counts[1],
        delta=_delta(levels, strata, inside),
        method="fisher" if single else "permutation",
        chance=chance,
        rate=1.0,
        shown=False,
    )


def _table(levels: npt.NDArray[Any], inside: npt.NDArray[Any]) -> npt.NDArray[Any]:
    top = int(levels.max()) + 1
    return np.array([np.bincount(levels[inside], minlength=top), np.bincount(levels[~inside], minlength=top)])


def _usual(levels: npt.NDArray[Any]) -> int:
    """The most frequent outcome; of equally frequent ones the higher."""
    counts = np.bincount(levels)
    return int(len(counts) - 1 - np.argmax(counts[::-1]))


def _delta(levels: npt.NDArray[Any], strata: npt.NDArray[Any], inside: npt.NDArray[Any]) -> float:
    """Over all pairs within strata: how often the group stands above, less how often below, as a part of the pairs."""
    won, pairs = 0.0, 0
    for stratum in np.unique(strata):
        mine = np.sort(levels[(strata == stratum) & inside])
        rest = np.sort(levels[(strata == stratum) & ~inside])
        won += float(
            np.searchsorted(rest, mine, "left").sum() - (len(rest) - np.searchsorted(rest, mine, "right")).sum()
        )
        pairs += len(mine) * len(rest)
    return won / pairs if pairs else 0.0
