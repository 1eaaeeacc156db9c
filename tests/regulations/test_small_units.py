"""Head-counts without a solution, computed and explained, and what a regulation may grant small units."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras.cli import main
from selaras.errors import Invalid, Misconfigured, NotFound
from selaras.regulation import DistributionRule, Limit, Rules, Source, load_registry
from selaras.regulation.headcounts import headcounts
from selaras.regulation.small_units import pooled

SOURCE = Source("uji", "assumed")
CODES = ("sangat_baik", "baik", "cukup", "kurang", "sangat_kurang")
ON = date(2021, 12, 31)
NOW = date(2026, 6, 30)
NONE = [1, 2, 3, 4, 7, 8, 9, 14]
RATINGS = ("istimewa", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")


def ranking(**choices: object) -> Rules:
    return load_registry().rules("pp30_2019", on=ON, overrides=choices)


def circular(**choices: object) -> Rules:
    return load_registry().rules("permenpan_6_2022", on=NOW, overrides={"distribution_exempt_up_to": 0, **choices})


def divisions(size: int, parts: int) -> Iterator[tuple[int, ...]]:
    for counts in product(range(size + 1), repeat=parts - 1):
        if sum(counts) <= size:
            yield (*counts, size - sum(counts))


def impossible(rules: Rules, sizes: range, rating: str | None = None) -> list[int]:
    return [one.size for one in rules.headcounts(sizes, rating) if not one.possible]


def test_the_head_counts_without_a_solution_are_computed_from_the_limits() -> None:
    assert impossible(ranking(), range(1, 61)) == NONE
    assert impossible(ranking(), range(61, 301)) == []


def test_they_are_those_that_plain_counting_finds() -> None:
    found = []
    for size in range(1, 61):
        fits = any(
            5 * above <= size and 60 * size <= 100 * middle <= 70 * size and 5 * (size - above - middle) <= size
            for above in range(size + 1)
            for middle in range(size + 1 - above)
        )
        found += [] if fits else [size]
    assert found == NONE


@pytest.mark.parametrize("most", ["largest", "majority"])
@pytest.mark.parametrize("rating", RATINGS)
def test_the_circular_is_solved_as_trying_every_division_solves_it(rating: str, most: str) -> None:
    rules = circular(distribution_most=most)
    codes = [level.code for level in rules.outcomes]
    for size in range(1, 8):
        tried = list(divisions(size, len(codes)))
        rows = {"group": [str(n) for n in range(len(tried))], "organisation_rating": [rating] * len(tried)}
        frame = pl.DataFrame({**rows, **dict(zip(codes, zip(*tried, strict=True), strict=True))})
        (found,) = rules.headcounts([size], rating)
        assert found.possible == rules.check_distribution(frame)["valid"].any(), (rating, size)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 400), st.sampled_from((None, *RATINGS)), st.sampled_from(("largest", "majority")))
def test_an_example_keeps_every_limit_and_holds_everybody(size: int, rating: str | None, most: str) -> None:
    rules = ranking() if rating is None else circular(distribution_most=most)
    (found,) = rules.headcounts([size], rating)
    if found.example is None:
        assert found.reason
        return
    assert sum(found.example.values()) == size
    row = rules.check_distribution(pl.DataFrame([{"group": "1", "organisation_rating": rating, **found.example}]))
    assert row["violations"].to_list() == [[]]


def test_the_reason_is_said_in_words() -> None:
    seven, fourteen = ranking().headcounts([7, 14])
    assert seven.reason == {
        "id": "Baik: sekurangnya 5 tetapi paling banyak 4 dari 7 orang "
        "(Sesuai ekspektasi paling sedikit 60 %; Sesuai ekspektasi paling banyak 70 %)",
        "en": "Good: at least 5 but at most 4 of 7 people (As expected at least 60 %; As expected at most 70 %)",
    }
    assert fourteen.reason is not None
    assert fourteen.reason["en"] == (
        "at most 13 of 14 people find a place: Very good 0-2, Good 9-9, Fair / Poor / Very poor 0-2"
    )
    (two,) = circular().headcounts([2], "kurang")
    assert two.reason is not None
    assert two.reason["en"].startswith("at least 3 people are needed, there are 2")


def test_lower_bounds_and_rounding_change_the_answer() -> None:
    assert impossible(ranking(share_rounding="generous"), range(1, 61)) == []
    assert set(impossible(ranking(above_at_least=10, below_at_least=10), range(1, 61))) >= set(NONE)
    nearest = impossible(ranking(share_rounding="nearest"), range(1, 61))
    assert nearest
    assert set(nearest) < set(NONE)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(Invalid, match="name one of istimewa"):
        circular().headcounts([5])
    with pytest.raises(NotFound, match="demands no distribution"):
        load_registry().rules("pp46_2011", on=date(2019, 12, 31)).headcounts([5])
    limits = tuple(
        Limit(code, "share_at_most", outcomes, {"id": code, "en": code}, SOURCE, percent=50)
        for code, outcomes in (("x", ("a", "b")), ("y", ("b", "c")))
    )
    crossing = DistributionRule({}, 0, "largest", SOURCE, everywhere=limits)
    with pytest.raises(Misconfigured, match="cross"):
        headcounts(crossing, {code: {"id": code, "en": code} for code in "abc"}, [5])


# --- largest remainder


def above_as_below(rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    counts = [(one, other, below, 0, 0) for one, other, below in rows]
    keys = [str(n) for n in range(len(rows))]
    return pl.DataFrame({"group": keys, **dict(zip(CODES, zip(*counts, strict=True), strict=True))})


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 80))
def test_by_largest_remainder_every_head_count_has_a_division(size: int) -> None:
    rules, strict = ranking(small_units="largest_remainder"), ranking()
    tried = list(divisions(size, 3))
    valid = rules.check_distribution(above_as_below(tried))["valid"]
    assert valid.any()
    if size not in NONE:  # what has a solution does not give way
        assert valid.to_list() == strict.check_distribution(above_as_below(tried))["valid"].to_list()


@pytest.mark.parametrize(
    ("size", "allowed"),
    [
        (1, {(0, 1, 0)}),
        (2, {(1, 1, 0), (0, 1, 1)}),
        (3, {(1, 2, 0), (0, 2, 1)}),
        (4, {(1, 2, 1)}),
        (7, {(2, 4, 1), (1, 4, 2)}),
        (14, {(3, 8, 3), (3, 9, 2), (2, 9, 3)}),
    ],
)
def test_the_divisions_by_largest_remainder(size: int, allowed: set[tuple[int, int, int]]) -> None:
    tried = list(divisions(size, 3))
    checked = ranking(small_units="largest_remainder").check_distribution(above_as_below(tried))
    assert {one for one, valid in zip(tried, checked["valid"], strict=True) if valid} == allowed


# --- pooling


def units(*rows: tuple[str, str | None, int]) -> pl.DataFrame:
    """(unit, its parent, people who are all as expected)."""
    return pl.DataFrame(
        [{"group": unit, "parent": parent, **dict.fromkeys(CODES, 0), "baik": people} for unit, parent, people in rows],
        infer_schema_length=None,
    )


def joined(frame: pl.DataFrame, **choices: object) -> dict[str, tuple[str | None, int]]:
    rule = ranking(small_units="pool", **choices).distribution
    whole = pooled(rule, frame, CODES)
    return {row["group"]: (row["pooled_into"], row["baik"]) for row in whole.to_dicts()}


def test_small_units_are_judged_with_the_unit_above() -> None:
    found = joined(
        units(("dinas", None, 1), ("bidang a", "dinas", 4), ("bidang b", "dinas", 9), ("seksi", "bidang a", 3))
    )
    assert found == {
        "dinas": (None, 1),
        "bidang a": (None, 7),  # 4 of its own and the 3 of its section
        "bidang b": (None, 9),
        "seksi": ("bidang a", 3),
    }


def test_what_is_still_too_small_goes_on_upwards_and_stays_at_the_top() -> None:
    found = joined(units(("dinas", None, 1), ("bidang", "dinas", 1), ("seksi", "bidang", 2)))
    assert found == {"dinas": (None, 4), "bidang": ("dinas", 3), "seksi": ("bidang", 2)}


def test_the_least_size_is_the_agencys_choice_and_other_policies_pool_nobody() -> None:
    frame = units(("dinas", None, 10), ("bidang", "dinas", 6))
    assert joined(frame, small_unit_minimum=7)["dinas"] == (None, 16)
    for policy in ("strict", "exempt", "largest_remainder"):
        whole = pooled(ranking(small_units=policy).distribution, frame, CODES)
        assert whole["pooled_into"].to_list() == [None, None]
        assert whole["baik"].to_list() == [10, 6]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=1, max_size=12))
def test_pooling_loses_nobody(rows: list[tuple[int, int]]) -> None:
    """Each unit hangs on an earlier one; what is judged at the end is everybody, once."""
    frame = units(*((str(n), str(up % n) if n else None, people) for n, (up, people) in enumerate(rows)))
    found = joined(frame)
    assert sum(people for into, people in found.values() if into is None) == sum(people for _, people in rows)
    assert all(people < 5 for into, people in found.values() if into)


# --- the traces, and the command


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*(st.integers(0, 30) for _ in CODES)), min_size=1, max_size=6))
def test_a_trace_holds_everybody_without_a_rating(rows: list[tuple[int, ...]]) -> None:
    keys = {"group": [str(n) for n in range(len(rows))]}
    frame = pl.DataFrame({**keys, **dict(zip(CODES, zip(*rows, strict=True), strict=True))})
    for row, counts in zip(ranking().check_distribution(frame).to_dicts(), rows, strict=True):
        assert row["size"] == sum(counts)
        named = {detail["code"]: detail for detail in row["details"]}
        assert row["organisation_rating"] is None
        assert sum(named[code]["actual"] for code in ("above>20%", "as_expected>70%", "below>20%")) == row["size"]
        assert all(detail["breached"] == (detail["room"] < 0) for detail in row["details"])


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    monkeypatch.setattr(sys, "argv", ["selaras", "regulation", "headcounts", *args])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr()
    return (said.out + said.err).splitlines()


def test_the_command_says_which_and_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(monkeypatch, capsys, "pp30_2019") == [
        "pp30_2019, head-counts 1 to 60: no solution for 1, 2, 3, 4, 7, 8, 9, 14"
    ]
    circulars = command(monkeypatch, capsys, "permenpan_6_2022", "--up-to", "20")
    assert [line.split(": ")[1] for line in circulars] == [
        "no solution for 1",
        "no solution for 1",
        "each has a solution",
        "no solution for 1, 2",
        "no solution for 1, 2",
    ]
    assert command(monkeypatch, capsys, "pp30_2019", "--explain", "9", "--explain", "10") == [
        "pp30_2019; head-count 9: no solution: paling banyak 8 dari 9 orang mendapat tempat: "
        "Sangat Baik 0-1, Baik 6-6, Cukup / Kurang / Sangat Kurang 0-1",
        "pp30_2019; head-count 10: Sangat Baik 2, Baik 7, Cukup 1, Kurang 0, Sangat Kurang 0",
    ]
    assert "leave out --rating" in command(monkeypatch, capsys, "pp30_2019", "--rating", "baik")[0]
    assert "demands no distribution" in command(monkeypatch, capsys, "pp46_2011")[0]
