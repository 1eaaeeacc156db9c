"""NIP, NI PPPK and NIK: reading them, and telling what is wrong with one (pure; no rows, no clock)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

YOUNGEST, OLDEST = 15, 75
"""Ages in whole years that a serving civil servant can have; also the youngest age at appointment."""
FIRST_CONTRACT = 21
"""Digits 13–14 of an NI PPPK count contracts from 21; a month would be 01–12."""


class NumberKind(StrEnum):
    """The two numbers of 18 digits."""

    NIP = "nip"
    NI_PPPK = "ni_pppk"


class Severity(StrEnum):
    """An error refuses the row; a warning is shown and the row is taken."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with an identifier: a stable code, and a sentence for the person who mends it.

    `message` is a `str.format` template and the message id of its translation; `params` fill it.
    """

    code: str
    severity: Severity
    message: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True)
class Number:
    """The parts of a NIP or NI PPPK. `month` only in a NIP, `contract` only in an NI PPPK; sex is M or F."""

    value: str
    kind: NumberKind
    birth: date
    year: int
    month: int | None
    contract: int | None
    sex: str
    serial: int


@dataclass(frozen=True)
class Nik:
    """The parts of a NIK. The region is where it was first registered and may since have been abolished."""

    value: str
    region: str
    birth_day: int
    birth_month: int
    birth_year_of_century: int
    sex: str
    serial: int


_SEXES = MappingProxyType({"1": "M", "2": "F"})
_TEXTS = MappingProxyType(
    {
        "number.shape": "NIP harus 18 angka; yang tertulis: {value!r}. Perbaiki di berkas, lalu unggah lagi.",
        "number.birth": "Digit 1–8 NIP {value} bukan tanggal lahir (tttt-bb-hh) yang ada di kalender.",
        "number.age": "Menurut NIP {value} usianya {age} tahun; pegawai ASN berusia 15 sampai 75 tahun.",
        "number.sex": "Digit 15 NIP {value} harus 1 (laki-laki) atau 2 (perempuan).",
        "number.kind": "Digit 13–14 NIP {value} harus 01–12 (bulan, PNS) atau mulai 21 (kontrak, PPPK).",
        "number.appointed": "Menurut NIP {value} pengangkatan tahun {year}, kurang dari 15 tahun setelah lahir.",
        "number.birth_differs": "Tanggal lahir {stated} tidak sama dengan yang ada di NIP {value}.",
        "number.sex_differs": "Jenis kelamin {stated} tidak sama dengan yang ada di NIP {value}.",
        "number.kind_differs": "NIP {value} berbentuk {kind}, berbeda dengan jenis pegawai {stated}.",
        "nik.shape": "NIK harus 16 angka.",
        "nik.birth": "Digit 7–12 NIK bukan hari, bulan, dan tahun lahir (perempuan: hari ditambah 40).",
        "nik.differs": "Tanggal lahir atau jenis kelamin di NIK tidak sama dengan di data pegawai.",
    }
)


def clean(value: object) -> str:
    """The digits as typed: without spaces, the apostrophe that spreadsheets prefix, and the word "null"."""
    text = re.sub(r"\s", "", "" if value is None else str(value)).lstrip("'’")
    return "" if text.lower() == "null" else text


def parse_number(value: object) -> Number | None:
    """The parts of a NIP or NI PPPK, or None if its digits have no meaning (`check_number` tells why)."""
    text = clean(value)
    if not re.fullmatch(r"[0-9]{18}", text):
        return None
    birth, kind = _calendar_day(text[:8]), _kind(text)
    if birth is None or kind is None or text[14] not in _SEXES:
        return None
    middle = int(text[12:14])
    return Number(
        value=text,
        kind=kind,
        birth=birth,
        year=int(text[8:12]),
        month=middle if kind is NumberKind.NIP else None,
        contract=middle if kind is NumberKind.NI_PPPK else None,
        sex=_SEXES[text[14]],
        serial=int(text[15:]),
    )


def check_number(
    value: object,
    on: date,
    *,
    birth: date | None = None,
    sex: str | None = None,
    kind: NumberKind | None = None,
) -> tuple[Finding, ...]:
    """All that is wrong with a NIP or NI PPPK on the day `on`.

    A number without meaning is an error. Where it only differs from what the file states beside it (birth,
    sex M/F, kind), that is a warning: old numbers were issued with wrong dates and stay valid.
    """
    text = clean(value)
    if not re.fullmatch(r"[0-9]{18}", text):
        return (_finding("number.shape", value=text),)
    errors = _errors(text, on)
    parsed = parse_number(text)
    return errors if parsed is None else errors + _differences(parsed, birth, sex, kind)


def parse_nik(value: object) -> Nik | None:
    """The parts of a NIK, or None if it has not 16 digits or no day of birth."""
    text = clean(value)
    if not re.fullmatch(r"[0-9]{16}", text):
        return None
    day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
    sex = "F" if day > 40 else "M"
    day -= 40 if sex == "F" else 0
    # The century is not written; 2000 was a leap year, so a 29 February is never refused wrongly.
    if not any(_calendar_day(f"{century}{year:02}{month:02}{day:02}") for century in (19, 20)):
        return None
    return Nik(text, text[:6], day, month, year, sex, int(text[12:]))


def check_nik(value: object, *, birth: date | None = None, sex: str | None = None) -> tuple[Finding, ...]:
    """All that is wrong with a NIK. It has no check digit, and its region may be an abolished one: not checked.

    The findings never repeat the number: a NIK is personal data that does not belong in logs.
    """
    text = clean(value)
    if not re.fullmatch(r"[0-9]{16}", text):
        return (_finding("nik.shape"),)
    nik = parse_nik(text)
    if nik is None:
        return (_finding("nik.birth"),)
    stated = None if birth is None else (birth.day, birth.month, birth.year % 100)
    same_birth = stated in (None, (nik.birth_day, nik.birth_month, nik.birth_year_of_century))
    return () if same_birth and sex in (None, nik.sex) else (_finding("nik.differs"),)


def mask_nik(value: object) -> str:
    """A NIK as it may be shown by default: region and serial only partly, the birth date not at all."""
    text = clean(value)
    return f"{text[:2]}{'•' * 12}{text[-2:]}" if len(text) == 16 else "•" * len(text)


def age_on(birth: date, on: date) -> int:
    """Age in whole years on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _errors(text: str, on: date) -> tuple[Finding, ...]:
    birth = _calendar_day(text[:8])
    age = None if birth is None else age_on(birth, on)
    year = int(text[8:12])
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("number.birth", lambda: birth is None),
        ("number.age", lambda: age is not None and not YOUNGEST <= age <= OLDEST),
        ("number.kind", lambda: _kind(text) is None),
        ("number.sex", lambda: text[14] not in _SEXES),
        ("number.appointed", lambda: birth is not None and year < birth.year + YOUNGEST),
    )
    return tuple(_finding(code, value=text, age=age, year=year) for code, broken in rules if broken())


def _differences(number: Number, birth: date | None, sex: str | None, kind: NumberKind | None) -> tuple[Finding, ...]:
    found = []
    if birth not in (None, number.birth):
        found.append(_finding("number.birth_differs", Severity.WARNING, stated=birth, value=number.value))
    if sex not in (None, number.sex):
        found.append(_finding("number.sex_differs", Severity.WARNING, stated=sex, value=number.value))
    if kind not in (None, number.kind):
        found.append(
            _finding("number.kind_differs", Severity.WARNING, stated=kind, kind=number.kind, value=number.value)
        )
    return tuple(found)


def _kind(text: str) -> NumberKind | None:
    middle = int(text[12:14])
    if 1 <= middle <= 12:
        return NumberKind.NIP
    return NumberKind.NI_PPPK if middle >= FIRST_CONTRACT else None


def _calendar_day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _finding(code: str, severity: Severity | None = None, **params: object) -> Finding:
    level = severity or (Severity.WARNING if code == "nik.differs" else Severity.ERROR)
    return Finding(code, level, _TEXTS[code], params)
