"""Ranking groups: who is comparable, and what becomes of groups that are too small."""

from __future__ import annotations

import polars as pl

from selaras.evaluation.groups import Grouping, ranking_groups

SIZES = pl.DataFrame(
    {
        "post_kind": ["jf", "jf", "jf", "jpt", "pelaksana"],
        "employment": ["pns", "pppk", "pppk_paruh_waktu", "pns", None],
        "people": [40, 12, 3, 2, 9],
    }
)


def grouped(*attributes: str, minimum: int = 5) -> dict[str, tuple[str, int]]:
    rows = ranking_groups(SIZES, Grouping(attributes, minimum)).rows()
    return {own: (key, people) for own, key, people in rows}


def test_one_attribute_makes_one_group_a_value() -> None:
    assert grouped("post_kind") == {
        "jf": ("jf", 55),
        "jpt": ("jpt", 2),
        "pelaksana": ("pelaksana", 9),
    }


def test_small_groups_are_pooled_within_the_first_attribute() -> None:
    found = grouped("post_kind", "employment", minimum=13)
    assert found["jf/pns"] == ("jf/pns", 40)
    assert found["jf/pppk"] == found["jf/pppk_paruh_waktu"] == ("jf/pooled", 15)
    assert found["pelaksana/-"] == ("pelaksana/-", 9)


def test_without_attributes_everybody_is_comparable() -> None:
    assert grouped() == {"all": ("all", 66)}
