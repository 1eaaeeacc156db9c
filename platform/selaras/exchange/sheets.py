"""A file's bytes as sheets of text: CSV or XLSX, decided by content, never by name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, reduce
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

MEGABYTE = 1024 * 1024
LARGEST = 256
"""Megabytes of a file as it arrives."""
LARGEST_UNPACKED = 2048
"""Megabytes of a workbook when unpacked: a packed file may claim much more than it shows."""
LONGEST = 4_000
"""Characters of one cell."""
DELIMITERS = (",", ";", "\t")
MOST_CELLS = 32_000_000
"""Cells from A1 to the last one used, the empty ones too: the reader makes room for all of them."""
# The start of a row, a cell or a formula, under any prefix. It never looks past the next tag, so that it stays linear.
_MARK = re.compile(rb"<(?:\w+:)?(row|c|f)(?=[\s/>])(?:[^<]*?\sr\s*=\s*[\"']([A-Z]{0,9})(\d{1,9}))?")


class Unreadable(Exception):
    """The file cannot be read as a table: the problem's code, its place and its parameters."""

    def __init__(self, code: str, *, row: int | None = None, sheet: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code, self.row, self.sheet = code, row, sheet
        self.params: dict[str, Any] = params


@dataclass(frozen=True)
class Sheet:
    """One sheet: its header as written, its cells as text below it, and `row` (the header is row 1).

    The frame's columns are named `0`, `1` … in the order of `header`. Empty cells are null.
    """

    name: str | None
    header: tuple[str, ...]
    cells: pl.DataFrame


def read_sheets(file_name: str, data: bytes) -> list[Sheet]:
    """The sheets of a file that hold anything; `Unreadable` says why there are none."""
    if not data.strip():
        raise Unreadable("file_empty", file=file_name)
    if len(data) > LARGEST * MEGABYTE:
        raise Unreadable("file_too_large", file=file_name, size=len(data) // MEGABYTE, limit=LARGEST)
    if data.startswith(b"PK\x03\x04"):
        sheets = list(_workbook(file_name, data))
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("file_old_excel", file=file_name)
    else:
        sheets = [_csv(file_name, _decode(file_name, data))]
    if not sheets:
        raise Unreadable("file_empty", file=file_name)
    return sheets


def _decode(file_name: str, data: bytes) -> str:
    if b"\0" in data:
        raise Unreadable("file_not_a_table", file=file_name, reason="it holds binary data")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("file_encoding", file=file_name, byte=error.start) from error


def _csv(file_name: str, text: str) -> Sheet:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    if len(first) > LONGEST * 4:
        raise Unreadable("file_not_a_table", file=file_name, reason="its first line is no header")
    header = _check_records(text, delimiter)
    columns = [str(index) for index in range(len(header))]
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=delimiter,
            has_header=False,
            schema=dict.fromkeys(columns, pl.String),
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError as error:
        raise Unreadable("file_not_a_table", file=file_name, reason=str(error).splitlines()[0]) from error
    numbered = frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    headed = numbered.filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    return Sheet(None, header, headed.slice(1))


def _check_records(text: str, delimiter: str) -> tuple[str, ...]:
    """The header, after making sure that every record has as many fields as it has."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            if not record or not any(record):
                continue
            if not header:
                header = record
            elif len(record) != len(header):
                raise Unreadable("row_ragged", row=number, found=len(record), expected=len(header), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable("row_broken", row=number + 1, reason=str(error)) from error
    return tuple(header)


def _workbook(file_name: str, data: bytes) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist()) // MEGABYTE
            if unpacked > LARGEST_UNPACKED:
                raise Unreadable("file_too_large", file=file_name, size=unpacked, limit=LARGEST_UNPACKED)
            _refuse_others(file_name, package)
            for entry in package.infolist():
                content = package.read(entry)
                if b"sheetData" in content:
                    _survey(file_name, content)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    except (CalamineError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise Unreadable("file_not_a_table", file=file_name, reason="it is no Excel workbook") from error
    for sheet in sheets:
        top = (sheet.start or (0, 0))[0]
        rows = sheet.to_python(skip_empty_area=True)
        if rows and any(cell not in ("", None) for cell in rows[0]):
            yield _sheet(sheet.name, rows, top + 1)


def _refuse_others(file_name: str, package: zipfile.ZipFile) -> None:
    """The reader would also take other kinds of workbook, which nothing here looks through first."""
    names = {name.lower() for name in package.namelist()}
    if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
        raise Unreadable("file_not_a_table", file=file_name, reason="it is no Excel workbook")


def _survey(file_name: str, content: bytes) -> None:
    """Refuse a formula, and a sheet whose cells lie so far apart that reading it would take all memory."""
    row = column = last_row = last_column = 0
    for mark in _MARK.finditer(content):
        tag, letters, digits = mark.groups()
        if tag == b"f":
            raise Unreadable("formula", row=row, value=f"{_letters(column)}{row}")
        if tag == b"row":
            row, column = int(digits or row + 1), 0
        else:
            row, column = int(digits or row), _column(letters) if letters else column + 1
        last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row * last_column > MOST_CELLS:
        reason = f"its cells reach to {_letters(last_column)}{last_row}"
        raise Unreadable("file_not_a_table", file=file_name, reason=reason)


@cache
def _column(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    return reduce(lambda number, letter: number * 26 + letter - 64, letters, 0)


def _letters(column: int) -> str:
    return _letters((column - 1) // 26) + chr(65 + (column - 1) % 26) if column else ""


def _sheet(name: str, rows: Sequence[Sequence[object]], first: int) -> Sheet:
    header = tuple(cell_text(cell) or "" for cell in rows[0])
    columns = {
        str(index): pl.Series([cell_text(cell) for cell in column], dtype=pl.String)
        for index, column in enumerate(zip(*rows[1:], strict=True))
    } or {str(index): pl.Series([], dtype=pl.String) for index in range(len(header))}
    frame = pl.DataFrame(columns).with_row_index("row", offset=first + 1).with_columns(pl.col("row").cast(pl.Int64))
    return Sheet(name, header, frame.filter(pl.any_horizontal(pl.exclude("row").is_not_null())))


def cell_text(value: object) -> str | None:
    """A workbook's cell as a CSV file would hold it: dates day-month-year, decimals with a comma."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _number_text(float(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d-%m-%Y")
    return value.isoformat() if isinstance(value, time) else str(value)


def _number_text(value: float) -> str:
    # Beyond 15 digits a spreadsheet has already lost some: the exponent shows that, instead of wrong digits.
    if value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
    return repr(value).replace(".", ",")
