"""What every printed document shares: its bytes under a name, and words, figures and days in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel import dates, numbers

from selaras.calendar.days import zone_label
from selaras.regulation import Label, ReceiptLine
from selaras.regulation.rounding import half_away

Language = Literal["id", "en"]

_CERTAINTIES: Mapping[str, Label] = {
    "circular": {"id": "surat edaran", "en": "circular"},
    "application": {"id": "menurut aplikasi instansi", "en": "as agencies' applications do it"},
    "assumed": {"id": "anggapan", "en": "assumed"},
    "sample": {"id": "contoh", "en": "example"},
}

_YES: Mapping[bool, Label] = {True: {"id": "ya", "en": "yes"}, False: {"id": "tidak", "en": "no"}}
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Printed:
    """A PDF/A and the name that it is offered under."""

    name: str
    data: bytes


class Say:
    """Words, figures and days in one language."""

    def __init__(self, language: Language, time_zone: str, words: Mapping[str, Label]) -> None:
        self.language, self._zone, self._words = language, time_zone, words

    def __call__(self, name: str) -> str:
        return self._words[name][self.language]

    def label(self, label: Label) -> str:
        return label[self.language]

    def period(self, code: str) -> str:
        """Triwulan III 2026 for 2026-TW3; half-year, month and year likewise."""
        year, _dash, part = code.partition("-")
        if part.startswith("TW"):
            quarter = _ROMAN[int(part[2:]) - 1]
            return f"Triwulan {quarter} {year}" if self.language == "id" else f"Quarter {quarter} of {year}"
        if part.startswith("S"):
            half = _ROMAN[int(part[1:]) - 1]
            return f"Semester {half} {year}" if self.language == "id" else f"Half-year {half} of {year}"
        if part:
            return dates.format_date(date(int(year), int(part), 1), "MMMM yyyy", locale=self.language)
        return f"Tahun {year}" if self.language == "id" else f"Year {year}"

    def day(self, value: date) -> str:
        return dates.format_date(value, "d MMMM yyyy", locale=self.language)

    def span(self, first: date, last: date) -> str:
        """1 Juli 2026 s.d. 30 September 2026."""
        return f"{self.day(first)} {'s.d.' if self.language == 'id' else 'to'} {self.day(last)}"

    def moment(self, value: datetime) -> str:
        local = value.astimezone(ZoneInfo(self._zone))
        clock = f"{local:%H.%M}" if self.language == "id" else f"{local:%H:%M}"
        return f"{self.day(local.date())} {clock} {zone_label(self._zone)}"

    def number(self, value: float, digits: int | None = None) -> str:
        pattern = "#,##0.##" if digits is None else "#,##0." + "0" * digits
        return numbers.format_decimal(half_away(value, 2 if digits is None else digits), pattern, locale=self.language)

    def line(self, line: ReceiptLine) -> dict[str, str]:
        certain = _CERTAINTIES.get(line.certainty)
        return {
            "label": self.label(line.label),
            "value": self._value(line),
            "basis": " · ".join(filter(None, (line.article, self.label(certain) if certain else ""))),
        }

    def _value(self, line: ReceiptLine) -> str:
        if line.value is None:
            return "–"
        if line.value_label:
            return self.label(line.value_label)
        if isinstance(line.value, bool):
            return _YES[line.value][self.language]
        if isinstance(line.value, str):
            return line.value.replace("_", " ")
        return f"{self.number(line.value)} {line.unit}".strip()
