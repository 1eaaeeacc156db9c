"""Decision tables as expressions: bands of numbers, numbers by code, minutes out of a clock time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polars import Expr, Float64, Int64, String, lit, when

from selaras.regulation.rounding import at_least


def banded(
    value: Expr, bands: Sequence[Sequence[Any]], *, below: float | None = None, empty: float | None = None
) -> Expr:
    """The number of the band that `value` falls into; `below` the first band null unless given.

    `bands`: pairs (first value of the band, its number), ascending; a band ends where the next begins.
    `empty`: the number where there is no value; null unless given.
    """
    found = lit(below, Float64())
    for start, number in bands:
        found = when(at_least(value, start)).then(lit(number, Float64())).otherwise(found)
    return when(value.is_null()).then(lit(empty, Float64())).otherwise(found)


def number_from(table: Mapping[str, Any], key: Expr) -> Expr:
    """The number that a parameter table holds for a code; null for a code that it does not name."""
    known = {str(code): float(number) for code, number in table.items() if number is not None}
    return key.cast(String()).replace_strict(list(known), list(known.values()), default=None, return_dtype=Float64())


def minute_of_day(clock: Expr) -> Expr:
    """Minutes since midnight of a clock time as text (09:30, 9.30, 09:30:59); seconds do not count; else null."""
    hours, minutes = (clock.str.extract(r"^\s*(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?\s*$", n).cast(Int64()) for n in (1, 2))
    return when((hours < 24) & (minutes < 60)).then(hours * 60 + minutes)
