"""Ranking groups: who is comparable, and what becomes of groups that are too small."""

from __future__ import annotations

import random

import polars as pl
import pytest

from selaras.evaluation.groups import Family, Grouping, Pooling, group_of, key_of, ranking_groups

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


POSTS = pl.DataFrame(
    {
        "unit_id": ["a1", "a2", "b1", "b1"],
        "post_title": ["Analis Hukum Madya", "analis anggaran", "Pranata Komputer", "Arsiparis"],
        "people": [4, 6, 7, 2],
    }
)
FAMILIES = (Family("Umum", ("analis", "pranata")), Family("Hukum", ("Analis Hukum",)))
TREE = {"branches": {"a1": "a", "a2": "a", "b1": "b"}, "locations": {"a1": "Jakarta", "b1": "Bogor"}}


def test_the_longest_beginning_names_the_family_and_no_beginning_leaves_it_unknown() -> None:
    grouping = Grouping(("job_family",), 1, families=FAMILIES)
    assert POSTS.select(key_of(grouping)).to_series().to_list() == ["Hukum", "Umum", "Umum", "-"]


def test_a_unit_belongs_to_the_one_just_below_the_top_and_to_its_location() -> None:
    assert POSTS.select(key_of(Grouping(("branch", "location"), 1, **TREE))).to_series().to_list() == [
        "a/Jakarta",
        "a/-",
        "b/Bogor",
        "b/Bogor",
    ]


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("first", {"x/pooled", "y/2"}), ("all", {"pooled"}), ("none", {"x/1", "x/2", "y/2"})],
)
def test_small_groups_go_where_the_rule_says(pooling: Pooling, expected: set[str]) -> None:
    sizes = pl.DataFrame({"post_kind": ["x", "x", "y"], "post_level": ["1", "2", "2"], "people": [2, 3, 4]})
    grouping = Grouping(("post_kind", "post_level"), 5, pooling)
    assert set(ranking_groups(sizes, grouping).get_column("group_key")) == expected


@pytest.mark.parametrize("seed", range(40))
def test_everybody_is_in_one_group_and_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    draw = random.Random(seed)
    rows = [
        {"post_kind": draw.choice("xyz"), "post_level": draw.choice(["1", "2", None]), "people": draw.randrange(9)}
        for _ in range(draw.randrange(1, 30))
    ]
    pooling: Pooling = draw.choice(["first", "all", "none"])
    grouping = Grouping(("post_kind", "post_level"), draw.randrange(1, 12), pooling)
    schema = {"post_kind": pl.String, "post_level": pl.String, "people": pl.Int64}
    sizes = pl.DataFrame(rows, schema=schema)
    groups = ranking_groups(sizes, grouping)
    formed = groups.select("group_key", "people").unique()
    assert formed.get_column("group_key").is_unique().all()
    assert formed.get_column("people").sum() == sizes.get_column("people").sum()
    shuffled = pl.DataFrame(draw.sample(rows, len(rows)), schema=schema)
    assert ranking_groups(shuffled, grouping).equals(groups)
    # A close puts each row where the groups were formed.
    own = dict(groups.select("own_key", "group_key").iter_rows())
    placed = sizes.select(own=key_of(grouping), at=group_of(grouping, formed.get_column("group_key")))
    assert all(own[row["own"]] == row["at"] for row in placed.to_dicts())
