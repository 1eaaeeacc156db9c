"""Small pieces of the pages for lawyers: days, values and tables as Indonesian readers expect them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from selaras.regulation.formula import number
from selaras.regulation.types import Label

_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905 - reads better than twelve quoted words

_CODES = {
    "month": "bulan",
    "quarter": "triwulan",
    "half_year": "semester",
    "year": "tahun",
    "calendar": "hari kalender",
    "working": "hari kerja",
}


def day(value: date) -> str:
    """1 Januari 2014."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def span(start: date, end: date | None) -> str:
    """Both ends included, as a law would say it; the end of a half-open range is the day before."""
    return f"sejak {day(start)}" if end is None else f"{day(start)} s.d. {day(end - timedelta(days=1))}"


def day_of_year(text: str) -> str:
    """`01-31+1` as 31 Januari tahun berikutnya."""
    short, _, years = text.partition("+")
    month, number_of_day = short.split("-")
    later = {"": "", "1": " tahun berikutnya"}.get(years, f" ({years} tahun kemudian)")
    return f"{int(number_of_day)} {_MONTHS[int(month) - 1]}{later}"


def value(content: Any, kind: str = "") -> str:
    """A parameter's value in one cell; nested tables read `key: value`, one line each at the top."""
    if kind == "day_of_year" and content is not None:
        return day_of_year(content)
    if isinstance(content, dict):
        return "<br>".join(f"{key}: {_inner(one)}" for key, one in content.items())
    if isinstance(content, list):
        separator = "<br>" if any(isinstance(one, dict | list) for one in content) else ", "
        return separator.join(_inner(one) for one in content)
    return _inner(content)


def _inner(content: Any) -> str:
    if isinstance(content, dict) and {"id", "en"} == set(content):
        return f"“{content['id']}”"
    if isinstance(content, dict):
        return "; ".join(f"{key} {_inner(one)}" for key, one in content.items())
    if isinstance(content, list):
        return ", ".join(_inner(one) for one in content)
    if content is None:
        return "tidak ada"
    if isinstance(content, bool):
        return "ya" if content else "tidak"
    return number(content) if isinstance(content, int | float) else _CODES.get(str(content), str(content))


def both(label: Label) -> str:
    """Indonesian, with English beside it."""
    return label["id"] if label["id"] == label["en"] else f"{label['id']} · *{label['en']}*"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table with an empty line after it; nothing at all without rows."""
    lines = [f"| {' | '.join(cell(one) for one in row)} |" for row in rows]
    if not lines:
        return []
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines, ""]


def cell(text: str) -> str:
    """A text that stays within its cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
