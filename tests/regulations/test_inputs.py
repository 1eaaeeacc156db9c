"""Every kind of problem in the input is named with its row, column and remedy."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from selaras.regulation import InputProblem, Registry, Rules
from selaras.regulation.inputs import WORDS, typed, validate
from selaras.regulation.types import Column, Label

PERSON: dict[str, Any] = {
    "person": "1",
    "extra_duties": "2",
    "creativity": "3",
    "orientasi_pelayanan": "80",
    "integritas": "80",
    "komitmen": "80",
    "disiplin": "80",
    "kerja_sama": "80",
    "kepemimpinan": "",
}
ITEM: dict[str, Any] = {
    "person": "1",
    "item": "1",
    "quantity_target": "10",
    "quantity_actual": "9",
    "quality_target": "",
    "quality_actual": "90",
    "time_target": "12",
    "time_actual": "12",
    "cost_target": "",
    "cost_actual": "",
}


@pytest.fixture(scope="module")
def rules(registry: Registry) -> Rules:
    return registry.rules("pp46_2011", on=date(2019, 12, 31))


def found(rules: Rules, people: list[dict[str, Any]], items: list[dict[str, Any]]) -> list[InputProblem]:
    return rules.validate(pl.DataFrame(people), pl.DataFrame(items))


def test_good_input_has_no_problem_and_is_read_in_its_types(rules: Rules) -> None:
    assert found(rules, [PERSON], [ITEM]) == []
    people = rules.typed_people(pl.DataFrame([PERSON]))
    assert people.row(0, named=True) == {
        "person": "1",
        "extra_duties": 2,
        "creativity": 3.0,
        **dict.fromkeys(("orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama"), 80.0),
        "kepemimpinan": None,
    }
    assert rules.appraise(people, rules.typed_items(pl.DataFrame([ITEM]))).outcomes["outcome"].to_list() == ["baik"]


@pytest.mark.parametrize(
    ("change", "column", "code", "remedy"),
    [
        ({"disiplin": "baik"}, "disiplin", "not_a_number", "decimal point"),
        ({"disiplin": "80,5"}, "disiplin", "not_a_number", "decimal point"),
        ({"disiplin": "NaN"}, "disiplin", "not_a_number", "decimal point"),
        ({"disiplin": "inf"}, "disiplin", "not_a_number", "decimal point"),
        ({"disiplin": ""}, "disiplin", "empty", "fill in disiplin"),
        ({"disiplin": None}, "disiplin", "empty", "fill in disiplin"),
        ({"disiplin": "101"}, "disiplin", "too_large", "at most 100 poin"),
        ({"disiplin": "-1"}, "disiplin", "too_small", "of at least 0 poin"),
        ({"extra_duties": "1.5"}, "extra_duties", "not_whole", "whole number"),
        ({"person": ""}, "person", "empty_key", "every row needs its key"),
    ],
)
def test_problems_of_people(rules: Rules, change: dict[str, Any], column: str, code: str, remedy: str) -> None:
    other = {**PERSON, "person": "2", **change}
    problems = [p for p in found(rules, [PERSON, other], [ITEM, {**ITEM, "person": "2"}]) if p.table == "people"]
    assert [(p.row, p.column, p.code) for p in problems][:1] == [(2, column, code)]
    assert remedy in problems[0].remedy


@pytest.mark.parametrize(
    ("change", "column", "code", "remedy"),
    [
        ({"quantity_target": "0"}, "quantity_target", "too_small", "above 0 output"),
        ({"cost_target": "100"}, "cost_actual", "needs", "fill in cost_actual or empty cost_target"),
        ({"cost_actual": "100"}, "cost_target", "needs", "fill in cost_target or empty cost_actual"),
        ({"person": "9"}, "person", "unknown_person", "add the person"),
        ({"item": "1"}, "item", "repeated", "remove the repeated row"),
    ],
)
def test_problems_of_items(rules: Rules, change: dict[str, Any], column: str, code: str, remedy: str) -> None:
    problems = found(rules, [PERSON], [ITEM, {**ITEM, "item": "2", **change}])
    assert [(p.table, p.row, p.column, p.code) for p in problems] == [("items", 2, column, code)]
    assert remedy in problems[0].remedy


def test_a_person_without_items_is_named(rules: Rules) -> None:
    problems = found(rules, [PERSON, {**PERSON, "person": "2"}], [ITEM])
    assert [(p.table, p.row, p.value, p.code) for p in problems] == [("people", 2, "2", "no_items")]


def test_missing_columns_are_named_with_their_unit(rules: Rules) -> None:
    people = pl.DataFrame([PERSON]).drop("disiplin", "person")
    problems = rules.validate(people, pl.DataFrame([ITEM]).drop("time_actual"))
    assert [(p.table, p.row, p.column) for p in problems] == [
        ("people", None, "person"),
        ("people", None, "disiplin"),
        ("items", None, "time_actual"),
    ]
    assert problems[2].remedy == "add the column time_actual (bulan)"


def test_codes_are_named_with_what_is_allowed(registry: Registry) -> None:
    rules = registry.rules("permenpan_6_2022", on=date(2026, 6, 30))
    people = pl.DataFrame({"person": ["1"], "rating_hasil_kerja": ["Sesuai"], "rating_perilaku": [" sesuai "]})
    (problem,) = rules.validate(people)
    assert problem.words("id") == ("nilai tidak dikenal", "pakai salah satu dari: di_atas, sesuai, di_bawah")
    assert rules.typed_people(people)["rating_perilaku"].to_list() == ["sesuai"]


def test_dates_booleans_and_numbers_among_few() -> None:
    label = Label(id="uji", en="test")
    columns = (
        Column("day", "date", label, required=False),
        Column("flag", "boolean", label, required=False),
        Column("level", "integer", label, required=False, allowed=("1", "2")),
    )
    people = pl.DataFrame(
        {
            "person": ["1", "2"],
            "day": ["2026-01-31", "31/01/2026"],
            "flag": ["TRUE", "ya"],
            "level": ["1", "3"],
        }
    )
    problems = validate(people, None, columns, ())
    assert [(p.row, p.column, p.code) for p in problems] == [
        (2, "day", "not_a_date"),
        (2, "flag", "not_yes_no"),
        (2, "level", "not_allowed"),
    ]
    good = typed(people.head(1), ("person",), columns)
    assert good.row(0) == ("1", date(2026, 1, 31), True, 1)


def test_typed_frames_are_checked_as_well(rules: Rules) -> None:
    people = rules.typed_people(pl.DataFrame([PERSON])).with_columns(disiplin=pl.lit(140.0))
    (problem,) = rules.validate(people)
    assert (problem.row, problem.value, problem.code) == (1, "140.0", "too_large")


def test_the_list_of_problems_is_limited(rules: Rules) -> None:
    people = pl.DataFrame([{**PERSON, "person": str(n), "disiplin": "x"} for n in range(50)])
    assert len(rules.validate(people, limit=7)) == 7


def test_every_code_has_words_in_both_languages() -> None:
    for problem, remedy in WORDS.values():
        for label in (problem, remedy):
            assert label["id"]
            assert label["en"]
