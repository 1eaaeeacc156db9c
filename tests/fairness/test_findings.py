"""Findings on people who were made up, so that the truth is known: what was planted is found, and little else."""

from __future__ import annotations

import random
from dataclasses import replace
from math import comb

import numpy as np
import polars as pl
import pytest
import scipy

from selaras.fairness.appraisers import Finding, Pattern, findings
from selaras.fairness.chances import all_alike, at_least, drawn, fisher
from selaras.fairness.gaming import lowered_twice, turns
from selaras.fairness.outcomes import gaps
from selaras.fairness.thresholds import DEFAULT

LEVELS, USUAL = (0, 1, 2, 3), (1, 3, 12, 4)
QUICK = replace(DEFAULT, resamples=499)


def rated(seed: int, teams: int = 30, size: int = 8) -> pl.DataFrame:
    """Teams of equal people in two ranking groups, rated by appraisers who are all alike."""
    draw = random.Random(seed)
    rows = []
    for n in range(teams * size):
        one, other = draw.choices(LEVELS, USUAL)[0], draw.choices(LEVELS, USUAL)[0]
        rows.append((f"p{n:04}", f"a{n // size:03}", f"g{n % 2}", one, draw.random() < (0.5 if one == other else 0.4)))
    return pl.DataFrame(rows, schema=["person", "appraiser_id", "group_key", "level", "alike"], orient="row")


def shown(frame: pl.DataFrame) -> list[Finding]:
    return [one for one in findings(frame, middle=2) if one.shown]


def team(name: str, then: pl.Expr, column: str = "level") -> pl.Expr:
    return pl.when(pl.col("appraiser_id") == name).then(then).otherwise(pl.col(column)).alias(column)


def test_without_bias_there_is_next_to_nothing_to_say() -> None:
    """Thirty appraisers, four patterns, eight agencies: 960 chances to cry wolf."""
    found = [one for seed in range(8) for one in shown(rated(seed))]
    assert len(found) <= 3, found


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_pattern_is_found_with_its_appraiser(seed: int) -> None:
    severe = shown(rated(seed, size=14).with_columns(team("a003", (pl.col("level") - 1).clip(0))))
    assert ("a003", Pattern.SEVERITY) in {(one.appraiser_id, one.pattern) for one in severe}
    same = shown(rated(seed, size=16).with_columns(team("a004", pl.lit(3))))
    patterns = {one.pattern for one in same if one.appraiser_id == "a004"}
    assert patterns >= {Pattern.LENIENCY, Pattern.SPREAD}
    middle = shown(rated(seed, size=18).with_columns(team("a005", pl.lit(2))))
    assert Pattern.MIDDLE in {one.pattern for one in middle if one.appraiser_id == "a005"}
    halo = shown(rated(seed, size=16).with_columns(team("a006", pl.lit(value=True), "alike")))
    assert ("a006", Pattern.HALO) in {(one.appraiser_id, one.pattern) for one in halo}


def test_small_teams_are_drawn_to_the_usual_and_tiny_ones_are_not_judged() -> None:
    frame = rated(1).with_columns(team("a003", (pl.col("level") - 1).clip(0)))
    one = next(f for f in findings(frame, 2) if f.appraiser_id == "a003" and f.pattern is Pattern.SEVERITY)
    assert 0 > one.shrunk > one.own - one.usual  # less than what was seen, never more
    few = pl.DataFrame(
        {
            "person": ["x1", "x2"],
            "appraiser_id": ["few"] * 2,
            "group_key": ["g0"] * 2,
            "level": [0, 0],
            "alike": [True, True],
        }
    )
    assert "few" not in {f.appraiser_id for f in findings(pl.concat([frame, few]), 2)}


def test_a_good_team_of_its_own_kind_is_compared_with_nobody_else() -> None:
    """Everybody of a group under one appraiser: there are no comparable others, so nothing is said."""
    frame = rated(2).with_columns(
        group_key=pl.when(pl.col("appraiser_id") == "a000").then(pl.lit("own")).otherwise("group_key")
    )
    assert "a000" not in {one.appraiser_id for one in findings(frame, 2)}


def test_chances_are_exact() -> None:
    """Against counting by hand: 5 of 20 marked, 4 drawn, all four marked; and two groups together."""
    assert at_least(drawn([(20, 5, 4)]), 4) == pytest.approx(5 / 4845)
    assert at_least(drawn([(4, 2, 2), (4, 2, 2)]), 4) == pytest.approx(1 / 36)
    assert all_alike([((2, 2), 2)]) == pytest.approx(2 / 6)
    table = np.array([[8, 2], [1, 5]])
    assert fisher(table, 99, 1) == pytest.approx(float(scipy.stats.fisher_exact(table).pvalue))
    wide = np.array([[6, 2, 0], [1, 3, 4]])
    assert fisher(wide, 9999, 1) == pytest.approx(freeman_halton(wide), abs=0.006)


