"""XLSX out of plain rows: text stays text (no formula out of a name), numbers stay numbers, headings stay in sight."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def sheet(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str | int]], made: datetime) -> bytes:
    """One sheet as bytes. `columns`: heading and width in characters; `made` (UTC) is the day the file gives itself.

    A row at a time is in memory, so that long lists stay cheap.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        for n, (_, width) in enumerate(columns):
            page.set_column(n, n, width)
        page.write_row(0, 0, [heading for heading, _ in columns], book.add_format({"bold": True}))
        for n, row in enumerate(rows, 1):
            page.write_row(n, 0, row)
    return buffer.getvalue()
