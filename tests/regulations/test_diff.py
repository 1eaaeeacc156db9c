"""`selaras regulation diff`: the same people under two rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from selaras.cli import main

PEOPLE = """person,orientasi_pelayanan,integritas,komitmen,disiplin,kerja_sama,rating_hasil_kerja,rating_perilaku
0001,84,82,83,80,85,di_atas,di_bawah
0002,80,80,80,80,80,sesuai,sesuai
0003,80,80,80,80,80,di_bawah,di_bawah
"""
ITEMS = """person,item,quantity_target,quantity_actual,quality_actual,time_target,time_actual
0001,1,12,12,85,12,24
0001,2,12,15,88,12,12
0002,1,10,10,90,12,12
0003,1,10,10,90,12,30
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "items.csv").write_text(ITEMS)

    def call(a: str, b: str, *more: str, items: bool = True, out: str = "out.csv") -> tuple[int, str, str]:
        files = ["--people", "people.csv", *(["--items", "items.csv"] if items else []), "--out", out, "--lang", "en"]
        monkeypatch.setattr(sys, "argv", ["selaras", "regulation", "diff", a, b, *files, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def rows(path: str = "out.csv") -> list[dict[str, object]]:
    return pl.read_csv(
        path, schema_overrides=dict.fromkeys(("person", "item", "value_a", "value_b"), pl.String)
    ).to_dicts()


def test_a_choice_shows_the_step_in_which_it_is_felt_first(run: Run) -> None:
    code, said, _ = run(
        "pp46_2011", "pp46_2011", "--on-a", "2019-12-31", "--on-b", "2019-12-31", "--set-b", "aspect_floor=0"
    )
    assert code == 0
    first, second, third = rows()
    assert (first["changed"], first["step"], first["item"]) == (True, "time_score", "1")
    assert (first["value_a"], first["value_b"]) == ("-24.0", "0.0")
    assert first["score_b"] - first["score_a"] == pytest.approx(24 / 3 / 2 * 0.6)  # type: ignore[operator]  # wrong on purpose, or known better here
    assert (second["changed"], second["step"], second["value_a"]) == (False, None, None)
    assert (third["changed"], third["outcome_a"], third["outcome_b"]) == (True, "kurang", "cukup")
    assert "2 of 3 people change, 1 to another outcome" in said
    assert "Time score (time_score)" in said


def test_the_same_rule_changes_nobody(run: Run) -> None:
    code, said, _ = run("pp46_2011", "pp46_2011", "--on-a", "2015-01-31", "--on-b", "2019-12-31")
    assert code == 0
    assert "0 of 3 people change" in said
    assert {row["step"] for row in rows()} == {None}


def test_two_regulations_are_compared_by_outcome_and_last_steps(run: Run) -> None:
    code, said, _ = run(
        "pp46_2011", "permenpan_6_2022", "--on-a", "2019-12-31", "--on-b", "2026-06-30", "--explain", "0001"
    )
    assert code == 0
    first = rows()[0]
    assert (first["outcome_a"], first["outcome_b"], first["changed"]) == ("baik", "kurang", True)
    assert first["value_a"] == f"total_score={round(first['score_a'], 6)}; predikat=baik"  # type: ignore[call-overload]  # SQL of the test
    assert (first["value_b"], first["step"]) == ("predikat=kurang", None)
    moves = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if re.search(r"│ \d+ +│$", line)
    ]
    assert moves == [["Good", "Good", "1"], ["Good", "Poor", "1"], ["Poor", "Very poor", "1"]]
    assert "A: pp46_2011, 2013" in said
    assert "[1] Time score: -24 poin" in said
    assert "Performance predikat: Poor" in said


def test_both_receipts_mark_the_lines_that_differ(run: Run) -> None:
    _, said, _ = run("pp46_2011", "pp46_2011", "--set-b", "aspect_floor=0", "--explain", "0001")
    marked = [line for line in said.splitlines() if "≠" in line]
    assert any("[1] Time score: -24" in line and "[1] Time score: 0" in line for line in marked)
    assert not any("Quantity score" in line for line in marked)


def test_parquet_is_written_too(run: Run) -> None:
    assert run("permenpan_6_2022", "permenpan_6_2022", items=False, out="out.parquet")[0] == 0
    assert pl.read_parquet("out.parquet")["changed"].to_list() == [False, False, False]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pp46_2011", "pp46_2012"), "No regulation pp46_2012 is installed"),
        (("pp46_2011", "permenpan_6_2022", "--on-b", "2019-12-31"), "was not in force on 2019-12-31"),
        (("pp46_2011", "pp46_2011", "--set-a", "time_factor=2"), "The law sets the parameter time_factor"),
        (("pp46_2011", "pp46_2011", "--edition-b", "1999"), "has no edition 1999"),
        (("pp46_2011", "pp46_2011", "--explain", "0009"), "not among the people"),
    ],
)
def test_what_cannot_be_compared_is_said_and_nothing_is_written(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, _, err = run(*arguments)
    assert (code, words in err) == (2, True), err
    assert not Path("out.csv").exists()


def test_columns_that_one_side_needs_are_named(run: Run) -> None:
    Path("people.csv").write_text(PEOPLE.replace("rating_perilaku", "rating"))
    code, _, err = run("pp46_2011", "permenpan_6_2022")
    assert (code, "people.csv, column rating_perilaku: the column is missing" in err) == (2, True)
    code, _, err = run("permenpan_6_2022", "pp46_2011", items=False)
    assert code == 2
    assert not Path("out.csv").exists()
