"""A table of pay as a file, out and in: one row for each percent, base and mark; read with every problem by its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.exchange.exporting import FORMATS, csv_file, xlsx_file
from selaras.exchange.layouts import Column
from selaras.exchange.reading import read_table
from selaras.exchange.report import Problem, Problems
from selaras.exchange.sheets import Unreadable, read_sheets
from selaras.followup.pay import drafting
from selaras.followup.pay.content import BaseContent, MarkContent, PayContent, RowContent, read_content
from selaras.identity.actor import Actor
from selaras.regulation import Registry

SORTS = MappingProxyType({"persen": "percent", "dasar": "base", "tanda": "mark"})
GROUPS = MappingProxyType({"kehadiran": "attendance", "cuti": "leave", "hukuman": "discipline"})
_GROUP_WORDS = {group: word for word, group in GROUPS.items()}


def _may(header: str, name: str, kind: Any = "text", **more: Any) -> Column:
    return Column(header, name, kind, present=False, filled=False, **more)


COLUMNS: tuple[Column, ...] = (
    Column("JENIS", "sort", "code", codes=SORTS),
    _may("PREDIKAT", "outcome", longest=100),
    _may("KELAS DARI", "class_from", "integer", low=0, high=99),
    _may("KELAS SAMPAI", "class_to", "integer", low=0, high=99),
    _may("KEHADIRAN DARI", "attendance_from", "number"),
    _may("KEHADIRAN DI BAWAH", "attendance_below", "number"),
    _may("PERSEN", "percent", "number"),
    _may("DASAR", "base", "number"),
    _may("KODE", "code", longest=40),
    _may("GOLONGAN", "group", "code", codes=GROUPS),
    _may("MULAI KE", "since", "integer", low=1, high=366),
)
HEADER = tuple(one.header for one in COLUMNS)


@dataclass(frozen=True)
class PayFile:
    """What a file says: the table, or why it cannot be one; `taken`: it stands in the draft now."""

    content: PayContent | None
    problems: tuple[Problem, ...]
    rows: int
    taken: bool


def table_file(content: PayContent, form: str, name: str) -> tuple[bytes, str, str]:
    """The table as bytes, the name of the file and its media type."""
    rows = list(_lines(content))
    data = csv_file(HEADER, rows) if form == "csv" else xlsx_file(name, HEADER, rows)
    return data, f"{name}.{form}", FORMATS[form]


def take(
    session: Session, actor: Actor, registry: Registry, draft_id: UUID, file_name: str, data: bytes, *,
    preview: bool, seen: int | None = None,
) -> PayFile:  # fmt: skip
    """Put a file's rows, bases and marks into a draft, or only look at it; a file with a problem changes nothing.

    What the file does not say (name, source, shape, rounding) stays as the draft has it.
    """
    draft = drafting.locked(session, draft_id)
    problems = Problems()
    outcomes = drafting.outcome_words(session, registry, draft.starts)
    table = _read(file_name, data, problems)
    if table is not None:
        _check(table, problems, outcomes)
    if table is None or problems.errors:
        return PayFile(None, problems.all(), 0 if table is None else table.height, taken=False)
    content = _content(read_content(draft.content), table, outcomes)
    if not preview:
        drafting.save(session, actor, draft_id, drafting.Written(content, draft.starts, draft.reason), seen=seen)
    return PayFile(content, problems.all(), table.height, taken=not preview)


def _read(file_name: str, data: bytes, problems: Problems) -> pl.DataFrame | None:
    try:
        sheets = read_sheets(file_name, data)
    except Unreadable as error:
        problems.add(error.code, row=error.row, sheet=error.sheet, **error.params)
        return None
    table, _ = read_table(sheets, COLUMNS, problems)
    return None if table.is_empty() else table


def _check(table: pl.DataFrame, problems: Problems, outcomes: Mapping[str, str]) -> None:
    needed = {"percent": ("percent",), "base": ("class_from", "base"), "mark": ("code", "group", "percent")}
    headers = {one.name: one.header for one in COLUMNS}
    for sort, names in needed.items():
        rows = table.filter(pl.col("sort") == sort)
        for name in names:
            problems.add_rows("empty", rows.filter(pl.col(name).is_null()), column=headers[name])
    said = pl.col("outcome").str.to_lowercase()
    unknown = table.filter(
        (pl.col("sort") == "percent") & pl.col("outcome").is_not_null() & ~said.is_in(list(outcomes))
    )
    allowed = ", ".join(sorted(outcomes))
    problems.add_rows("not_allowed", unknown, column="PREDIKAT", value="outcome", allowed=allowed)


def _content(standing: PayContent, table: pl.DataFrame, outcomes: Mapping[str, str]) -> PayContent:
    rows, bases, marks = [], [], []
    for one in table.iter_rows(named=True):
        if one["sort"] == "percent":
            outcome = outcomes[one["outcome"].lower()] if one["outcome"] else None
            rows.append(
                RowContent(
                    Decimal(one["percent"]), outcome, one["class_from"], one["class_to"],
                    _decimal(one["attendance_from"]), _decimal(one["attendance_below"]),
                )
            )  # fmt: skip
        elif one["sort"] == "base":
            bases.append(BaseContent(one["class_from"], Decimal(one["base"])))
        else:
            mark = MarkContent(one["code"].upper(), one["group"], Decimal(one["percent"]), one["since"] or 1)
            marks.append(mark)
    return replace(standing, rows=tuple(rows), bases=tuple(bases), marks=tuple(marks))


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _lines(content: PayContent) -> Iterator[tuple[str, ...]]:
    for row in content.rows:
        asked = (row.class_from, row.class_to, row.attendance_from, row.attendance_below, row.percent)
        yield ("persen", row.outcome or "", *map(_said, asked), "", "", "", "")
    for one in content.bases:
        yield ("dasar", "", _said(one.job_class), "", "", "", "", _said(one.base), "", "", "")
    for mark in content.marks:
        yield ("tanda", *[""] * 5, _said(mark.percent), "", mark.code, _GROUP_WORDS[mark.group], _said(mark.since))


def _said(value: Decimal | int | None) -> str:
    """As files write numbers: no thousands, a comma before decimals."""
    return "" if value is None else f"{Decimal(value).normalize():f}".replace(".", ",")
