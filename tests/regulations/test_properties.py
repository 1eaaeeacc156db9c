"""What holds under every installed appraisal regulation, whatever the facts; a new one is covered by itself."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from selaras.regulation import Appraisal, Column, Registry, Rules, load_registry

from .drawing import Facts, days_of, facts_of, frame_of, frames, row_of, value_of

pytestmark = pytest.mark.slow

CODES = load_registry().codes("appraisal")
# People enough for the engine to plan its queries, as it does for a whole agency.
MANY = 700
TINY = 1e-9


def newest(code: str) -> Rules:
    return load_registry().rules(code, on=days_of(load_registry(), code)[-1])


def columns_of(code: str, table: Literal["person", "item"]) -> tuple[Column, ...]:
    rules = newest(code)
    return rules.person_columns if table == "person" else rules.item_columns


COLUMNS = [
    pytest.param(code, table, column, id=f"{code}-{table}-{column.name}")
    for code in CODES
    for table in ("person", "item")
    for column in columns_of(code, table)
]
DIRECTED = [one for one in COLUMNS if one.values[2].better]


@st.composite
def rules_and_facts(draw: st.DrawFn, code: str, *, complete: bool = False) -> tuple[Rules, list[Facts]]:
    registry = load_registry()
    rules = registry.rules(code, on=draw(st.sampled_from(days_of(registry, code))))
    return rules, draw(facts_of(rules, complete=complete))


def steps(appraisal: Appraisal) -> tuple[pl.DataFrame, ...]:
    items = appraisal.item_steps
    return appraisal.outcomes.sort("person"), appraisal.person_steps.sort("person"), items.sort("person", "item")


def assert_same(one: Appraisal, other: Appraisal) -> None:
    """Codes to the letter, numbers up to the noise of adding in another order."""
    for left, right in zip(steps(one), steps(other), strict=True):
        assert_frame_equal(left, right, rel_tol=1e-12, abs_tol=1e-9)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_step_is_without_a_number(code: str, data: st.DataObject) -> None:
    rules, facts = data.draw(rules_and_facts(code))
    people, items = frames(rules, facts)
    appraisal = rules.appraise(people, items)
    for frame in (appraisal.outcomes, appraisal.person_steps, appraisal.item_steps):
        for name in frame.select(pl.col(pl.Float64)).columns:
            assert frame.get_column(name).drop_nulls().is_finite().all(), name


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_complete_facts_give_an_outcome_of_the_scale_or_none(code: str, data: st.DataObject) -> None:
    rules, facts = data.draw(rules_and_facts(code, complete=True))
    outcomes = rules.appraise(*frames(rules, facts)).outcomes.get_column("outcome")
    assert set(outcomes.drop_nulls()) <= {level.code for level in rules.outcomes}


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_people_and_items_changes_nothing(code: str, data: st.DataObject, seed: int) -> None:
    rules, facts = data.draw(rules_and_facts(code))
    people, items = frames(rules, facts)
    mixed = people.sample(fraction=1, shuffle=True, seed=seed)
    shuffled = None if items is None else items.sample(fraction=1, shuffle=True, seed=seed)
    result = rules.appraise(mixed, shuffled)
    assert result.outcomes.get_column("person").to_list() == mixed.get_column("person").to_list()
    assert_same(result, rules.appraise(people, items))


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=20, deadline=None)
@given(data=st.data(), cut=st.integers(0, 4))
def test_splitting_into_chunks_changes_nothing(code: str, data: st.DataObject, cut: int) -> None:
    rules, facts = data.draw(rules_and_facts(code))
    people, items = frames(rules, facts)
    parts = []
    for part in (people.head(cut), people.slice(cut)):
        own = None if items is None else items.join(part.select("person"), on="person", how="semi")
        parts.append(rules.appraise(part, own))
    together = [pl.concat(frames_of) for frames_of in zip(*(steps(part) for part in parts), strict=True)]
    assert_same(Appraisal(*together), rules.appraise(people, items))


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_person_among_many_gets_what_one_alone_gets(code: str, data: st.DataObject) -> None:
    rules, facts = data.draw(rules_and_facts(code))
    people, items = frames(rules, facts)
    few = rules.appraise(people, items)
    many = rules.appraise(*(None if frame is None else copies(frame) for frame in (people, items)))  # type: ignore[arg-type]  # given by name, or wrong on purpose
    for number in (0, MANY - 1):
        left, right = (
            Appraisal(*(frame.filter(pl.col("person").str.ends_with(f"/{number}")) for frame in steps(many))),
            Appraisal(*(frame.with_columns(pl.col("person") + f"/{number}") for frame in steps(few))),
        )
        assert_same(left, right)


def copies(frame: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.DataFrame({"copy": range(MANY)})
    return (
        frame.join(numbers, how="cross").with_columns(pl.format("{}/{}", "person", "copy").alias("person")).drop("copy")
    )


@pytest.mark.parametrize(("code", "table", "column"), COLUMNS)
def test_every_number_says_which_way_is_better_or_why_not(code: str, table: str, column: Column) -> None:
    assert column.better or column.note or column.type not in ("number", "integer"), (
        f"{code}, columns.yaml, {table}: {column.name}: say `better:` or a `note:`"
    )


@pytest.mark.parametrize(("code", "table", "column"), DIRECTED)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_outcome_follows_a_column_the_way_it_declares(
    code: str, table: str, column: Column, data: st.DataObject
) -> None:
    rules, facts = data.draw(rules_and_facts(code, complete=True))
    pairs = [ordered(column, data.draw(value_of(column)), data.draw(value_of(column))) for _ in facts]
    worse, better = (
        rules.appraise(*frames(rules, [put(facts[n], table, column.name, pair[side]) for n, pair in enumerate(pairs)]))
        for side in (0, 1)
    )
    order = {level.code: level.order for level in rules.outcomes}
    for before, after in zip(worse.outcomes.to_dicts(), better.outcomes.to_dicts(), strict=True):
        if before["outcome"] and after["outcome"]:
            assert order[after["outcome"]] <= order[before["outcome"]]
        if before["score"] is not None and after["score"] is not None:
            assert after["score"] >= before["score"] - TINY


def put(facts: Facts, table: str, name: str, value: Any) -> Facts:
    """The same facts with one value of the person, or of the first item, exchanged."""
    row, own = facts
    return ({**row, name: value}, own) if table == "person" else (row, [{**own[0], name: value}, *own[1:]])


def ordered(column: Column, one: Any, other: Any) -> tuple[Any, Any]:
    """The two values, the worse one first, as the column declares."""
    rank = column.allowed.index if column.allowed and column.better in ("first", "last") else float
    low, high = sorted((one, other), key=rank)
    return (low, high) if column.better in ("higher", "last") else (high, low)


DISTRIBUTED = [
    code for code in CODES if load_registry().rules(code, on=days_of(load_registry(), code)[-1]).distribution
]


@pytest.mark.parametrize("code", DISTRIBUTED)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_trace_of_a_distribution_sums_to_the_head_count(code: str, data: st.DataObject) -> None:
    rules = newest(code)
    codes = [level.code for level in rules.outcomes]
    ratings = [level.code for level in rules.organisation_levels] or [None]
    one = st.fixed_dictionaries(
        {"organisation_rating": st.sampled_from(ratings), **dict.fromkeys(codes, st.integers(0, 12))}
    )
    drawn = data.draw(st.lists(one, min_size=1, max_size=5))
    groups = pl.DataFrame(
        [{"group": str(n), **row} for n, row in enumerate(drawn)], schema_overrides={"organisation_rating": pl.String}
    )
    checked = rules.check_distribution(groups)
    for row, counts in zip(checked.to_dicts(), drawn, strict=True):
        assert row["size"] == sum(counts[name] for name in codes)
        for detail in row["details"]:
            assert detail["actual"] == sum(counts[name] for name in detail["outcomes"])
            assert detail["breached"] == (detail["room"] < 0)
        parts = {tuple(detail["outcomes"]): detail["actual"] for detail in row["details"]}
        disjoint = all(not set(left) & set(right) for left, right in combinations(parts, 2))
        if disjoint and {name for part in parts for name in part} == set(codes):
            assert sum(parts.values()) == row["size"]
    backwards = rules.check_distribution(groups.reverse()).reverse()
    assert_frame_equal(backwards, checked)


def test_a_column_that_declares_the_wrong_way_is_found(registry: Registry) -> None:
    """Saving more time than a quarter is punished: declared `lower`, the cliff would turn the property red."""
    rules = registry.rules("pp46_2011", on=days_of(registry, "pp46_2011")[0])
    good = {column.name: 80.0 for column in rules.person_columns if column.required}
    scores = []
    for spent in (7.6, 7.5):
        activity = dict(quantity_target=1, quantity_actual=1, quality_actual=80, time_target=10, time_actual=spent)
        scores.append(rules.appraise(*frames(rules, [(good, [activity])])).outcomes.item(0, "score"))
    assert scores[1] < scores[0] - 1


COMBINING = [code for code in CODES if newest(code).combination]


@pytest.mark.parametrize("code", COMBINING)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_year_of_segments_has_numbers_in_any_order_of_them(code: str, data: st.DataObject) -> None:
    combination = newest(code).combination
    assert combination is not None
    engine = combination.engine
    rows = data.draw(st.lists(row_of(engine.item_columns, complete=True), min_size=1, max_size=4))
    keyed = [{"person": "p0", "item": str(n), **row} for n, row in enumerate(rows)]
    segments = frame_of(("person", "item"), engine.item_columns, keyed)
    people = pl.DataFrame({"person": ["p0"]})
    whole = engine.appraise(people, segments)
    for frame in (whole.person_steps, whole.item_steps):
        for name in frame.select(pl.col(pl.Float64)).columns:
            assert frame.get_column(name).drop_nulls().is_finite().all(), name
    assert_same(engine.appraise(people, segments.reverse()), whole)
