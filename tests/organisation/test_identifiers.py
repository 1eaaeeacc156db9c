"""NIP, NI PPPK and NIK: what is an error, what is only a warning."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selaras.organisation.identifiers import (
    NumberKind,
    Severity,
    check_nik,
    check_number,
    clean,
    mask_nik,
    parse_nik,
    parse_number,
)

ON = date(2026, 9, 30)
NIP = "198503172010012901"
CONTRACT = "199004052023212901"
PART_TIME = "199004052025241901"


def codes(value: object, **stated: object) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in check_number(value, ON, **stated)]  # type: ignore[arg-type]  # given by name, or wrong on purpose


def test_a_nip_is_read_into_its_parts() -> None:
    number = parse_number(NIP)
    assert number is not None
    assert (number.kind, number.birth, number.year, number.month) == (NumberKind.NIP, date(1985, 3, 17), 2010, 1)
    assert (number.contract, number.sex, number.serial) == (None, "F", 901)


def test_digits_13_and_14_of_an_ni_pppk_are_a_contract_and_not_a_month() -> None:
    number = parse_number(PART_TIME)
    assert number is not None
    assert (number.kind, number.month, number.contract, number.sex) == (NumberKind.NI_PPPK, None, 24, "M")


@pytest.mark.parametrize("typed", ["'198503172010012901", " 19850317 201001 2901 ", "’198503172010012901", int(NIP)])
def test_spaces_and_the_spreadsheet_apostrophe_are_taken_off(typed: object) -> None:
    assert clean(typed) == NIP
    assert codes(typed) == []


@pytest.mark.parametrize("typed", [None, "", "null", "NULL", "'null"])
def test_null_is_empty(typed: object) -> None:
    assert clean(typed) == ""
    assert codes(typed) == [("number.shape", Severity.ERROR)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("19850317201001290", "number.shape"),
        ("1985031720100129011", "number.shape"),
        ("19850317201001290X", "number.shape"),
        ("١٩٨٥٠٣١٧٢٠١٠٠١٢٩٠١", "number.shape"),
        ("198502302010012901", "number.birth"),
        ("198503172010002901", "number.kind"),
        ("198503172010132901", "number.kind"),
        ("198503172010202901", "number.kind"),
        ("198503172010013901", "number.sex"),
        ("198503172010010901", "number.sex"),
        ("198503171999012901", "number.appointed"),
        ("194909301975012901", "number.age"),
        ("201203172030012901", "number.age"),
    ],
)
def test_a_number_without_meaning_is_an_error(value: str, code: str) -> None:
    assert (code, Severity.ERROR) in codes(value)


@pytest.mark.parametrize("value", [NIP, CONTRACT, PART_TIME, "198503172000012901", "195110012000012901"])
def test_limits_belong_to_what_is_allowed(value: str) -> None:
    assert codes(value) == []


def test_what_differs_from_the_file_is_a_warning_because_old_numbers_were_issued_so() -> None:
    assert codes(NIP, birth=date(1985, 3, 17), sex="F", kind=NumberKind.NIP) == []
    assert codes(NIP, birth=date(1985, 7, 13), sex="M", kind=NumberKind.NI_PPPK) == [
        ("number.birth_differs", Severity.WARNING),
        ("number.sex_differs", Severity.WARNING),
        ("number.kind_differs", Severity.WARNING),
    ]


def test_the_sentence_names_the_number_and_the_remedy() -> None:
    (finding,) = check_number("12", ON)
    assert str(finding) == "NIP harus 18 angka; yang tertulis: '12'. Perbaiki di berkas, lalu unggah lagi."


@given(
    birth=st.dates(date(1955, 1, 1), date(2004, 1, 1)),
    service=st.integers(15, 21),
    middle=st.integers(0, 99),
    sex=st.integers(0, 9),
    serial=st.integers(0, 999),
)
def test_a_number_parses_exactly_when_it_has_no_structural_error(
    birth: date, service: int, middle: int, sex: int, serial: int
) -> None:
    value = f"{birth:%Y%m%d}{birth.year + service}{middle:02}{sex}{serial:03}"
    sound = (1 <= middle <= 12 or middle >= 21) and sex in (1, 2)
    parsed = parse_number(value)
    assert (parsed is not None) == sound
    assert (codes(value) == []) == sound
    if parsed is not None:
        assert (parsed.birth, parsed.serial, parsed.value) == (birth, serial, value)


def test_a_nik_adds_forty_to_a_womans_day() -> None:
    nik = parse_nik("3515085703850001")
    assert nik is not None
    assert (nik.region, nik.birth_day, nik.birth_month, nik.birth_year_of_century) == ("351508", 17, 3, 85)
    assert nik.sex == "F"
    assert check_nik("3515085703850001", birth=date(1985, 3, 17), sex="F") == ()


@pytest.mark.parametrize(
    ("value", "stated", "expected"),
    [
        ("351508570385000", {}, ("nik.shape", Severity.ERROR)),
        ("3515083202850001", {}, ("nik.birth", Severity.ERROR)),
        ("3515083002850001", {}, ("nik.birth", Severity.ERROR)),
        ("3515087203850001", {}, ("nik.birth", Severity.ERROR)),
        ("3515081703850001", {"sex": "F"}, ("nik.differs", Severity.WARNING)),
        ("3515081703850001", {"birth": date(1985, 3, 18)}, ("nik.differs", Severity.WARNING)),
    ],
)
def test_a_nik_that_cannot_be_or_differs(value: str, stated: dict[str, object], expected: tuple[str, Severity]) -> None:
    (finding,) = check_nik(value, **stated)  # type: ignore[arg-type]  # given by name, or wrong on purpose
    assert (finding.code, finding.severity) == expected
    assert value not in str(finding)


def test_an_abolished_region_and_a_leap_day_are_no_fault_of_a_nik() -> None:
    assert check_nik("9999996902000001") == ()


def test_a_masked_nik_shows_no_birth_date() -> None:
    assert mask_nik("'3515085703850001") == "35••••••••••••01"
    assert mask_nik("351508") == "••••••"
