"""What is wrong with a decision table of pay: gaps, overlaps, rows that are never reached, the order of rounding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from selaras.regulation.kit.decision import DecisionRow, Hit
from selaras.regulation.kit.roundings import STEPS, RoundingStep

Severity = Literal["error", "note"]
HIGHEST = 150
"""Per cent that a row may pay: as much as a pack may say."""
MOST = 60
"""Findings of one kind that are told; a table of hundreds of faults is mended a page at a time."""


@dataclass(frozen=True)
class Finding:
    """One thing about a table. `rows` counts from 1; `params` fill the sentence that the edge has for `code`."""

    code: str
    severity: Severity
    rows: tuple[int, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """An outcome, a job class, and a stretch of attendance `[low, high)` in which no row changes."""

    outcome: str
    job_class: int
    low: float
    high: float


def check_rows(rows: Sequence[DecisionRow], outcomes: Sequence[str], classes: Sequence[int], hit: Hit) -> list[Finding]:
    """Every gap, overlap and unreachable row over all outcomes, job classes and attendance from 0 to 100.

    `unique`: two rows for the same case with other percents are an error; `first`: the upper one counts, noted.
    """
    found = list(_unsound(rows, outcomes))
    wrong = {row for one in found for row in one.rows if one.severity == "error"}
    sound = {number: row for number, row in enumerate(rows, 1) if number not in wrong}
    cells = [Cell(*one, *stretch) for stretch in _stretches(rows) for one in product(outcomes, classes)]
    holding = {cell: _holding(sound, cell) for cell in cells}
    found += _gaps([cell for cell, numbers in holding.items() if not numbers])
    found += _overlaps(rows, holding.values(), hit)
    return found + _unreachable(sound, holding.values())


def check_rounding(rounding: Sequence[RoundingStep], *, components: bool) -> list[Finding]:
    """Rounding goes from percent over components to the amount; nothing finer follows something coarser."""
    found = []
    steps = [one.step for one in rounding]
    if steps != sorted(set(steps), key=STEPS.index):
        found.append(Finding("rounding_order", "error", params={"order": ", ".join(steps)}))
    if "component" in steps and "amount" not in steps and not components and len(steps) > 1:
        found.append(Finding("rounding_idle", "note", params={"step": "component"}))
    if not {"component", "amount"} & set(steps):
        found.append(Finding("rounding_missing", "error"))
    digits = {one.step: one.digits for one in rounding}
    if "component" in digits and "amount" in digits and digits["amount"] >= digits["component"]:
        found.append(Finding("rounding_idle", "note", params={"step": "amount"}))
    return found


def _unsound(rows: Sequence[DecisionRow], outcomes: Sequence[str]) -> Iterator[Finding]:
    for number, row in enumerate(rows, 1):
        if row.outcome is not None and row.outcome not in outcomes:
            yield Finding("outcome_unknown", "error", (number,), {"outcome": row.outcome})
        if None not in (row.class_from, row.class_to) and row.class_from > row.class_to:  # type: ignore[operator]  # neither is None
            yield Finding("range_reversed", "error", (number,), {"low": row.class_from, "high": row.class_to})
        low, below = row.attendance_from, row.attendance_below
        if low is not None and below is not None and low >= below:
            yield Finding("range_reversed", "error", (number,), {"low": low, "high": below})
        if not 0 <= row.percent <= HIGHEST:
            yield Finding("percent_outside", "error", (number,), {"percent": row.percent})
        elif row.percent > 100:
            yield Finding("percent_above", "note", (number,), {"percent": row.percent})


def _stretches(rows: Sequence[DecisionRow]) -> list[tuple[float, float]]:
    bounds = {0.0, *(value for row in rows for value in (row.attendance_from, row.attendance_below) if value)}
    starts = sorted(one for one in bounds if one <= 100)
    return list(zip(starts, [*starts[1:], 100.0], strict=True))


def _holding(rows: Mapping[int, DecisionRow], cell: Cell) -> tuple[int, ...]:
    return tuple(number for number, row in rows.items() if row.holds(cell.outcome, cell.job_class, cell.low))


def _gaps(cells: Sequence[Cell]) -> list[Finding]:
    classes: dict[tuple[str, float, float], list[int]] = {}
    for cell in cells:
        classes.setdefault((cell.outcome, cell.low, cell.high), []).append(cell.job_class)
    return [
        Finding("gap", "error", params={"outcome": outcome, "classes": ranged(held), "low": low, "high": high})
        for (outcome, low, high), held in classes.items()
    ][:MOST]


def _overlaps(rows: Sequence[DecisionRow], holding: Iterable[tuple[int, ...]], hit: Hit) -> list[Finding]:
    pairs = {(numbers[0], other) for numbers in holding for other in numbers[1:]}
    found = []
    for one, other in sorted(pairs):
        differ = rows[one - 1].percent != rows[other - 1].percent
        severity: Severity = "error" if differ and hit == "unique" else "note"
        found.append(Finding("overlap" if differ else "doubled", severity, (one, other)))
    return found[:MOST]


def _unreachable(rows: Mapping[int, DecisionRow], holding: Iterable[tuple[int, ...]]) -> list[Finding]:
    reached = {numbers[0] for numbers in holding if numbers}
    return [Finding("unreachable", "error", (number,)) for number in rows if number not in reached][:MOST]


def ranged(classes: Iterable[int]) -> str:
    """1, 2, 3, 7 as `1–3, 7`."""
    spans: list[list[int]] = []
    for one in sorted(classes):
        if spans and one == spans[-1][1] + 1:
            spans[-1][1] = one
        else:
            spans.append([one, one])
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in spans)
