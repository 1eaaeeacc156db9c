"""Text into typed columns, with a problem for every cell that does not fit."""

from __future__ import annotations

import polars as pl
import pytest

from selaras.exchange.layouts import LAYOUTS, Column, Kind, folded
from selaras.exchange.reading import decimal_text, read_table
from selaras.exchange.report import SHOWN, Problems
from selaras.exchange.sheets import read_sheets
from selaras.exchange.texts import TEXTS

COLUMNS = (
    Column("PNS ID", "id", longest=10),
    Column("TANGGAL", "day", "date", filled=False),
    Column("NILAI", "score", "number", filled=False),
    Column("TAHUN", "year", "integer", filled=False, low=2000, high=2100),
    Column("JENIS", "kind", "code", filled=False, codes={"utama": "main"}),
    Column("NIP", "number", "person_number", filled=False),
    Column("CATATAN", "note", present=False, filled=False),
)
HEADER = "PNS ID;TANGGAL;NILAI;TAHUN;JENIS;NIP\n"


def read(text: str) -> tuple[pl.DataFrame, Problems, list[str]]:
    problems = Problems()
    table, notes = read_table(read_sheets("x.csv", text.encode()), COLUMNS, problems)
    return table, problems, notes


def found(text: str) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code) for one in read(text)[1].all()]


@pytest.mark.parametrize(
    ("cell", "day"),
    [("31-12-2026", "2026-12-31"), ("31/12/2026", "2026-12-31"), ("2026-12-31", "2026-12-31"), ("null", None)],
)
def test_dates_are_read_day_first(cell: str, day: str | None) -> None:
    table, problems, _ = read(f"{HEADER}a;{cell};;;;\n")
    assert not problems.all()
    assert table["day"].cast(pl.String).to_list() == [day]


@pytest.mark.parametrize("cell", ["31-02-2026", "12-31-2026", "kemarin", "01-01-0026", "44927"])
def test_what_is_no_date_is_named(cell: str) -> None:
    assert found(f"{HEADER}a;{cell};;;;\n") == [(2, "TANGGAL", "not_a_date")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("-3", "-3"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("1,234", "1.234"),
        ("1.234", None),
        ("1,234.5", None),
        ("12 orang", None),
        ("1e5", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_indonesian_where_it_can_be_told(text: str, number: str | None) -> None:
    assert pl.DataFrame({"n": [text]}).select(decimal_text(pl.col("n"))).item() == number


def test_thousands_that_could_be_decimals_are_asked_about() -> None:
    assert found(f"{HEADER}a;;1.234;;;\nb;;banyak;;;\n") == [
        (2, "NILAI", "ambiguous_number"),
        (3, "NILAI", "not_a_number"),
    ]


def test_every_problem_of_a_row_is_named() -> None:
    assert found(f"{HEADER};x;y;19.5;lain;123\n") == [
        (2, "JENIS", "not_allowed"),
        (2, "NILAI", "not_a_number"),
        (2, "NIP", "number_shape"),
        (2, "PNS ID", "empty"),
        (2, "TAHUN", "not_whole"),
        (2, "TANGGAL", "not_a_date"),
    ]


def test_a_problem_says_what_is_wrong_and_what_to_do() -> None:
    (problem,) = read(f"{HEADER}a;;;;lain;\n")[1].all()
    assert (problem.value, problem.message) == ("lain", "“lain” is not known here.")
    assert problem.remedy == "Use one of: utama."
    assert problem.message_id.format(**problem.params) == problem.message


def test_a_year_beyond_its_bounds_is_named() -> None:
    assert found(f"{HEADER}a;;;1999;;\n") == [(2, "TAHUN", "out_of_range")]


def test_formula_and_too_long_a_text_are_refused() -> None:
    assert found(f"{HEADER}=1+1;;;;;\n") == [(2, "PNS ID", "formula")]
    assert found(f"{HEADER}{'x' * 11};;;;;\n") == [(2, "PNS ID", "cell_too_long")]


def test_apostrophe_blanks_and_the_word_null_are_cleaned_away() -> None:
    table, problems, _ = read(f"{HEADER}'a ;NULL;;;UTAMA;'198505052010051005\n")
    assert not problems.all()
    assert table.select("id", "day", "kind", "number").rows() == [("a", None, "main", "198505052010051005")]


def test_headers_are_known_without_case_and_punctuation_and_others_are_noted() -> None:
    table, problems, notes = read("PnsId;tanggal;Nilai;Tahun;Jenis;nip;HP\na;;;;;;1\n")
    assert not problems.all()
    assert table["id"].to_list() == ["a"]
    assert notes == ["Columns not used: HP"]


def test_missing_and_repeated_columns_refuse_the_file() -> None:
    assert found("PNS ID;PNS ID;TANGGAL;NILAI;TAHUN;JENIS\n") == [
        (1, "NIP", "missing_column"),
        (1, "PNS ID", "repeated_column"),
    ]


def test_a_header_without_rows_is_refused() -> None:
    assert found(HEADER) == [(None, None, "no_rows")]


def test_the_same_problem_a_thousand_times_is_shown_fifty_times_and_counted() -> None:
    problems = read(HEADER + "a;kapan;;;;\n" * 1000)[1].all()
    shown = [one for one in problems if one.code == "not_a_date"]
    (more,) = [one for one in problems if one.code == "more"]
    assert (len(shown), more.params["count"]) == (SHOWN, 1000 - SHOWN)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_layout_names_a_header_or_a_column_twice(kind: Kind) -> None:
    headers = [folded(column.header) for column in LAYOUTS[kind]]
    names = [column.name for column in LAYOUTS[kind]]
    assert (len(set(headers)), len(set(names))) == (len(headers), len(names))


@pytest.mark.parametrize("code", list(TEXTS))
def test_every_text_is_a_sentence_with_a_remedy(code: str) -> None:
    message, remedy = TEXTS[code]
    assert message.endswith((".", "}"))
    assert remedy.endswith((".", "}"))


@pytest.mark.parametrize(
    ("raw", "shown", "point"),
    [
        ("Ani\u202eimaS", "AniimaS", "U+202E"),
        ("A\u200bni", "Ani", "U+200B"),
        ("Ani\x07 Sari", "Ani Sari", "U+0007"),
        ("Ani\x85Sari", "AniSari", "U+0085"),
        ("A\u00adni", "Ani", "U+00AD"),
    ],
)
def test_what_nobody_sees_is_left_out_and_told(raw: str, shown: str, point: str) -> None:
    table, problems, _ = read(f"{HEADER}a;;;;;\nb;;;;;\n".replace("b", raw))
    assert table["id"].to_list() == ["a", shown]
    (problem,) = problems.all()
    assert (problem.code, problem.row, problem.column, problem.value) == ("hidden_characters", 3, "PNS ID", shown)
    assert problem.severity == "warning"
    assert point in problem.message
