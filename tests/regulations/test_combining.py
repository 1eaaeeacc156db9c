"""A regulation that makes one outcome of several segments: hooks, engine, refusals, and the command."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from selaras.cli import selaras
from selaras.errors import DomainError
from selaras.evaluation.combining import months_between
from selaras.regulation import combined_description, load_registry, receipt_from_steps
from selaras.regulation.segmentation import CAUSES

SEGMENTS = pl.DataFrame(
    {
        "person": ["b", "a", "a"],
        "item": ["1", "1", "2"],
        "regulation": ["pp30_2019", "pp46_2011", "pp30_2019"],
        "score": [97.0, 84.45, 108.0],
    }
)


def transition(**chosen: object):
    combination = load_registry().rules("pp30_2019", on=date(2021, 12, 31), overrides=chosen).combination
    assert combination is not None
    return combination


def test_two_halves_are_integrated_and_people_keep_their_order() -> None:
    found = transition().combine(SEGMENTS)
    assert found.outcomes.rows() == [("b", "baik", 97.0), ("a", "baik", 104.735)]
    assert found.person_steps["converted_rounded"].to_list() == [None, 101.47]
    assert found.item_steps.select("person", "item").rows() == SEGMENTS.select("person", "item").rows()


@pytest.mark.parametrize(("gap", "converted"), [("lower_continues", 70.06), ("upper_starts", 69.32)])
def test_both_conventions_for_a_fraction_between_two_bands(gap: str, converted: float) -> None:
    half = pl.DataFrame({"person": ["a"], "item": ["1"], "regulation": ["pp46_2011"], "score": [60.5]})
    assert transition(conversion_gap=gap).combine(half).outcomes["score"].to_list() == [converted]


@pytest.mark.parametrize(
    ("weighting", "score"), [("equal", 85.0), ("days", pytest.approx(83)), ("months", pytest.approx(80))]
)
def test_the_parts_of_a_year_weigh_as_the_agency_chose(weighting: str, score: float) -> None:
    rules = load_registry().rules("pp46_2011", on=date(2019, 12, 31), overrides={"segment_weighting": weighting})
    assert rules.combination is not None
    parts = pl.DataFrame(
        {"person": ["a", "a"], "item": ["1", "2"], "score": [80.0, 90.0], "days": [70, 30], "months": [10.0, 0.0]}
    )
    assert rules.combination.combine(parts).outcomes["score"].to_list() == [score]


def test_a_part_without_a_score_leaves_the_whole_open() -> None:
    open_part = SEGMENTS.with_columns(score=pl.Series([97.0, None, 108.0]))
    assert transition().combine(open_part).outcomes["outcome"].to_list() == ["baik", None]


def test_a_receipt_of_a_combined_outcome_is_read_by_the_combining_rule() -> None:
    rules = load_registry().rules("pp30_2019", on=date(2021, 12, 31))
    description = combined_description(rules.describe())
    found = transition().combine(SEGMENTS)
    items = [facts | steps for facts, steps in zip(SEGMENTS.to_dicts(), found.item_steps.to_dicts(), strict=True)]
    receipt = receipt_from_steps(description, found.person_steps.row(1, named=True), items[1:])
    assert (receipt.outcome, receipt.score) == ("baik", 104.735)
    assert [line.item for line in receipt.lines if line.step == "score"] == ["1", "2"]
    assert all(line.article for line in receipt.lines if line.part == "step")


def test_without_the_hook_the_whole_is_judged_afresh() -> None:
    rules = load_registry().rules("permenpan_6_2022", on=date(2026, 9, 30))
    assert (rules.combination, rules.describe()["combining"]) == (None, None)
    assert rules.segmentation.causes == CAUSES


def test_the_combining_rule_is_part_of_the_rule_s_hash() -> None:
    registry = load_registry()
    loaded = registry.loaded("pp46_2011")
    assert loaded.identity.editions[0].combining == ("combining.py",)
    equal = registry.rules("pp46_2011", on=date(2019, 12, 31))
    days = registry.rules("pp46_2011", on=date(2019, 12, 31), overrides={"segment_weighting": "days"})
    assert equal.hash != days.hash


@pytest.mark.parametrize(
    ("starts", "ends", "months"),
    [
        ((2021, 1, 1), (2021, 6, 30), 6.0),
        ((2021, 1, 1), (2021, 12, 31), 12.0),
        ((2021, 1, 1), (2021, 3, 15), 2 + 15 / 31),
        ((2020, 2, 15), (2020, 2, 15), 1 / 29),
    ],
)
def test_months_are_counted_by_their_days(
    starts: tuple[int, int, int], ends: tuple[int, int, int], months: float
) -> None:
    days = pl.DataFrame({"starts": [date(*starts)], "ends": [date(*ends)]})
    assert days.select(months_between()).item() == pytest.approx(months)


def run(*arguments: str | Path):
    return CliRunner().invoke(selaras, ["combine", *map(str, arguments)])


def test_the_command_combines_a_file(tmp_path: Path) -> None:
    file, out = tmp_path / "s.csv", tmp_path / "o.csv"
    file.write_text(
        "person,segment,regulation,score,new_idea\n0001,1,pp46_2011,84.45,\n0001,2,pp30_2019,108,\n"
        "0002,1,pp46_2011,100,\n0002,2,pp30_2019,118,true\n"
    )
    done = run("pp30_2019", "--segments", file, "--out", out, "--explain", "0001", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "=> Good (104.7350)" in done.output
    assert "[1] Score under PP 46/2011: 84.45 poin" in done.output
    # 100 is converted to 120; with 118 that is 119: the highest label, since the second half had a new idea.
    written = pl.read_csv(out).select("outcome", "score", "converted_rounded").rows()
    assert written == [("baik", 104.735, 101.47), ("sangat_baik", 119.0, 120.0)]
    assert pl.read_csv(tmp_path / "o.items.csv")["item"].to_list() == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("person,segment,score\n1,1,abc\n", "line 2, column score: 'abc'"),
        ("person,segment,score\n1,1,80\n1,1,81\n", "line 3, column segment"),
        ("person,score\n1,80\n", "column segment"),
        ("person,segment,days\n1,1,5\n", "column score"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_line_by_line(tmp_path: Path, content: str, said: str) -> None:
    file, out = tmp_path / "s.csv", tmp_path / "o.csv"
    file.write_text(content)
    done = run("pp46_2011", "--segments", file, "--out", out, "--lang", "en")
    assert done.exit_code == 2
    assert said in done.output
    assert not out.exists()


def test_refusals_of_the_command_are_sentences(tmp_path: Path) -> None:
    file, out = tmp_path / "s.csv", tmp_path / "o.csv"
    file.write_text("segment,score\n1,80\n")
    for regulation, code in (("pp46_2011", "combine.person"), ("permenpan_6_2022", "combine.afresh")):
        done = run(regulation, "--segments", file, "--out", out)
        assert isinstance(done.exception, DomainError)
        assert done.exception.code == code