def freeman_halton(table: np.ndarray) -> float:
    """Every 2×3 table with the same sums, and the chance of those that are no likelier than the one that was seen."""
    columns, first = table.sum(axis=0), int(table[0].sum())
    chances = {
        (a, b): comb(columns[0], a) * comb(columns[1], b) * comb(columns[2], first - a - b)
        for a in range(columns[0] + 1)
        for b in range(columns[1] + 1)
        if 0 <= first - a - b <= columns[2]
    }
    seen = chances[table[0, 0], table[0, 1]]
    return sum(one for one in chances.values() if one <= seen) / sum(chances.values())


def crowd(seed: int, people: int = 240) -> pl.DataFrame:
    draw = random.Random(seed)
    rows = [
        (f"p{n:04}", f"g{n % 3}", draw.choices(LEVELS, USUAL)[0], draw.choice("FM"), draw.choice(["no"] * 5 + ["yes"]))
        for n in range(people)
    ]
    return pl.DataFrame(rows, schema=["person", "group_key", "level", "sex", "newcomer"], orient="row")


def test_groups_that_are_treated_alike_are_hardly_ever_warned_about() -> None:
    found = [one for seed in range(15) for one in gaps(crowd(seed), ("sex", "newcomer"), QUICK) if one.shown]
    assert len(found) <= 3, found


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_gap_is_found_within_comparable_groups(seed: int) -> None:
    lower = pl.when(pl.col("newcomer") == "yes").then((pl.col("level") - 1).clip(0)).otherwise("level").alias("level")
    found = [one for one in gaps(crowd(seed).with_columns(lower), ("sex", "newcomer"), QUICK) if one.shown]
    assert (found[0].trait, found[0].value) == ("newcomer", "yes")
    assert found[0].delta < -0.3
    assert found[0].rate < 0.01
    assert found[0].method == "permutation"


def test_a_difference_between_ranking_groups_is_no_gap() -> None:
    """All men are in the higher group: whoever compares without regard to groups finds what is not there."""
    rows = [
        (f"p{n}", "low" if n < 60 else "high", (1 if n < 60 else 3) - n % 2, "F" if n % 60 < 45 else "M")
        for n in range(120)
    ]
    frame = pl.DataFrame(rows, schema=["person", "group_key", "level", "sex"], orient="row")
    mixed = frame.with_columns(sex=pl.when(pl.col("group_key") == "high").then(pl.lit("M")).otherwise("sex"))
    assert not [one for one in gaps(mixed, ("sex",), QUICK) if one.shown]
    naive = [one for one in gaps(mixed.with_columns(group_key=pl.lit("all")), ("sex",), QUICK) if one.shown]
    assert [(one.value, one.method) for one in naive] == [("F", "fisher")]


def test_small_cells_are_neither_tested_nor_counted_out() -> None:
    few = crowd(3).with_columns(sex=pl.when(pl.col("person") < "p0004").then(pl.lit("F")).otherwise(pl.lit("M")))
    assert gaps(few, ("sex",), QUICK) == ()
    rare = pl.DataFrame(
        {"person": [f"p{n}" for n in range(40)], "group_key": "g", "level": [2] * 38 + [0, 0], "sex": ["M", "F"] * 20}
    )
    (one,) = gaps(rare, ("sex",), QUICK)
    assert (one.below, one.others_below) == (None, None)


def test_the_order_of_people_changes_no_figure() -> None:
    frame = crowd(5)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    assert gaps(frame, ("sex", "newcomer"), QUICK) == gaps(shuffled, ("sex", "newcomer"), QUICK)
    many = rated(5).with_columns(group_key=pl.format("g{}", pl.col("person").str.slice(1).cast(pl.Int64) % 7))
    told = {findings(many.sample(fraction=1, shuffle=True, seed=n), 2) for n in range(20)}
    assert len(told) == 1


def years(seed: int, chosen: str) -> pl.DataFrame:
    """Ten units of nine people over four years; three are best each year: by lot, by merit, or in turns."""
    draw = random.Random(seed)
    rows = []
    for unit in range(10):
        people = [f"u{unit}p{n}" for n in range(9)]
        for year in range(2022, 2026):
            best = {
                "lot": lambda people=people: set(draw.sample(people, 3)),
                "merit": lambda people=people: {*people[:2], draw.choice(people[2:])},
                "turns": lambda people=people, year=year: {people[(3 * (year - 2022) + n) % 9] for n in range(3)},
            }[chosen]()
            rows += [(f"u{unit}", year, person, person in best) for person in people]
    return pl.DataFrame(rows, schema=["unit_id", "year", "person", "top"], orient="row")


def test_turns_are_found_and_neither_merit_nor_chance_is_called_so() -> None:
    assert len([one for one in turns(years(1, "turns")) if one.shown]) == 10
    for chosen in ("lot", "merit"):
        assert not [one for seed in range(10) for one in turns(years(seed, chosen)) if one.shown]
    assert not turns(years(1, "turns").filter(pl.col("year") > 2023))  # two years are no series


def test_whoever_was_lowered_before_is_named_once() -> None:
    before = pl.DataFrame({"person": ["b", "c", "c"]})
    assert lowered_twice(["c", "a", "b"], before) == ("b", "c")
