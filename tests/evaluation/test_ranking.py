"""Ranks and suggested divisions: equals, exact rounding in words, whole people, and no matter of order."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import product

import polars as pl
import pytest

from selaras.evaluation.ranking import Basis, Ties, ranks
from selaras.evaluation.suggesting import placed, suggestion
from selaras.regulation import Rules, load_registry

CODES = ["sb", "b", "k"]
GROUP = pl.DataFrame(
    {
        "person": ["p1", "p2", "p3", "p4"],
        "group_key": ["g"] * 4,
        "outcome": ["b", "sb", "b", "k"],
        "score": [80.0, 79.0, 80.0000000001, None],
    }
)


def ranked(basis: Basis, ties: Ties) -> dict[str, float]:
    return dict(ranks(GROUP, CODES, basis, ties).select("person", "rank").iter_rows())


def test_equals_share_a_rank_as_the_rule_says() -> None:
    assert ranked(Basis.SCORE, Ties.SKIP) == {"p1": 1, "p3": 1, "p2": 3, "p4": 4}
    assert ranked(Basis.SCORE, Ties.DENSE) == {"p1": 1, "p3": 1, "p2": 2, "p4": 3}
    assert ranked(Basis.SCORE, Ties.MIDDLE) == {"p1": 1.5, "p3": 1.5, "p2": 3, "p4": 4}


def test_an_ordinal_outcome_ranks_and_the_score_may_part_equals() -> None:
    assert ranked(Basis.OUTCOME, Ties.SKIP) == {"p2": 1, "p1": 2, "p3": 2, "p4": 4}
    assert ranked(Basis.OUTCOME_THEN_SCORE, Ties.SKIP) == {"p2": 1, "p1": 2, "p3": 2, "p4": 4}


@pytest.fixture(scope="module")
def law() -> dict[str, Rules]:
    registry = load_registry()
    return {
        "pp30": registry.rules("pp30_2019", on=date(2021, 12, 31)),
        "pp30 remainder": registry.rules(
            "pp30_2019", on=date(2021, 12, 31), overrides={"small_units": "largest_remainder"}
        ),
        "permenpan": registry.rules("permenpan_6_2022", on=date(2026, 9, 30)),
    }


def counts_of(rules: Rules, *people: int) -> dict[str, int]:
    return dict(zip([level.code for level in rules.outcomes], people, strict=True))


def test_the_rounding_is_said_in_words_and_what_follows(law: dict[str, Rules]) -> None:
    found = suggestion(law["pp30"], "u", None, counts_of(law["pp30"], 4, 9, 1, 0, 0))
    above = next(line for line in found.lines if line.limit["en"].startswith("Above"))
    assert above.arithmetic["en"] == "20% of 14 people are 2.8; rounded down: at most 2"
    assert above.arithmetic["id"] == "20% dari 14 orang adalah 2,8; dibulatkan ke bawah: paling banyak 2"
    assert above.advice["en"] == "2 must leave Very good"
    assert found.wanted is None  # 14 people cannot keep PP 30/2019 read strictly
    assert found.reason is not None
    fifteen = suggestion(law["pp30"], "u", None, counts_of(law["pp30"], 4, 10, 1, 0, 0))
    assert fifteen.wanted == counts_of(law["pp30"], 3, 10, 2, 0, 0)
    assert fifteen.steps == 2


def test_under_the_circular_the_organisations_rating_decides(law: dict[str, Rules]) -> None:
    rules = law["permenpan"]
    good = suggestion(rules, "u", "baik", counts_of(rules, 2, 18, 0, 0, 0))
    assert good.wanted == counts_of(rules, 5, 14, 1, 0, 0)
    assert {line.advice["en"] for line in good.lines if line.breached} == {
        "4 must leave Good",
        "1 more must be Needs improvement or Poor",
    }
    kept = suggestion(rules, "u", "baik", counts_of(rules, 5, 14, 1, 0, 0))
    assert (kept.valid, kept.steps, kept.wanted) == (True, 0, kept.now)
    small = suggestion(rules, "u", "baik", counts_of(rules, 1, 0, 0, 0, 0))
    assert small.exempt == (law["permenpan"].distribution.exempt_up_to >= 1)


@pytest.mark.parametrize("which", ["pp30", "pp30 remainder", "permenpan"])
def test_a_division_is_whole_keeps_every_limit_and_is_the_nearest(law: dict[str, Rules], which: str) -> None:
    """Against every division of small groups that there is."""
    rules, draw = law[which], random.Random(which)
    codes = [level.code for level in rules.outcomes]
    for _ in range(12):
        size = draw.randrange(2, 8)
        now = Counter(draw.choices(codes, k=size))
        rating = None if which.startswith("pp30") else draw.choice(["istimewa", "baik", "kurang"])
        found = suggestion(rules, "u", rating, now)
        assert sum(found.now.values()) == size
        every = [each for each in product(range(size + 1), repeat=len(codes)) if sum(each) == size]
        shape = {"group": pl.String, "organisation_rating": pl.String, **dict.fromkeys(codes, pl.Int64)}
        frame = pl.DataFrame([("u", rating, *each) for each in every], schema=shape, orient="row")
        checked = rules.check_distribution(frame)
        valid = [each for each, row in zip(every, checked.to_dicts(), strict=True) if not row["violations"]]
        if found.exempt:
            continue
        assert (found.wanted is None) == (not valid)
        if found.wanted is not None:
            assert sum(found.wanted.values()) == size
            assert tuple(found.wanted.values()) in valid
            assert found.steps == min(_steps(tuple(found.now.values()), each) for each in valid)


def _steps(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    apart, total = 0, 0
    for a, b in zip(one, other, strict=True):
        apart += b - a
        total += abs(apart)
    return total


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_people_changes_nothing(law: dict[str, Rules], seed: int) -> None:
    rules, draw = law["pp30"], random.Random(seed)
    codes = [level.code for level in rules.outcomes]
    rows = [
        {
            "person": f"p{n:03}",
            "group_key": "g",
            "outcome": draw.choice(codes),
            "score": draw.choice([70.0, 80.0, None]),
        }
        for n in range(15)
    ]
    schema = {"person": pl.String, "group_key": pl.String, "outcome": pl.String, "score": pl.Float64}
    results = []
    for shuffled in (rows, draw.sample(rows, len(rows))):
        frame = pl.DataFrame(shuffled, schema=schema)
        basis, ties = list(Basis)[seed % 3], list(Ties)[seed % 3]
        order = ranks(frame, codes, basis, ties)
        found = suggestion(rules, "u", None, Counter(frame.get_column("outcome").to_list()))
        assert found.wanted is not None
        at = ranks(frame, codes, Basis.OUTCOME_THEN_SCORE, Ties.DENSE).with_columns(place="rank")
        whole = placed(at, codes, found.wanted)
        results.append((order.rows(), whole.sort("person").rows(), found))
    assert results[0] == results[1]
    # Whoever is not moved keeps the outcome; of equals on a border each is told both sides.
    sure = whole.filter(pl.col("from_code") == pl.col("to_code"))
    for code in codes:
        assert sure.filter(pl.col("from_code") == code).height <= found.wanted[code]
    equal = whole.group_by("place").agg(pl.col("from_code").n_unique(), pl.col("to_code").n_unique())
    assert equal.filter((pl.col("from_code") > 1) | (pl.col("to_code") > 1)).is_empty()
