"""Dated parameters: which value holds on a day as known on another, and what is refused at load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from selaras.errors import Invalid, Misconfigured
from selaras.regulation.parameters import load_parameters

GOOD = """
factor:
  label: {id: Faktor, en: Factor}
  kind: number
  values:
    - {value: 1, valid_from: 2014-01-01, known_from: 2014-01-01, article: Ps 1, certainty: regulation}
"""
DATED = """
factor:
  label: {id: Faktor, en: Factor}
  kind: number
  values:
    - {value: 1, valid_from: 2014-01-01, valid_to: 2020-01-01, known_from: 2014-01-01, article: P1, certainty: assumed}
    - {value: 2, valid_from: 2020-01-01, known_from: 2014-01-01, article: Ps 1, certainty: regulation}
    - {value: 3, valid_from: 2019-01-01, known_from: 2021-06-01, article: Ps 2, certainty: circular}
choice:
  label: {id: Pilihan, en: Choice}
  kind: integer
  open: true
  minimum: 1
  maximum: 9
  values:
    - {value: 5, valid_from: 2014-01-01, known_from: 2014-01-01, article: Ps 3, certainty: assumed}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize(
    ("on", "known", "value"),
    [
        (date(2014, 1, 1), None, 1),
        (date(2019, 12, 31), date(2020, 1, 1), 1),
        (date(2019, 12, 31), date(2021, 6, 1), 3),
        (date(2020, 1, 1), date(2021, 5, 31), 2),
        (date(2020, 1, 1), None, 3),
    ],
)
def test_the_value_of_a_day_as_known_on_a_day(folder: Path, on: date, known: date | None, value: int) -> None:
    (folder / "a.yaml").write_text(DATED)
    assert load_parameters(folder).at(on, known).factor == value


def test_before_its_time_or_before_it_was_known_there_is_no_value(folder: Path) -> None:
    (folder / "a.yaml").write_text(DATED)
    for on, known in ((date(2013, 12, 31), None), (date(2015, 1, 1), date(2013, 1, 1))):
        with pytest.raises(Misconfigured, match="No parameter factor is in force"):
            _ = load_parameters(folder).at(on, known).factor


def test_change_days(folder: Path) -> None:
    (folder / "a.yaml").write_text(DATED)
    assert load_parameters(folder).change_days() == {date(2014, 1, 1), date(2019, 1, 1), date(2020, 1, 1)}


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"factor": 2}, "The law sets the parameter factor"),
        ({"nothing": 2}, "There is no parameter nothing. Open parameters: choice"),
        ({"choice": 0}, "at least 1"),
        ({"choice": 10}, "at most 9"),
        ({"choice": "five"}, "must be a integer"),
        ({"choice": True}, "must be a integer"),
        ({"choice": None}, "may not be empty"),
    ],
)
def test_only_what_the_law_leaves_open_may_be_chosen(folder: Path, overrides: dict[str, object], words: str) -> None:
    (folder / "a.yaml").write_text(DATED)
    with pytest.raises(Invalid, match=words):
        load_parameters(folder).at(date(2015, 1, 1), None, overrides)


def test_a_choice_replaces_the_value(folder: Path) -> None:
    (folder / "a.yaml").write_text(DATED)
    values = load_parameters(folder).at(date(2015, 1, 1), None, {"choice": 7})
    assert (values.choice, values.factor) == (7, 1)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("article: Ps 1, ", "", "names no article"),
        ("article: Ps 1", "article: ''", "names no article"),
        ("certainty: regulation", "certainty: sure", "has the certainty 'sure'"),
        (", certainty: regulation", "", "has the certainty None"),
        ("known_from: 2014-01-01, ", "", "lacks known_from"),
        ("valid_from: 2014-01-01", "valid_from: soon", "valid_from must be a date"),
        ("known_from: 2014-01-01", "known_from: 2014-01-01, valid_to: 2014-01-01", "valid_to is not after"),
        ("value: 1,", "value: satu,", "must be a number"),
        ("value: 1,", "value: null,", "may not be empty"),
        ("value: 1,", "value: 1, valu: 2,", "unknown key valu"),
        ("kind: number", "kind: numeral", "has the kind 'numeral'"),
        ("kind: number", "kind: number\n  factor: 3", "unknown key factor"),
        ("kind: number", "kind: number\n  kind: number", "appears twice"),
        ("en: Factor", "en: ''", "needs a text in id and en"),
        (", en: Factor", "", "lacks en"),
        ("kind: number", "kind: day_of_year", "must be a day_of_year"),
        ("factor:", "2factor:", "must be an identifier"),
        ("factor:", "factor: [", "not valid YAML"),
        ("{value: 1", "[value", "not valid YAML"),
    ],
)
def test_a_bad_file_is_refused_in_words(folder: Path, before: str, after: str, words: str) -> None:
    (folder / "a.yaml").write_text(GOOD.replace(before, after, 1))
    with pytest.raises(Misconfigured, match=words):
        load_parameters(folder)


EXTRA = "    - {value: 2, valid_from: 2015-01-01, known_from: %s, article: Ps 1, certainty: regulation}\n"


@pytest.mark.parametrize(
    ("known", "words"),
    [("2014-01-01", "overlaps an entry known from the same day"), ("2013-01-01", "appended at the end")],
)
def test_overlaps_and_rewriting_are_refused(folder: Path, known: str, words: str) -> None:
    (folder / "a.yaml").write_text(GOOD + EXTRA % known)
    with pytest.raises(Misconfigured, match=words):
        load_parameters(folder)


def test_a_parameter_is_declared_once_among_all_files(folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(GOOD)
    with pytest.raises(Misconfigured, match="already declared"):
        load_parameters(folder)


def test_a_folder_without_parameters_is_refused(folder: Path) -> None:
    with pytest.raises(Misconfigured, match=r"No \*.yaml"):
        load_parameters(folder)


@pytest.mark.parametrize("day", ["02-30", "1-31", "01-31+", "31-01"])
def test_a_day_of_the_year_must_exist(folder: Path, day: str) -> None:
    text = GOOD.replace("kind: number", "kind: day_of_year").replace("value: 1,", f"value: '{day}',")
    (folder / "a.yaml").write_text(text)
    with pytest.raises(Misconfigured, match="MM-DD"):
        load_parameters(folder)
