"""The exact chances behind the findings: draws without replacement, overlaps, permutations within strata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, lgamma
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

Numbers = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]
# The parts of SciPy are reached through `scipy`: `scipy.stats` takes a second to load and is needed by few processes.


def drawn(parts: Iterable[tuple[int, int, int]]) -> Numbers:
    """P(0), P(1), … of how many marked ones are drawn: parts of (people, marked among them, drawn), all at once."""
    whole: Numbers = np.ones(1)
    for people, marked, taken in parts:
        ways = _log_ways(people, taken)
        own = [_chance(people, marked, taken, count) - ways for count in range(taken + 1)]
        whole = np.convolve(whole, np.exp(own))
    return whole


def _chance(people: int, marked: int, taken: int, count: int) -> float:
    """The logarithm of in how many ways `count` of the marked and the rest of the others are drawn."""
    return _log_ways(marked, count) + _log_ways(people - marked, taken - count)


def _log_ways(of: int, taken: int) -> float:
    """The logarithm of the number of ways to take some of so many; −∞ where there is none."""
    if not 0 <= taken <= of:
        return -inf
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


def at_least(chances: Numbers, seen: int) -> float:
    """P(as many as seen, or more)."""
    return float(min(1.0, chances[seen:].sum()))


def at_most(chances: Numbers, seen: int) -> float:
    """P(as many as seen, or fewer)."""
    return float(min(1.0, chances[: seen + 1].sum()))


def all_alike(parts: Sequence[tuple[Sequence[int], int]]) -> float:
    """P(everybody drawn has the same level): parts of (people at each level, drawn), without replacement."""
    levels = max((len(counts) for counts, _ in parts), default=0)
    logs = [
        sum(_all_of(counts[level] if level < len(counts) else 0, sum(counts), taken) for counts, taken in parts)
        for level in range(levels)
    ]
    return float(min(1.0, sum(np.exp(one) for one in logs)))


def _all_of(marked: int, people: int, taken: int) -> float:
    """The logarithm of the chance that everybody of `taken` is one of the `marked`."""
    return _log_ways(marked, taken) - _log_ways(people, taken)


def discoveries(chances: Sequence[float]) -> list[float]:
    """Each chance as the rate of false findings among all that are at least as unlikely (Benjamini and Hochberg)."""
    if not chances:
        return []
    return [float(one) for one in scipy.stats.false_discovery_control(np.clip(chances, 0.0, 1.0))]


def fisher(table: Levels, resamples: int, seed: int) -> float:
    """Fisher's exact test; a table larger than 2×2 is Freeman and Halton's, its chance found by resampling."""
    kept = table[:, table.sum(axis=0) > 0]
    if kept.shape[1] < 2:
        return 1.0
    if kept.shape == (2, 2):
        return float(scipy.stats.fisher_exact(kept).pvalue)
    method: Any = scipy.stats.MonteCarloMethod(n_resamples=resamples, rng=np.random.default_rng(seed))
    return float(scipy.stats.fisher_exact(kept, method=method).pvalue)


def mid_ranks(levels: Levels, strata: Levels) -> Numbers:
    """Each one's rank within the own stratum, equals in the middle, counted from the stratum's mean."""
    ranks = np.zeros(len(levels))
    for stratum in np.unique(strata):
        here = strata == stratum
        ranks[here] = scipy.stats.rankdata(levels[here]) - (here.sum() + 1) / 2
    return ranks


def permuted(
    ranks: Numbers, levels: Levels, strata: Levels, inside: npt.NDArray[np.bool_], resamples: int, seed: int
) -> float:
    """P(a sum of ranks as far from 0 as that of those `inside`), people shuffled within strata.

    Shuffled people of one level are alike, so how many of each level come inside is all that is drawn.
    """
    rng = np.random.default_rng(seed)
    sums = np.zeros(resamples)
    for stratum in np.unique(strata):
        here = strata == stratum
        values, first, counts = np.unique(levels[here], return_index=True, return_counts=True)
        taken = int(inside[here].sum())
        draws = rng.multivariate_hypergeometric(counts, taken, size=resamples, method="marginals")
        sums += draws @ ranks[here][first] if len(values) > 1 else 0.0
    reached = (np.abs(sums) >= abs(float(ranks[inside].sum())) - 1e-9).sum()
    return float((reached + 1) / (resamples + 1))
