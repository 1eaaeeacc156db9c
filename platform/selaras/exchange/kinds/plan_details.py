"""What only the regulation in force asks of a planned result: its declared columns, as the item's `detail`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from selaras.exchange.intake import Intake
from selaras.exchange.kinds.declared import header_of, value_of
from selaras.exchange.layouts import DECLARED
from selaras.planning.service import PLAN, known_details
from selaras.regulation import Column, Rules
from selaras.regulation.inputs import typed, validate

_ITEM = [*PLAN, "code"]


def headers_of(rows: pl.DataFrame) -> list[str]:
    """The file's columns that only a regulation can know."""
    return [name for name in rows.columns if name.startswith(DECLARED)]


def detailed(intake: Intake, rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """`rows` with `detail` (JSON) of each item, as the rules read the declared columns; faults are reported.

    A column that the file does not have, or that is empty throughout, leaves what is there; null: all do.
    """
    headers = headers_of(rows)
    named = [(column, header) for column in rules.form.columns if (header := header_of(column, headers))]
    intake.unused -= {intake.declared[header] for _, header in named}
    chosen = [(column, header) for column, header in named if rows.get_column(header).is_not_null().any()]
    if not chosen:
        return rows.with_columns(detail=pl.lit(None, pl.String))
    items = rows.unique(_ITEM, maintain_order=True)
    frame = items.select(
        pl.concat_str("person_id", pl.col("first").cast(pl.String), separator="/").alias("person"),
        pl.col("code").alias("item"),
        *(value_of(column, header) for column, header in chosen),
    )
    _report(intake, items, frame, chosen)
    columns = tuple(column for column, _ in chosen)
    values = typed(frame, ("person", "item"), columns).drop("person", "item")
    texts = _texts(values.iter_rows(named=True), _held(intake, items), [column.name for column in columns])
    written = items.select(*_ITEM, detail=pl.Series(texts, dtype=pl.String))
    return rows.join(written, on=_ITEM, how="left", maintain_order="left")


def _report(intake: Intake, items: pl.DataFrame, frame: pl.DataFrame, chosen: Sequence[tuple[Column, str]]) -> None:
    people = frame.select("person").unique()
    names = {column.name: intake.declared[header] for column, header in chosen}
    for found in validate(people, frame, (), tuple(column for column, _ in chosen)):
        row = items.row(found.row - 1, named=True) if found.row else None
        intake.problems.add(
            "bad_rating",
            row=row["row"] if row else 1,
            sheet=row["sheet"] if row else None,
            column=names.get(found.column, found.column),
            value=found.value,
            problem=found.label("problem"),
            remedy=found.label("remedy"),
        )
    intake.problems.refuse_errors()


def with_held(intake: Intake, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with what the items hold already, where the file says nothing of `detail`."""
    if rows.get_column("detail").is_null().all():
        return rows.with_columns(detail=pl.lit("{}"))
    return rows.with_columns(
        detail=pl.coalesce("detail", pl.Series(_held(intake, rows), dtype=pl.String), pl.lit("{}"))
    )


def _held(intake: Intake, items: pl.DataFrame) -> list[str | None]:
    """What stands in each item already."""
    known = known_details(intake.session, items.get_column("year").unique().to_list()).drop("last")
    return items.join(known, on=_ITEM, how="left", maintain_order="left").get_column("held").to_list()


def _texts(rows: Iterable[Mapping[str, object]], held: Sequence[str | None], names: Sequence[str]) -> list[str]:
    """JSON of each item: what it holds but for the columns `names`, and what the file has of these."""
    found = []
    for row, before in zip(rows, held, strict=True):
        kept = {name: value for name, value in json.loads(before or "{}").items() if name not in names}
        found.append(json.dumps(kept | {name: value for name, value in row.items() if value is not None}))
    return found
