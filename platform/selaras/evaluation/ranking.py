"""Ranks within comparable groups, by score or by outcome, with the rule for equals named."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import polars as pl

SAME = 6
"""Scores that are equal to so many digits are equal."""


class Basis(StrEnum):
    """What the rank follows: the score alone, the outcome alone, or the outcome and within it the score."""

    SCORE = "score"
    OUTCOME = "outcome"
    OUTCOME_THEN_SCORE = "outcome_then_score"


class Ties(StrEnum):
    """What equals get: the same rank, and the next ones are skipped (1 1 3) or not (1 1 2), or the middle (1.5)."""

    SKIP = "skip"
    DENSE = "dense"
    MIDDLE = "middle"


_METHODS = {Ties.SKIP: "min", Ties.DENSE: "dense", Ties.MIDDLE: "average"}


def ranks(people: pl.DataFrame, codes: Sequence[str], basis: Basis, ties: Ties) -> pl.DataFrame:
    """`people` (with `person`, `group_key`, `outcome`, `score`) and `rank`, `tied`: 1 is best; how many share it.

    `codes`: the outcomes, the best first. Whoever has no score comes after everybody with one. Rows come back by group,
    rank and person, so that the order in which they were given changes nothing.
    """
    key = _key(codes, basis)
    keyed = people.with_columns(key.alias("_key")).with_columns(
        pl.col("_key").rank("dense").over("group_key").alias("_place")
    )
    ranked = keyed.with_columns(
        rank=pl.col("_place").rank(_METHODS[ties]).over("group_key").cast(pl.Float64),  # type: ignore[arg-type]  # one of its words
        tied=pl.len().over("group_key", "_place").cast(pl.Int64),
    )
    return ranked.drop("_key", "_place").sort("group_key", "rank", "person")


def _key(codes: Sequence[str], basis: Basis) -> pl.Expr:
    """Smaller is better."""
    outcome = pl.col("outcome").replace_strict(
        {code: place for place, code in enumerate(codes)}, default=len(codes), return_dtype=pl.Float64
    )
    score = (-pl.col("score").cast(pl.Float64).round(SAME)).fill_null(float("inf"))
    match basis:
        case Basis.SCORE:
            return score
        case Basis.OUTCOME:
            return outcome
    return pl.struct(outcome.alias("outcome"), score.alias("score"))
