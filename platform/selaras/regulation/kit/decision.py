"""A decision table of pay: rows of conditions (outcome, job class, attendance) → per cent; the first counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import polars as pl

Hit = Literal["unique", "first"]
HITS: tuple[Hit, ...] = ("unique", "first")


@dataclass(frozen=True)
class DecisionRow:
    """One row; a condition that is None holds for everybody.

    Job classes from `class_from` to `class_to`, both included; attendance in per cent at least `attendance_from` and
    below `attendance_below`.
    """

    percent: float
    outcome: str | None = None
    class_from: int | None = None
    class_to: int | None = None
    attendance_from: float | None = None
    attendance_below: float | None = None

    @property
    def by_outcome_only(self) -> bool:
        """Whether nothing but the outcome is asked."""
        return self.bounds == (None, None, None, None)

    @property
    def asks_attendance(self) -> bool:
        """Whether the row asks how somebody attended."""
        return self.attendance_from is not None or self.attendance_below is not None

    @property
    def bounds(self) -> tuple[int | None, int | None, float | None, float | None]:
        """Both bounds of the job class, then both of attendance."""
        return self.class_from, self.class_to, self.attendance_from, self.attendance_below

    def holds(self, outcome: str, job_class: int, attendance: float) -> bool:
        """Whether the row is for this outcome, job class and attendance."""
        return (
            self.outcome in (None, outcome)
            and (self.class_from is None or self.class_from <= job_class)
            and (self.class_to is None or job_class <= self.class_to)
            and (self.attendance_from is None or self.attendance_from <= attendance)
            and (self.attendance_below is None or attendance < self.attendance_below)
        )

    def fits(self) -> pl.Expr:
        """The same over columns `outcome`, `job_class` and `attendance_used`."""
        outcome, job_class, attendance = pl.col("outcome"), pl.col("job_class"), pl.col("attendance_used")
        conditions: list[pl.Expr] = []
        if self.outcome is not None:
            conditions.append(outcome == self.outcome)
        if self.class_from is not None:
            conditions.append(job_class >= self.class_from)
        if self.class_to is not None:
            conditions.append(job_class <= self.class_to)
        if self.attendance_from is not None:
            conditions.append(attendance >= self.attendance_from)
        if self.attendance_below is not None:
            conditions.append(attendance < self.attendance_below)
        return reduce(lambda one, other: one & other, conditions) if conditions else pl.lit(True)


def decided(rows: Sequence[DecisionRow]) -> pl.Expr:
    """The per cent of the first row that fits; null where none does."""
    found = [pl.when(row.fits()).then(pl.lit(row.percent, pl.Float64)) for row in rows]
    return pl.coalesce(*found) if found else pl.lit(None, pl.Float64)


def read_rows(stored: Iterable[Mapping[str, Any]]) -> tuple[DecisionRow, ...]:
    """The rows of a table as they are stored: numbers may be text, an empty condition is absent or null."""
    return tuple(
        DecisionRow(
            percent=float(one["percent"]),
            outcome=one.get("outcome") or None,
            class_from=_whole(one.get("class_from")),
            class_to=_whole(one.get("class_to")),
            attendance_from=_number(one.get("attendance_from")),
            attendance_below=_number(one.get("attendance_below")),
        )
        for one in stored
    )


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _number(value: Any) -> float | None:
    return None if value in (None, "") else float(value)
