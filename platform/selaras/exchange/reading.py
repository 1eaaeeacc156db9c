"""Sheets of text into one typed frame, with every problem named by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from selaras.exchange.layouts import Column, folded
from selaras.exchange.report import Problems, Severity, listed
from selaras.exchange.sheets import Sheet

DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
PLACE = ("row", "sheet")
# 1.234.567 can only be thousands; 1.234 can be either, 0.234 cannot.
_THOUSANDS = r"^-?[1-9][0-9]{0,2}(\.[0-9]{3}){2,}$|^-?[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+$"
_EITHER = r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$"
_PLAIN = r"^-?[0-9]{1,15}([.,][0-9]{1,10})?$"
# What nobody sees: control characters but tab and line ends, soft hyphens, blanks of no width, and the marks that turn
# the direction of writing, by which a name can be made to read as another.
HIDDEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)


def read_table(
    sheets: Sequence[Sheet], columns: Sequence[Column], problems: Problems
) -> tuple[pl.DataFrame, list[str]]:
    """One frame of all sheets that hold `columns`: `row`, `sheet`, and one typed column per name (null: empty).

    Problems go to `problems`. Also returns notes: sheets and columns that were not used.
    """
    unused: set[str] = set()
    frames: list[pl.DataFrame] = []
    wanted = {folded(column.header) for column in columns if column.present}
    known = {folded(column.header) for column in columns}
    recognised = [sheet for sheet in sheets if known & {folded(header) for header in sheet.header}]
    for sheet in recognised or sheets[:1]:
        if _complete(sheet, columns, wanted, problems):
            frames.append(_select(sheet, columns))
            unused |= {header for header in sheet.header if folded(header) not in known and header}
    notes = [f"Columns not used: {listed(unused, 100)}"] if unused else []
    notes += [
        f"Sheet without known columns left aside: {one.name}" for one in sheets if one.name and one not in recognised
    ]
    if not frames:
        return pl.DataFrame(), notes
    table = pl.concat(frames)
    if table.is_empty() and not problems.errors:
        problems.add("no_rows")
    return _typed(_cleaned(table, columns, problems), columns, problems), notes


def _complete(sheet: Sheet, columns: Sequence[Column], wanted: set[str], problems: Problems) -> bool:
    present = [folded(header) for header in sheet.header]
    missing = [column for column in columns if folded(column.header) in wanted - set(present)]
    for column in missing:
        problems.add("missing_column", row=1, column=column.header, sheet=sheet.name)
    twice = [column for column in columns if present.count(folded(column.header)) > 1]
    for column in twice:
        problems.add("repeated_column", row=1, column=column.header, sheet=sheet.name)
    return not missing and not twice


def _select(sheet: Sheet, columns: Sequence[Column]) -> pl.DataFrame:
    at = {folded(header): str(index) for index, header in enumerate(sheet.header)}
    chosen = [
        pl.col(at[folded(column.header)]).alias(column.name)
        if folded(column.header) in at
        else pl.lit(None, pl.String).alias(column.name)
        for column in columns
    ]
    return sheet.cells.select("row", pl.lit(sheet.name, pl.String).alias("sheet"), *chosen)


def _cleaned(table: pl.DataFrame, columns: Sequence[Column], problems: Problems) -> pl.DataFrame:
    """Without blanks at the ends, the apostrophe that spreadsheets prefix, and the word “null”."""
    names = [column.name for column in columns]
    table = _without_hidden(table, columns, problems)
    text = pl.col(names).str.strip_chars(" \t\r\n\u00a0\ufeff").str.strip_prefix("'").str.strip_prefix("’")
    text = text.str.strip_chars(" \u00a0")
    table = table.with_columns(text)
    for column in columns:
        value = pl.col(column.name)
        formulas = table.filter(value.str.starts_with("="))
        problems.add_rows("formula", formulas, column=column.header, value=column.name)
        long = table.filter(value.str.len_chars() > column.longest)
        length = long.with_columns(length=value.str.len_chars())
        problems.add_rows(
            "cell_too_long", length, column=column.header, value=column.name, length="=length", limit=column.longest
        )
    return table.with_columns(
        pl.when(~pl.col(name).is_in(["", "null", "NULL", "Null"])).then(name).alias(name) for name in names
    )


def _without_hidden(table: pl.DataFrame, columns: Sequence[Column], problems: Problems) -> pl.DataFrame:
    """Without the characters that nobody sees; each row that had some is told, for its file was made oddly."""
    names = [column.name for column in columns]
    # A mark at the very beginning or end is what copying from elsewhere leaves behind, and means nothing.
    table = table.with_columns(pl.col(names).str.strip_chars("\ufeff\u200b\u200e\u200f\u202a\u202c\u2066\u2069"))
    held = table.select(pl.col(names).str.contains(HIDDEN).any())
    for column in columns:
        if not held.get_column(column.name).item():
            continue
        value = pl.col(column.name)
        odd = table.filter(value.str.contains(HIDDEN)).with_columns(
            found=value.str.extract(f"({HIDDEN})").map_elements(lambda one: f"U+{ord(one):04X}", pl.String),
            plain=value.str.replace_all(HIDDEN, ""),
        )
        problems.add_rows(
            "hidden_characters", odd, column=column.header, value="plain", severity=Severity.WARNING, found="=found"
        )
    return table.with_columns(pl.col(names).str.replace_all(HIDDEN, ""))


def _typed(table: pl.DataFrame, columns: Sequence[Column], problems: Problems) -> pl.DataFrame:
    typed = table.with_columns(_value(column).alias(column.name) for column in columns)
    for column in columns:
        before, after = table.get_column(column.name), typed.get_column(column.name)
        if column.filled:
            problems.add_rows("empty", table.filter(before.is_null()), column=column.header)
        bad = table.filter(before.is_not_null() & after.is_null())
        _refuse(bad, column, problems)
        if column.low is not None:
            outside = typed.filter(~pl.col(column.name).is_between(column.low, column.high or column.low))
            problems.add_rows(
                "out_of_range", outside, column=column.header, value=column.name, low=column.low, high=column.high or 0
            )
    return typed


def _refuse(bad: pl.DataFrame, column: Column, problems: Problems) -> None:
    name, header = column.name, column.header
    if column.type == "number":
        either = pl.col(name).str.contains(_EITHER)
        problems.add_rows("ambiguous_number", bad.filter(either), column=header, value=name)
        bad = bad.filter(~either)
    code = {
        "date": "not_a_date",
        "number": "not_a_number",
        "integer": "not_whole",
        "code": "not_allowed",
        "person_number": "number_shape",
    }.get(column.type)
    if code:
        problems.add_rows(code, bad, column=header, value=name, allowed=listed(column.codes))


def _value(column: Column) -> pl.Expr:
    """The value in its type, null where the text is none."""
    text = pl.col(column.name)
    if column.type == "date":
        day = pl.coalesce(text.str.head(10).str.to_date(pattern, strict=False) for pattern in DATES)
        return pl.when(day.is_between(EARLIEST, LATEST, closed="left")).then(day)
    if column.type == "number":
        return decimal_text(text)
    if column.type == "integer":
        return pl.when(text.str.contains(r"^[0-9]{1,9}$")).then(text).cast(pl.Int64, strict=False)
    if column.type == "code":
        return text.str.to_lowercase().replace_strict(dict(column.codes), default=None, return_dtype=pl.String)
    if column.type == "person_number":
        digits = text.str.replace_all(r"\s", "")
        return pl.when(digits.str.contains(r"^[0-9]{18}$")).then(digits)
    return text


def decimal_text(text: pl.Expr) -> pl.Expr:
    """A number as plain digits with a decimal point (exact, for a numeric column); null where it is none.

    Read as Indonesian where it can be told (1.234.567,5); a point is the decimal sign where it cannot be thousands.
    """
    plain = text.str.replace_all(",", ".", literal=True)
    thousands = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return (
        pl.when(text.str.contains(_EITHER))
        .then(None)
        .when(text.str.contains(_THOUSANDS))
        .then(thousands)
        .when(text.str.contains(_PLAIN))
        .then(plain)
    )
