"""A table of an uploaded file (header and rows of text), and writing it as CSV or XLSX the same way each time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

_CREATED = datetime(2026, 10, 1, 8, 0)  # noqa: DTZ001 - a fixed stamp, so that equal content makes equal files


@dataclass(frozen=True)
class Table:
    """A header and its rows; every cell is text, as in the exports that agencies work with."""

    header: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]


def write_csv(path: Path, table: Table) -> Path:
    """The table as UTF-8 CSV with commas and line feeds; returns the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.header)
        writer.writerows(table.rows)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Table]) -> Path:
    """One sheet for each table, in order; returns the path."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _CREATED})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate((table.header, *table.rows)):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, column, cell)
    return path


def day(value: date | None) -> str:
    """A date as the national system writes it, dd-mm-yyyy; empty for none."""
    return "" if value is None else f"{value:%d-%m-%Y}"
