"""Facts drawn from what a regulation declares that it reads: valid ones, and frames of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from hypothesis import strategies as st

from selaras.regulation import Column, Registry, Rules

Facts = tuple[dict[str, Any], list[dict[str, Any]]]
SMALLEST, WIDEST = 0.01, 1e9


def days_of(registry: Registry, code: str) -> list[date]:
    """A day on either side of every change of the law's numbers or text, while it is in force."""
    identity = registry.identity(code)
    force = identity.in_force
    changes = registry.loaded(code).parameters.change_days() | {edition.valid_from for edition in identity.editions}
    days = {force.start, *changes, *(date.fromordinal(day.toordinal() - 1) for day in changes)}
    return sorted(day for day in days if day in force)


def value_of(column: Column) -> st.SearchStrategy[Any]:
    """A valid value of the column; the empty one apart."""
    if column.allowed:
        return st.sampled_from(column.allowed).map(int if column.type == "integer" else _number_or_code(column))
    if column.type == "boolean":
        return st.booleans()
    if column.type == "date":
        return st.dates(date(2010, 1, 1), date(2026, 12, 31))
    if column.type in ("code", "text"):
        return st.sampled_from(("1", "2"))
    low = 0.0 if column.minimum is None else column.minimum
    high = max(low + 150, 150) if column.maximum is None else column.maximum
    if column.type == "integer":
        return st.integers(int(low) + column.above_minimum, int(high))
    least = low + SMALLEST if column.above_minimum else low
    extremes = [least, high] if column.maximum is not None else [least, high, WIDEST]
    return st.one_of(
        st.integers(int(low) + column.above_minimum, int(high)).map(float),
        st.floats(least, high, allow_subnormal=False).map(lambda value: min(max(round(value, 2), least), high)),
        st.sampled_from(extremes),
    )


def _number_or_code(column: Column) -> Any:
    return float if column.type == "number" else str


def row_of(columns: Sequence[Column], *, complete: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A row; `complete` fills every required column. What a filled column requires is filled, or both are empty."""
    cells = {
        column.name: value_of(column) if complete and column.required else st.one_of(st.none(), value_of(column))
        for column in columns
    }
    return st.fixed_dictionaries(cells).map(lambda row: _kept(columns, row))


def _kept(columns: Sequence[Column], row: dict[str, Any]) -> dict[str, Any]:
    for column in columns:
        if any(row[needed] is None for needed in column.requires):
            row[column.name] = None
    return row


def facts_of(rules: Rules, *, complete: bool, people: int = 4, items: int = 4) -> st.SearchStrategy[list[Facts]]:
    """Some people, each with some items (at least one where everything is to be complete)."""
    own = st.lists(row_of(rules.item_columns, complete=complete), min_size=int(complete), max_size=items)
    one = st.tuples(row_of(rules.person_columns, complete=complete), own if rules.item_columns else st.just([]))
    return st.lists(one, min_size=1, max_size=people)


def frames(rules: Rules, facts: Sequence[Facts]) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """People and items as the engine reads them; people are `p0`, `p1` …"""
    people = [{"person": f"p{n}", **row} for n, (row, _) in enumerate(facts)]
    items = [
        {"person": f"p{n}", "item": str(i), **row} for n, (_, own) in enumerate(facts) for i, row in enumerate(own)
    ]
    if not rules.item_columns:
        return frame_of(("person",), rules.person_columns, people), None
    return frame_of(("person",), rules.person_columns, people), frame_of(("person", "item"), rules.item_columns, items)


def frame_of(keys: tuple[str, ...], columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows with their keys, in the declared types."""
    schema = {**dict.fromkeys(keys, pl.String()), **{column.name: column.dtype for column in columns}}
    return pl.DataFrame(list(rows), schema=schema, strict=False)
