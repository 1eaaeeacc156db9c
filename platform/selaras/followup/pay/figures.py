"""The figures of a simulation: who changes, cost by month, unit, outcome and job class, the spread of differences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from selaras.followup.queries import effective_months

UNITS = 200
"""Units that are listed by themselves, those with the greatest differences; the rest stands together."""
BOUNDS = (-5_000_000, -1_000_000, -500_000, -100_000, 0, 100_000, 500_000, 1_000_000, 5_000_000)


def figures_of(people: pl.DataFrame, effect: str, ends: date, names: Mapping[str, str]) -> dict[str, Any]:
    """Everything that a simulation tells, as JSON; rupiah are whole numbers, a month unless it says otherwise.

    `people`: `before`, `after`, `difference`, `before_effect`, `unit_id`, `outcome`, `job_class`.
    """
    totals = people.select(
        people=pl.len(),
        paid_before=pl.col("before").is_not_null().sum(),
        paid_after=pl.col("after").is_not_null().sum(),
        changed=(pl.col("difference") != 0).sum(),
        more=(pl.col("difference") > 0).sum(),
        less=(pl.col("difference") < 0).sum(),
        before=pl.col("before").sum().cast(pl.Int64),
        after=pl.col("after").sum().cast(pl.Int64),
    ).row(0, named=True)
    return {
        **totals,
        "months": _months(people, effect, ends),
        "units": _units(people, names),
        "outcomes": _by(people, "outcome"),
        "classes": sorted(_by(people, "job_class"), key=lambda one: int(one["job_class"] or 0)),
        "spread": _spread(people),
    }


def _summed() -> dict[str, pl.Expr]:
    return {
        "people": pl.len(),
        "changed": (pl.col("difference") != 0).sum(),
        "before": pl.col("before").sum().cast(pl.Int64),
        "after": pl.col("after").sum().cast(pl.Int64),
    }


def _by(people: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    return people.group_by(column).agg(**_summed()).sort(column, nulls_last=True).to_dicts()


def _units(people: pl.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The units with the greatest differences, then one line for all others (`unit_id` None)."""
    units = people.group_by("unit_id").agg(**_summed()).with_columns(size=(pl.col("after") - pl.col("before")).abs())
    ordered = units.sort("size", "unit_id", descending=[True, False]).drop("size")
    listed = [{**one, "name": names.get(one["unit_id"], "")} for one in ordered.head(UNITS).to_dicts()]
    rest = ordered.slice(UNITS)
    if rest.height:
        sums = rest.select(pl.col("people", "changed", "before", "after").sum()).row(0, named=True)
        listed.append({"unit_id": None, "name": "", "units": rest.height, **sums})
    return listed


def _months(people: pl.DataFrame, effect: str, ends: date) -> list[dict[str, Any]]:
    """What each month costs by what was worked out, and by the table."""
    spent: dict[str, dict[str, int]] = {}
    earlier = people.filter(pl.col("before").is_not_null()).group_by("before_effect").agg(pl.col("before").sum())
    sides = [("before", str(one[0]), int(one[1])) for one in earlier.iter_rows()]
    for side, how, amount in [*sides, ("after", effect, int(people["after"].sum()))]:
        for month in months_of(how, ends):
            spent.setdefault(month, {"before": 0, "after": 0})[side] += amount
    return [{"month": month, **spent[month]} for month in sorted(spent)]


def months_of(effect: str, ends: date) -> list[str]:
    """The months (their first days) that a period ending on `ends` pays."""
    first, last = effective_months(effect, ends)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    indexes = [first.year * 12 + first.month - 1 + n for n in range(count)]
    return [date(index // 12, index % 12 + 1, 1).isoformat() for index in indexes]


def _spread(people: pl.DataFrame) -> list[dict[str, Any]]:
    """How many people by how much: below the first bound, between two (the upper one included below zero), above."""
    edges: list[tuple[int | None, int | None]] = [
        (None, BOUNDS[0]),
        *pairwise(BOUNDS),
        (BOUNDS[-1], None),
    ]
    value = pl.col("difference")
    found: list[dict[str, Any]] = []
    for low, high in edges:
        if low == 0:
            found.append({"low": 0, "high": 0, "people": people.filter(value == 0).height})
        inside = _above(value, low) & _below(value, high)
        found.append({"low": low, "high": high, "people": people.filter(inside).height})
    return found


def _above(value: pl.Expr, low: int | None) -> pl.Expr:
    """Losses count to the stretch that they reach: from −100.000 on; gains from above the bound."""
    if low is None:
        return pl.lit(value=True)
    return value > low if low >= 0 else value >= low


def _below(value: pl.Expr, high: int | None) -> pl.Expr:
    if high is None:
        return pl.lit(value=True)
    return value <= high if high > 0 else value < high
