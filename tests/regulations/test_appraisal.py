"""The engine: one person and many, order, partial facts, stored item scores, receipts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from selaras.errors import Invalid
from selaras.regulation import Registry, Rules, load_registry, receipt_from_steps

RULES = load_registry().rules("pp46_2011", on=date(2019, 12, 31))
ELEMENTS = ("orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama")

score = st.integers(0, 100)
item = st.fixed_dictionaries(
    {
        "quantity_target": st.integers(1, 50),
        "quantity_actual": st.integers(0, 80),
        "quality_target": st.sampled_from([None, 80, 100]),
        "quality_actual": st.one_of(st.none(), score),
        "time_target": st.integers(1, 12),
        "time_actual": st.integers(0, 30),
        "cost_target": st.sampled_from([None, 10_000_000]),
        "cost_actual": st.sampled_from([None, 0, 7_600_000, 12_000_000]),
    }
)
person = st.fixed_dictionaries(
    {
        "extra_duties": st.one_of(st.none(), st.integers(0, 9)),
        "creativity": st.sampled_from([None, 0, 3, 6, 12]),
        **dict.fromkeys(ELEMENTS, st.one_of(st.none(), score)),
        "kepemimpinan": st.one_of(st.none(), score),
    }
)
people_with_items = st.lists(st.tuples(person, st.lists(item, max_size=4)), min_size=1, max_size=6)


def frames(facts: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    people = [{"person": f"p{n}", **one} for n, (one, _) in enumerate(facts)]
    items = [
        {"person": f"p{n}", "item": str(i), **one} for n, (_, own) in enumerate(facts) for i, one in enumerate(own)
    ]
    person_schema = {"person": pl.String(), **{c.name: c.dtype for c in RULES.person_columns}}
    item_schema = {"person": pl.String(), "item": pl.String(), **{c.name: c.dtype for c in RULES.item_columns}}
    return (
        pl.DataFrame(people, schema=person_schema, strict=False),
        pl.DataFrame(items, schema=item_schema, strict=False),
    )


@settings(max_examples=60, deadline=None)
@given(people_with_items)
def test_one_person_and_many_get_the_same(facts: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    people, items = frames(facts)
    together = RULES.appraise(people, items)
    alone = [RULES.appraise(*frames([one])) for one in facts]
    for name in ("outcomes", "person_steps"):
        assert_frame_equal(
            getattr(together, name).drop("person"), pl.concat([getattr(one, name) for one in alone]).drop("person")
        )
    assert_frame_equal(
        together.item_steps.drop("person", "item"), pl.concat([one.item_steps for one in alone]).drop("person", "item")
    )


@settings(max_examples=40, deadline=None)
@given(people_with_items, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_is_kept(
    facts: list[tuple[dict[str, Any], list[dict[str, Any]]]], random: Any
) -> None:
    people, items = frames(facts)
    order = random.sample(range(people.height), people.height)
    shuffled = people[order]
    result = RULES.appraise(shuffled, items.sample(fraction=1, shuffle=True, seed=1) if items.height else items)
    assert result.outcomes["person"].to_list() == shuffled["person"].to_list()
    assert_frame_equal(result.outcomes.sort("person"), RULES.appraise(people, items).outcomes.sort("person"))


@settings(max_examples=40, deadline=None)
@given(people_with_items)
def test_stored_item_scores_give_the_same_outcome(facts: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    people, items = frames(facts)
    stored = RULES.score_items(items)
    assert_frame_equal(
        RULES.appraise(people, scored_items=stored).person_steps, RULES.appraise(people, items).person_steps
    )


def full(**changes: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    activity = {
        "quantity_target": 10,
        "quantity_actual": 10,
        "quality_actual": 90,
        "time_target": 12,
        "time_actual": 12,
    }
    return {**dict.fromkeys(ELEMENTS, 80), **changes}, [activity]


def test_facts_that_do_not_suffice_give_no_outcome() -> None:
    person_facts, activities = full()
    unfinished = [{**activities[0], "time_actual": None}]
    facts = [(person_facts, activities), (person_facts, []), (person_facts, unfinished), full(disiplin=None)]
    outcomes = RULES.appraise(*frames(facts)).outcomes
    assert outcomes["outcome"].is_null().to_list() == [False, True, True, True]
    assert outcomes["score"].is_null().to_list() == [False, True, True, True]


def test_leadership_left_empty_is_not_a_zero() -> None:
    outcomes = RULES.appraise(*frames([full(), full(kepemimpinan=80), full(kepemimpinan=0)])).person_steps
    assert outcomes["perilaku_mean"].to_list() == pytest.approx([80, 80, 400 / 6])


def test_items_of_strangers_are_left_out() -> None:
    people, items = frames([full(), full()])
    assert RULES.appraise(people.head(1), items).outcomes.height == 1


def test_absent_optional_columns_count_as_empty_and_absent_required_ones_are_named() -> None:
    people, items = frames([full()])
    least = people.select("person", *ELEMENTS)
    assert RULES.appraise(least, items.drop("cost_target", "cost_actual")).outcomes["outcome"].to_list() == ["baik"]
    with pytest.raises(Invalid, match="people lack the column disiplin"):
        RULES.appraise(least.drop("disiplin"), items)
    with pytest.raises(Invalid, match="items lack the column item"):
        RULES.score_items(items.drop("item"))
    with pytest.raises(Invalid, match="scored items lack the column activity_score"):
        RULES.appraise(people, scored_items=RULES.score_items(items).drop("activity_score"))


def test_repeated_keys_and_wrong_types_are_refused() -> None:
    people, items = frames([full()])
    with pytest.raises(Invalid, match="The same person appears more than once"):
        RULES.appraise(pl.concat([people, people]), items)
    with pytest.raises(Invalid, match=r"The same person \+ item appears more than once"):
        RULES.score_items(pl.concat([items, items]))
    with pytest.raises(Invalid, match="wrong type"):
        RULES.appraise(people.with_columns(disiplin=pl.lit("bagus")), items)


def test_the_receipt_leads_from_the_facts_to_the_outcome() -> None:
    facts, activities = full()
    receipt = RULES.receipt(facts, activities)
    assert receipt.outcome == "baik"
    assert receipt.outcome_label == {"id": "Baik", "en": "Good"}
    assert receipt.rule_hash == RULES.hash
    by_step = {(line.item, line.step): line for line in receipt.lines}
    assert by_step["1", "time_score"].value == pytest.approx(76)
    assert by_step["1", "time_actual"].part == "input"
    assert by_step[None, "predikat"].value_label == {"id": "Baik", "en": "Good"}
    assert by_step[None, "total_score"].value == pytest.approx(receipt.score)
    assert {
        line.step for line in receipt.lines if line.part == "step" and not (line.article and line.certainty)
    } == set()


def test_a_stored_outcome_is_explained_without_computing() -> None:
    facts, activities = full()
    people, items = frames([(facts, activities)])
    appraisal = RULES.appraise(people, items)
    stored = json.loads(json.dumps(RULES.describe()))
    rows = [items.row(0, named=True) | appraisal.item_steps.row(0, named=True) | {"item": "1"}]
    receipt = receipt_from_steps(stored, people.row(0, named=True) | appraisal.person_steps.row(0, named=True), rows)
    fresh = RULES.receipt(facts, activities)
    steps = [line for line in receipt.lines if line.part == "step"]
    assert steps == [line for line in fresh.lines if line.part == "step"]
    assert (receipt.outcome, receipt.score, receipt.title) == (fresh.outcome, fresh.score, fresh.title)


def test_codes_in_a_receipt_carry_their_words(registry: Registry) -> None:
    rules = registry.rules("permenpan_6_2022", on=date(2026, 6, 30))
    receipt = rules.receipt({"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"})
    assert receipt.lines[0].value_label == {"id": "Di atas ekspektasi", "en": "Above expectation"}
    assert receipt.score is None
    assert receipt.outcome == "baik"


def test_every_cell_of_the_quadrant_has_an_outcome(registry: Registry) -> None:
    rules = registry.rules("permenpan_6_2022", on=date(2026, 6, 30))
    ratings = ["di_atas", "sesuai", "di_bawah", None]
    people = pl.DataFrame([(f"{a}{b}", a, b) for a in ratings for b in ratings], schema=_quadrant(rules), orient="row")
    outcomes = rules.appraise(people).outcomes
    complete = people["rating_hasil_kerja"].is_not_null() & people["rating_perilaku"].is_not_null()
    assert outcomes["outcome"].is_not_null().to_list() == complete.to_list()
    assert set(outcomes["outcome"].drop_nulls()) == {level.code for level in rules.outcomes}


def _quadrant(rules: Rules) -> dict[str, pl.DataType]:
    return {"person": pl.String(), **{column.name: column.dtype for column in rules.asked_columns}}
