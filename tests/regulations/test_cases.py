"""The law's worked examples pass, and each number of the law is held by some of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from selaras.cli.case import read_cases
from selaras.errors import Invalid
from selaras.regulation import Registry, load_registry
from selaras.regulation.articles import tell
from selaras.regulation.author.mutation import survivors
from selaras.regulation.cases import run_cases
from selaras.regulation.compare import differs

pytestmark = pytest.mark.slow

SHIPPED = [
    pytest.param(case, id=str(case["id"]))
    for code in load_registry().codes()
    for path in sorted((load_registry().loaded(code).folder / "cases").glob("*.yaml"))
    for case in read_cases(path)
]


@pytest.mark.parametrize("case", SHIPPED)
def test_the_example_passes(registry: Registry, case: dict[str, Any]) -> None:
    (result,) = run_cases(registry, [case])
    assert result.passed, result.failures


@pytest.mark.parametrize("code", load_registry().codes())
def test_a_changed_number_of_the_law_turns_an_example_red(registry: Registry, code: str) -> None:
    assert [str(one) for one in survivors(registry, tell(registry, code))] == []


def test_a_number_that_no_example_holds_is_found(registry: Registry) -> None:
    told = tell(registry, "permenpan_6_2022")
    bare = replace(told, cases=tuple(case for case in told.cases if "distribusi" not in case["rule"]))
    assert {one.parameter for one in survivors(registry, bare)} >= {"distribution", "distribution_most"}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"waktu": {"target": 12, "realisasi": [12, 9]}}, {"nilai_waktu": [76, 75]}),
        ({"waktu": [[12, 12], [12, 9]]}, {"nilai_waktu": [76, 75], "efisiensi_pct": [0, 25]}),
        ({"target": 12, "realisasi": [12, 9]}, {"nilai_waktu": [76, 75]}),
        ({"biaya": [100, 90]}, {"nilai_biaya": 86, "efisiensi_pct": 10}),
        ({"kuantitas": [4, 3], "waktu": [4, 4]}, {"kuantitas": 75, "waktu": 76, "jumlah": 151, "nilai": 75.5}),
        ({"kegiatan": [{"kuant_pct": 100, "kual": 90, "waktu": [3, 3]}]}, {"aspek": [[100, 90, 76]], "nilai": 88.67}),
        ({"kegiatan": {"kuant_pct": 100, "kual": 90, "waktu": [3, 3]}}, {"aspek": [100, 90, 76], "rata_rata": 88.6667}),
        ({"nilai_skp": 90, "perilaku": 80}, {"nilai_prestasi_2dp": 86, "label": "Baik"}),
        ({"rata_rata": 80, "tugas_tambahan": 7, "kreativitas": 12}, {"nilai_skp": 95}),
        ({"values": [90.4, 90.6]}, {"A": ["baik", "baik"], "B": ["sangat baik", "sangat baik"]}),
        ({"n": 5}, {"points": 2}),
    ],
)
def test_an_example_may_have_many_shapes(registry: Registry, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    case = {"id": "X", "rule": "PP 46/2011 + Perka BKN 1/2013", "inputs": inputs, "expected": expected}
    (result,) = run_cases(registry, [case])
    assert result.passed, result.failures


def test_an_unknown_rule_has_no_adapter(registry: Registry) -> None:
    (result,) = run_cases(registry, [{"id": "X", "rule": "no.such.rule", "inputs": {}, "expected": {"a": 1}}])
    assert result.regulation is None
    assert not result.passed


@pytest.mark.parametrize(
    ("inputs", "expected", "words"),
    [
        ({"rating_hasil_kerja": "sesuai", "cuaca": "cerah"}, {"predikat": "baik"}, "'cuaca' is not known"),
        ({"rating_hasil_kerja": "sesuai"}, {"warna": "biru"}, "'warna' is not known"),
        ({"rating_hasil_kerja": ["sesuai", "di_atas"]}, {"predikat": "baik"}, "there are 2"),
        ({"rating_hasil_kerja": "sesuai"}, {}, "expects nothing"),
        (None, {"predikat": "baik"}, "a shape that cannot be read"),
    ],
)
def test_an_example_that_is_not_understood_fails_in_words(
    registry: Registry, inputs: dict[str, Any] | None, expected: dict[str, Any], words: str
) -> None:
    case = {"id": "X", "rule": "permenpanrb_6_2022.kuadran", "inputs": inputs, "expected": expected}
    (result,) = run_cases(registry, [case])
    assert words in str(result.failures[0].got)


def test_words_are_read_as_codes_and_lists_as_many_people(registry: Registry) -> None:
    case = {
        "id": "X",
        "rule": "permenpanrb_6_2022.kuadran",
        "on": "2026-03-31",
        "inputs": {"hasil_kerja": ["Di Atas Ekspektasi", "di bawah"], "perilaku": "Sesuai Ekspektasi"},
        "expected": {"predikat": ["Baik", "butuh perbaikan"]},
    }
    (result,) = run_cases(registry, [case])
    assert result.passed, result.failures


@pytest.mark.parametrize(
    ("expected", "got", "is_different"),
    [
        (88.67, 88.6749, False),
        (88.67, 88.6751, True),
        (88.6667, 88.66666666, False),
        (89.0, 89.00004, False),
        (89.0, 89.001, True),
        (3, 3.0, False),
        (3, 4, True),
        (3, True, True),
        (None, 0, True),
        ([1, 2], [1, 2], False),
        ([1, 2], [1], True),
        ([1, 2], 1, True),
        (True, True, False),
        ("baik", "kurang", True),
    ],
)
def test_figures_agree_within_half_of_the_last_digit_printed(expected: object, got: object, is_different: bool) -> None:
    assert differs(expected, got) is is_different


def test_a_name_may_say_how_many_decimals_were_printed() -> None:
    assert not differs(88.6, 88.604, digits=2)
    assert differs(88.6, 88.606, digits=2)


def test_an_example_may_stand_on_its_own_day(registry: Registry) -> None:
    case = {
        "id": "X",
        "rule": "se_menpanrb_3_2023.distribusi",
        "on": date(2023, 1, 30),
        "inputs": {"predikat_organisasi": "istimewa", "jumlah": {"sangat_baik": 20}},
        "expected": {"valid": True},
    }
    (result,) = run_cases(registry, [case])
    assert result.passed, "the circular was issued the day after"


def test_files_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}')
    with pytest.raises(Invalid, match="list of examples"):
        read_cases(path)
    path.write_text("{")
    with pytest.raises(Invalid, match="cannot be read"):
        read_cases(path)
