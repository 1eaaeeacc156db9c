"""Checking input frames against the declared columns: every problem with its row, column, value and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from selaras.regulation.types import Column, Label

Table = Literal["people", "items"]

# code → (what is wrong, what to do), each a str.format template over the problem's parameters
WORDS: dict[str, tuple[Label, Label]] = {
    "missing_column": (
        Label(id="kolom tidak ada", en="the column is missing"),
        Label(id="tambahkan kolom {column}{unit}", en="add the column {column}{unit}"),
    ),
    "empty": (
        Label(id="kosong padahal wajib", en="empty, but required"),
        Label(id="isi {column}", en="fill in {column}"),
    ),
    "empty_key": (
        Label(id="kunci kosong", en="the key is empty"),
        Label(id="isi {column}: tiap baris perlu kuncinya", en="fill in {column}: every row needs its key"),
    ),
    "needs": (
        Label(id="kosong padahal {because} diisi", en="empty although {because} is filled in"),
        Label(id="isi {column} atau kosongkan {because}", en="fill in {column} or empty {because}"),
    ),
    "not_a_number": (
        Label(id="bukan angka", en="not a number"),
        Label(id="tulis angka dengan titik desimal, mis. 12.5", en="write a number with a decimal point, e.g. 12.5"),
    ),
    "not_whole": (
        Label(id="bukan bilangan bulat", en="not a whole number"),
        Label(id="tulis bilangan bulat, mis. 3", en="write a whole number, e.g. 3"),
    ),
    "not_a_date": (
        Label(id="bukan tanggal", en="not a date"),
        Label(id="tulis tanggal seperti 2026-03-31", en="write a date such as 2026-03-31"),
    ),
    "not_yes_no": (
        Label(id="bukan true/false", en="neither true nor false"),
        Label(id="tulis true atau false", en="write true or false"),
    ),
    "not_allowed": (
        Label(id="nilai tidak dikenal", en="not an allowed value"),
        Label(id="pakai salah satu dari: {allowed}", en="use one of: {allowed}"),
    ),
    "too_small": (
        Label(id="terlalu kecil", en="too small"),
        Label(id="tulis nilai {relation_id} {limit}{unit}", en="write a value {relation_en} {limit}{unit}"),
    ),
    "too_large": (
        Label(id="terlalu besar", en="too large"),
        Label(id="tulis nilai paling besar {limit}{unit}", en="write a value of at most {limit}{unit}"),
    ),
    "repeated": (
        Label(id="muncul lebih dari sekali", en="appears more than once"),
        Label(id="hapus atau ganti kunci baris yang berulang", en="remove the repeated row or change its key"),
    ),
    "unknown_person": (
        Label(id="tidak ada di tabel pegawai", en="is not among the people"),
        Label(id="tambahkan orang ini ke tabel pegawai atau hapus baris ini", en="add the person or remove this row"),
    ),
    "no_items": (
        Label(id="tidak punya butir", en="has no items"),
        Label(id="tambahkan sekurangnya satu butir", en="add at least one item"),
    ),
}
_WRONG_TYPE = {"number": "not_a_number", "integer": "not_whole", "date": "not_a_date", "boolean": "not_yes_no"}
_FOLDED = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True)
class InputProblem:
    """One thing wrong with the input. `row` counts data rows from 1 (None: the whole column); `code` is stable."""

    table: Table
    row: int | None
    column: str
    value: str | None
    code: str
    params: dict[str, str] = field(default_factory=dict)

    def words(self, language: Literal["id", "en"]) -> tuple[str, str]:
        """What is wrong, and what to do, in one language."""
        problem, remedy = WORDS[self.code]
        params = {"column": self.column, **self.params}
        return problem[language].format(**params), remedy[language].format(**params)

    def label(self, part: Literal["problem", "remedy"]) -> Label:
        """What is wrong (`problem`) or what to do (`remedy`), in both languages."""
        at = ("problem", "remedy").index(part)
        return Label(id=self.words("id")[at], en=self.words("en")[at])

    @property
    def problem(self) -> str:
        """What is wrong, in English."""
        return self.words("en")[0]

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return self.words("en")[1]


def validate(
    people: pl.DataFrame,
    items: pl.DataFrame | None,
    person_columns: tuple[Column, ...],
    item_columns: tuple[Column, ...],
    *,
    limit: int = 1000,
) -> list[InputProblem]:
    """All problems of the frames given, people first, at most `limit`. Columns may still be text, as read from CSV."""
    problems = list(_table("people", people, ("person",), person_columns))
    if item_columns and items is not None:
        problems += _table("items", items, ("person", "item"), item_columns)
        if "person" in people.columns and "person" in items.columns:
            problems += _references(people, items)
    return problems[:limit]


def typed(frame: pl.DataFrame, keys: tuple[str, ...], columns: tuple[Column, ...]) -> pl.DataFrame:
    """The keys and the declared columns present in a validated frame, in their declared types."""
    chosen = [pl.col(key).cast(pl.String) for key in keys]
    chosen += [_cast(frame, column).alias(column.name) for column in columns if column.name in frame.columns]
    return frame.select(chosen)


def _cast(frame: pl.DataFrame, column: Column) -> pl.Expr:
    source = pl.col(column.name)
    if frame.schema[column.name] != pl.String:
        return source.cast(column.dtype, strict=False)
    text = source.str.strip_chars()
    text = pl.when(text != "").then(text)
    if column.type == "boolean":
        return text.str.to_lowercase().replace_strict(_FOLDED, default=None, return_dtype=pl.Boolean())
    if column.type == "date":
        return text.str.to_date("%Y-%m-%d", strict=False)
    if column.type == "integer":
        number = text.cast(pl.Float64, strict=False)
        return pl.when(number == number.floor()).then(number).cast(pl.Int64, strict=False)
    return text.cast(column.dtype, strict=False)


def _table(
    table: Table, frame: pl.DataFrame, keys: tuple[str, ...], columns: tuple[Column, ...]
) -> Iterator[InputProblem]:
    for key in keys:
        if key not in frame.columns:
            yield InputProblem(table, None, key, None, "missing_column", {"unit": ""})
    for column in columns:
        if column.name in frame.columns:
            yield from _column(table, frame, column)
        elif column.required:
            unit = f" ({column.unit})" if column.unit else ""
            yield InputProblem(table, None, column.name, None, "missing_column", {"unit": unit})
    if set(keys) <= set(frame.columns):
        yield from _keys(table, frame, keys)


def _keys(table: Table, frame: pl.DataFrame, keys: tuple[str, ...]) -> Iterator[InputProblem]:
    for key in keys:
        text = pl.col(key).cast(pl.String)
        yield from _found(table, frame, key, text.is_null() | (text.str.strip_chars() == ""), "empty_key")
    repeated = ~pl.struct(keys).is_first_distinct() & pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
    yield from _found(table, frame, keys[-1], repeated, "repeated")


def _column(table: Table, frame: pl.DataFrame, column: Column) -> Iterator[InputProblem]:
    value, empty = _cast(frame, column), _blank(frame, column.name)
    if column.required:
        yield from _found(table, frame, column.name, empty, "empty")
    if column.type in _WRONG_TYPE:
        wrong = ~empty & value.is_null()
        if column.type == "number":
            wrong = ~empty & (value.is_null() | ~value.is_finite())
        yield from _found(table, frame, column.name, wrong, _WRONG_TYPE[column.type])
    for needed in column.requires:
        if needed in frame.columns:
            lacking = ~empty & _blank(frame, needed)
            yield from _found(table, frame, needed, lacking, "needs", {"because": column.name})
    yield from _range(table, frame, column, value)


def _range(table: Table, frame: pl.DataFrame, column: Column, value: pl.Expr) -> Iterator[InputProblem]:
    unit = f" {column.unit}" if column.unit else ""
    if column.allowed:
        if column.type in ("number", "integer"):
            known = value.cast(pl.Float64).is_in([float(one) for one in column.allowed])
        else:
            known = value.is_in(list(column.allowed))
        outside = value.is_not_null() & ~known
        yield from _found(table, frame, column.name, outside, "not_allowed", {"allowed": ", ".join(column.allowed)})
    if column.minimum is not None:
        below = value <= column.minimum if column.above_minimum else value < column.minimum
        relation = ("di atas", "above") if column.above_minimum else ("paling kecil", "of at least")
        words = {"limit": f"{column.minimum:g}", "unit": unit, "relation_id": relation[0], "relation_en": relation[1]}
        yield from _found(table, frame, column.name, below, "too_small", words)
    if column.maximum is not None:
        words = {"limit": f"{column.maximum:g}", "unit": unit}
        yield from _found(table, frame, column.name, value > column.maximum, "too_large", words)


def _blank(frame: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    return column.is_null() | (column.str.strip_chars() == "") if frame.schema[name] == pl.String else column.is_null()


def _references(people: pl.DataFrame, items: pl.DataFrame) -> Iterator[InputProblem]:
    known = people.get_column("person").cast(pl.String)
    owners = items.get_column("person").cast(pl.String)
    unknown = pl.col("person").is_not_null() & ~pl.col("person").cast(pl.String).is_in(known.implode())
    yield from _found("items", items, "person", unknown, "unknown_person")
    without = pl.col("person").is_not_null() & ~pl.col("person").cast(pl.String).is_in(owners.implode())
    yield from _found("people", people, "person", without, "no_items")


def _found(
    table: Table, frame: pl.DataFrame, column: str, condition: pl.Expr, code: str, params: dict[str, str] | None = None
) -> Iterator[InputProblem]:
    rows = frame.select(
        pl.row_index("row") + 1, value=pl.col(column).cast(pl.String), bad=condition.fill_null(False)
    ).filter("bad")
    for row, value, _ in rows.iter_rows():
        yield InputProblem(table, row, column, value, code, params or {})
