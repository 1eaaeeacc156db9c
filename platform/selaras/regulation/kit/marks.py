"""Marks of a month (late arrivals, absences, leave, discipline) and what each takes off, as an agency's own scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Literal

import polars as pl

from selaras.errors import Invalid

Group = Literal["attendance", "leave", "discipline"]
GROUPS: tuple[Group, ...] = ("attendance", "leave", "discipline")
MEASURED = "KEHADIRAN"
"""The mark by which attendance is told in per cent, as a machine has worked it out already."""


@dataclass(frozen=True)
class Mark:
    """From the `since`-th occurrence in a month on, each takes `percent` off: until the next row of the same code.

    `attendance` lowers the measure of attendance; `leave` and `discipline` are taken off the pay itself.
    """

    code: str
    group: Group
    percent: float
    since: int = 1


def read_marks(stored: Iterable[Mapping[str, Any]], source: str) -> tuple[Mark, ...]:
    """The scale as it is stored. Raises Invalid for one that cannot be."""
    found = [
        Mark(str(one["code"]).strip().upper(), one["group"], float(one["percent"]), int(one.get("since") or 1))
        for one in stored
    ]
    places = [(one.code, one.since) for one in found]
    problem = ""
    for one in found:
        if not one.code or one.code == MEASURED:
            problem = f"{one.code or '–'} is no code of a mark"
        elif one.group not in GROUPS:
            problem = f"{one.group} is none of {', '.join(GROUPS)}"
        elif not 0 <= one.percent <= 100 or one.since < 1:
            problem = f"{one.code} takes off from 0 to 100 per cent, from the first occurrence on"
        elif len({other.group for other in found if other.code == one.code}) > 1:
            problem = f"{one.code} stands in two groups"
        elif places.count((one.code, one.since)) > 1:
            problem = f"{one.code} stands twice from the same occurrence on"
    if problem:
        raise Invalid("remuneration.mark", "The marks of {source}: {problem}.", source=source, problem=problem)
    return tuple(sorted(found, key=lambda one: (GROUPS.index(one.group), one.code, one.since)))


def weighed(counts: pl.DataFrame, marks: Sequence[Mark]) -> pl.DataFrame:
    """`person_id`, `attendance` (per cent; null where nothing was told) and `taken_off` (per cent of the pay).

    `counts`: `person_id`, `code`, `count` of one month. Codes that the scale does not know count for nothing.
    """
    groups = {one.code: one.group for one in marks}
    found = counts.with_columns(
        group=pl.col("code").replace_strict(groups, default=None, return_dtype=pl.String),
        less=reduce(add, (_less(marks, code) for code in groups), pl.lit(0.0)),
    )
    lost = pl.col("less").filter(pl.col("group") == "attendance").sum()
    taken = pl.col("less").filter(pl.col("group").is_in(["leave", "discipline"])).sum()
    measured = pl.col("count").filter(pl.col("code") == MEASURED).max()
    return found.group_by("person_id").agg(
        attendance=pl.max_horizontal(pl.coalesce(measured, 100.0) - lost, pl.lit(0.0)),
        taken_off=pl.min_horizontal(taken, pl.lit(100.0)),
    )


def _less(marks: Sequence[Mark], code: str) -> pl.Expr:
    """What the count of one code takes off: each stretch of the scale by the occurrences within it."""
    scale = [one for one in marks if one.code == code]
    parts = [pl.lit(0.0)]
    for one, following in zip(scale, [*scale[1:], None], strict=True):
        within = (pl.col("count") - (one.since - 1)).clip(lower_bound=0)
        if following is not None:
            within = pl.min_horizontal(within, pl.lit(float(following.since - one.since)))
        parts.append(within * one.percent)
    return pl.when(pl.col("code") == code).then(reduce(add, parts)).otherwise(0.0)
