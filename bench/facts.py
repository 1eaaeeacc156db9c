"""Facts of invented people as columns, drawn from what a regulation declares that it reads; the same on every run."""

from __future__ import annotations

from datetime import date

import polars as pl

from selaras.regulation import Column, Rules

LOWEST, HIGHEST = 0, 100
A_DAY = date(2020, 6, 30)


def people_of(rules: Rules, count: int) -> pl.DataFrame:
    """`person` (18 digits, as a NIP) and every declared column of `count` people."""
    return pl.select(person=_ids(pl.int_range(count))).with_columns(_values(rules.person_columns, "p"))


def items_of(rules: Rules, count: int, each: int) -> pl.DataFrame | None:
    """`each` items of each of the same people, person by person; None where the regulation reads no items."""
    if not rules.item_columns:
        return None
    row = pl.int_range(count * each)
    keys = pl.select(person=_ids(row // each), item=(row % each + 1).cast(pl.String))
    return keys.with_columns(_values(rules.item_columns, "i"))


def _ids(number: pl.Expr) -> pl.Expr:
    return (number + 196_000_000_000_000_000).cast(pl.String)


def _values(columns: tuple[Column, ...], table: str) -> list[pl.Expr]:
    return [_drawn(column, f"{table}.{column.name}").alias(column.name) for column in columns]


def _drawn(column: Column, salt: str) -> pl.Expr:
    """A value within the column's limits for each row; columns that may stay empty are filled, too."""
    draw = (pl.int_range(pl.len()).cast(pl.UInt64) + sum(map(ord, salt)) * 1_000_003).hash(seed=len(salt))
    if column.allowed:
        codes = pl.Series(column.allowed).cast(column.dtype)
        return pl.lit(codes).gather(draw % len(codes))
    if column.type == "boolean":
        return draw % 2 == 0
    if column.type == "date":
        return pl.lit(A_DAY)
    low = LOWEST if column.minimum is None else int(column.minimum)
    high = max(low + 1, HIGHEST if column.maximum is None else int(column.maximum))
    number = low + column.above_minimum + draw % (high - low - column.above_minimum + 1)
    return number.cast(pl.Int64).cast(pl.String) if column.type in ("code", "text") else number.cast(column.dtype)
