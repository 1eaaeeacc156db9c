"""SE MenPANRB 3/2023 against a plain reading of it, and what the people in charge are told."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras.errors import Invalid
from selaras.regulation import Registry, advice, load_registry

ON = date(2026, 6, 30)
STRICT = load_registry().rules("permenpan_6_2022", on=ON, overrides={"distribution_exempt_up_to": 0})
CODES = ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")
RATINGS = ("istimewa", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")


def group(rating: str | None, *counts: int) -> pl.DataFrame:
    return pl.DataFrame([{"group": "g", "organisation_rating": rating, **dict(zip(CODES, counts, strict=True))}])


def plain_reading(rating: str, sb: int, b: int, bp: int, k: int, sk: int) -> set[str]:
    """The circular in whole numbers, without any of the engine."""
    n = sb + b + bp + k + sk
    rules = {
        "istimewa": {"SB_not_largest": sb < max(b, bp, k, sk), "SB>70%": 100 * sb > 70 * n},
        "baik": {
            "B_not_largest": b < max(sb, bp, k, sk),
            "B>70%": 100 * b > 70 * n,
            "no_BP_or_K": bp + k < 1 and n > 0,
        },
        "butuh_perbaikan": {"BP<60%": 100 * bp < 60 * n, "SB>10%": 100 * sb > 10 * n},
        "kurang": {"K<60%": 100 * k < 60 * n, "BP<10%": 100 * bp < 10 * n, "SB>10%": 100 * sb > 10 * n},
        "sangat_kurang": {"SK<60%": 100 * sk < 60 * n, "K+BP<10%": 100 * (k + bp) < 10 * n, "SB_forbidden": sb > 0},
    }
    return {code for code, breached in rules[rating].items() if breached}


groups = st.lists(st.tuples(st.sampled_from(RATINGS), *(st.integers(0, 40) for _ in CODES)), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(groups)
def test_the_engine_reads_the_circular_as_a_person_does(rows: list[tuple[Any, ...]]) -> None:
    frame = pl.DataFrame(
        [
            {"group": str(n), "organisation_rating": r[0], **dict(zip(CODES, r[1:], strict=True))}
            for n, r in enumerate(rows)
        ]
    )
    checked = STRICT.check_distribution(frame)
    assert checked["group"].to_list() == frame["group"].to_list()
    for row, result in zip(rows, checked.to_dicts(), strict=True):
        assert set(result["violations"]) == plain_reading(*row)
        assert result["valid"] == (not result["violations"])
        assert {d["code"] for d in result["details"] if d["breached"]} == set(result["violations"])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(RATINGS), st.tuples(*(st.integers(0, 15) for _ in CODES)))
def test_room_is_exact_for_ceilings(rating: str, counts: tuple[int, ...]) -> None:
    """Taking as many more as the room says (from a label without its own limit) is allowed, one more is not."""
    details = STRICT.check_distribution(group(rating, *counts)).to_dicts()[0]["details"]
    size = sum(counts)
    for detail in details:
        if detail["kind"] == "share_at_most":
            limit = {"SB>70%": 70, "B>70%": 70, "SB>10%": 10}[detail["code"]]
            now = detail["actual"] + detail["room"]
            assert 100 * now <= limit * size < 100 * (now + 1) or size == 0


def test_what_to_move_is_said_in_words() -> None:
    labels = {level.code: level.label for level in STRICT.outcomes}
    details = STRICT.check_distribution(group("istimewa", 12, 8, 0, 0, 0)).to_dicts()[0]["details"]
    said = {detail["code"]: advice(detail, labels) for detail in details}
    assert said["SB>70%"] == {"id": "2 lagi boleh Sangat Baik", "en": "2 more may be Very good"}
    assert said["SB_not_largest"]["id"] == "2 masih boleh keluar dari Sangat Baik"
    details = STRICT.check_distribution(group("baik", 2, 16, 0, 0, 2)).to_dicts()[0]["details"]
    said = {detail["code"]: advice(detail, labels) for detail in details}
    assert said["B>70%"]["id"] == "2 harus keluar dari Baik"
    assert said["no_BP_or_K"]["id"] == "kurang 1 untuk Butuh Perbaikan atau Kurang"
    with pytest.raises(TypeError):
        advice({"outcomes": "baik", "room": 1, "kind": "most"}, labels)


def test_what_most_means_is_the_agencys_choice(registry: Registry) -> None:
    majority = registry.rules("permenpan_6_2022", on=ON, overrides={"distribution_most": "majority"})
    plural = group("istimewa", 9, 8, 3, 0, 0)
    assert STRICT.check_distribution(plural)["valid"].item()
    checked = majority.check_distribution(plural)
    assert checked["violations"].to_list() == [["SB_not_largest"]]
    (detail,) = (d for d in checked["details"].to_list()[0] if d["code"] == "SB_not_largest")
    assert (detail["limit"], detail["room"]) == (11, -2)


def test_small_units_are_reported_but_not_judged(registry: Registry) -> None:
    lenient = registry.rules("permenpan_6_2022", on=ON)
    for people, valid in ((4, True), (5, False)):
        row = lenient.check_distribution(group("istimewa", people, 0, 0, 0, 0)).to_dicts()[0]
        assert (row["exempt"], row["valid"], row["violations"]) == (people <= 4, valid, ["SB>70%"])


def test_an_empty_group_breaks_nothing() -> None:
    for rating in RATINGS:
        assert STRICT.check_distribution(group(rating, 0, 0, 0, 0, 0))["valid"].item()
    assert STRICT.check_distribution(group("baik", 0, 0, 0, 0, 0).clear()).height == 0


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (group("hebat", 1, 1, 1, 1, 1), "organisation rating 'hebat'; the leader one level above sets one of istimewa"),
        (group(None, 1, 1, 1, 1, 1), "organisation rating None"),
        (group("baik", 1, -1, 1, 1, 1), "below zero"),
        (group("baik", 1, 1, 1, 1, 1).drop("kurang"), "lack the column kurang"),
    ],
)
def test_groups_that_cannot_be_checked_are_refused(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        STRICT.check_distribution(frame)


def test_nothing_is_demanded_before_the_circular_or_under_pp46(registry: Registry) -> None:
    before = registry.rules("permenpan_6_2022", on=date(2023, 1, 30))
    checked = before.check_distribution(group("istimewa", 20, 0, 0, 0, 0)).to_dicts()[0]
    assert (checked["demanded"], checked["valid"], checked["violations"]) == (False, True, [])
    old = registry.rules("pp46_2011", on=date(2019, 12, 31))
    frame = pl.DataFrame([{"group": "g", "organisation_rating": None, **{o.code: 3 for o in old.outcomes}}])
    checked = old.check_distribution(frame).to_dicts()[0]
    assert (checked["demanded"], checked["valid"], checked["size"]) == (False, True, 15)
