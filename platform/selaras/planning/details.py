"""What a regulation asks of a planned result besides its aspects: declared columns, and whether values fit them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from selaras.errors import Fault
from selaras.planning.drafts import ItemDraft
from selaras.regulation import Column
from selaras.regulation.inputs import validate

_LATER = frozenset({"empty", "needs"})
"""Problems that matter when the plan is handed in, not while it is being written."""
LONGEST = 4_000


def detail_faults(items: Sequence[ItemDraft], columns: Sequence[Column]) -> Iterator[Fault]:
    """Every value that no declared column takes, with its field; `None` for a result's details says nothing of them."""
    known = {column.name for column in columns}
    for n, item in enumerate(items):
        for name, value in (item.detail or {}).items():
            at = f"items.{n}.detail.{name}"
            if name not in known:
                yield Fault("plan_not_asked", "The form of this plan does not ask for this; leave it out.", field=at)
            elif not isinstance(value, str | int | float | None) or len(str(value)) > LONGEST:
                yield Fault("plan_detail_text", "Write a text, a number, or true or false.", field=at)
    said = [(n, item.detail) for n, item in enumerate(items) if item.detail is not None]
    if said and columns:
        yield from _judged(said, columns)


def _judged(said: Sequence[tuple[int, object]], columns: Sequence[Column]) -> Iterator[Fault]:
    texts = {
        column.name: pl.Series([_text(detail, column.name) for _, detail in said], dtype=pl.String)
        for column in columns
    }
    rows = [str(n) for n, _ in said]
    frame = pl.DataFrame({"person": rows, "item": rows, **texts})
    labels = {column.name: column.label for column in columns}
    for found in validate(frame.select("person"), frame, (), tuple(columns)):
        if found.row is not None and found.column in labels:
            yield Fault(
                "plan_detail",
                "{column}: {problem}; {remedy}.",
                field=f"items.{said[found.row - 1][0]}.detail.{found.column}",
                final=found.code in _LATER,
                column=labels[found.column],
                problem=found.label("problem"),
                remedy=found.label("remedy"),
            )


def _text(detail: object, name: str) -> str | None:
    value = detail.get(name) if isinstance(detail, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
