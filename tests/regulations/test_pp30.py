"""PP 30/2019 with PermenPANRB 8/2021: what the worked examples do not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras.regulation import Registry, Rules, load_registry

ON = date(2021, 12, 31)
LEVELS = ("orientasi_pelayanan", "komitmen", "inisiatif_kerja", "kerja_sama")
PERSON: dict[str, Any] = {"post_group": "ja_jf", "level_min": 4, "level_max": 5, **dict.fromkeys(LEVELS, 5)}


def rules(**choices: object) -> Rules:
    return load_registry().rules("pp30_2019", on=ON, overrides=choices)


def steps(person: dict[str, Any], *items: dict[str, Any], **choices: object) -> dict[str, Any]:
    """Person steps of one person with these items, and the outcome."""
    found = rules(**choices)
    people = pl.DataFrame([{"person": "1", **PERSON, **person}])
    rows = [{"person": "1", "item": str(n), **item} for n, item in enumerate(items)]
    appraised = found.appraise(people, pl.DataFrame(rows, infer_schema_length=None) if rows else None)
    return {**appraised.person_steps.row(0, named=True), **appraised.outcomes.row(0, named=True)}


MET = {"quantity_target": 10.0, "quantity_actual": 10.0}


def test_who_when_and_how_long(registry: Registry) -> None:
    law = rules()
    assert (law.covers("pns"), law.covers("pppk")) == (True, False)
    assert law.periods == ("month", "quarter", "half_year", "year")
    assert law.objection_until(date(2021, 12, 31)) == date(2022, 1, 14)
    working = rules(objection_day_kind="working")
    assert working.objection_until(date(2021, 12, 31), lambda day: day.weekday() < 5) == date(2022, 1, 20)
    assert law.deadline("appraisal", ON) == date(2022, 1, 31)
    assert [one.code for one in law.form.models] == ["dasar_inisiasi", "pengembangan"]
    assert {one.code: one.kind for one in law.form.sections}["kinerja_tambahan"] == "additional"
    assert {one.outcome for one in law.consequences if one.code == "improvement"} == {
        "cukup",
        "kurang",
        "sangat_kurang",
    }


def test_a_whole_person() -> None:
    found = steps({}, MET, {**MET, "quantity_actual": 11.0})
    assert (found["skp_score"], found["perilaku_score"]) == (110, 109)
    assert (found["outcome"], found["score"]) == ("baik", pytest.approx(0.7 * 110 + 0.3 * 109))
    best = steps({"new_idea": True}, *[{**MET, "quantity_actual": 12.0}] * 2)
    assert (best["band"], best["outcome"]) == ("sangat_baik", "sangat_baik")
    assert steps({}, *[{**MET, "quantity_actual": 12.0}] * 2)["outcome"] == "baik"


@pytest.mark.parametrize(
    ("person", "items"),
    [
        ({}, ()),
        ({}, ({"quantity_target": 10.0},)),
        ({}, (MET, {"quantity_target": 10.0, "quantity_actual": None, "time_target": 3.0, "time_actual": 3.0})),
        ({}, (MET, {"cascading": "non_direct", **MET})),
        ({"komitmen": None}, (MET,)),
        ({"leads": True}, (MET,)),
        ({"post_group": "jpt"}, (MET, {"section": "kinerja_tambahan"})),
        ({}, ({**MET, "section": "kinerja_tambahan"},)),
    ],
)
def test_facts_that_do_not_suffice_give_no_outcome(person: dict[str, Any], items: tuple[dict[str, Any], ...]) -> None:
    assert steps(person, *items)["outcome"] is None


def test_leadership_counts_only_where_the_post_demands_it() -> None:
    rated = {"kepemimpinan": 4}
    assert steps(rated, MET)["perilaku_counted"] == 5
    assert steps({**rated, "leads": True}, MET)["perilaku_counted"] == 5
    without = steps({**rated, "leads": False}, MET)
    assert (without["perilaku_counted"], without["perilaku_score"]) == (4, 109)


def test_whom_the_superior_cannot_rate_nobody_rates() -> None:
    peers = {f"{level}_peers": 5 for level in LEVELS}
    assert steps({**peers, "komitmen": None}, MET, behaviour_sources="closed_survey")["perilaku_score"] is None
    assert steps(peers, MET, behaviour_sources="closed_survey")["perilaku_share"] == pytest.approx(0.4)


def test_the_superiors_value_counts_only_where_cascading_is_not_direct() -> None:
    plan = {**MET, "superior_value": 120.0}
    assert steps({}, plan)["main_score"] == 100
    assert steps({}, {**plan, "cascading": "direct"})["main_score"] == 100
    assert steps({}, {**plan, "cascading": "non_direct"})["main_score"] == 116
    # JPT do not cascade from above: their plans count as they are.
    assert steps({"post_group": "jpt"}, {**plan, "cascading": "non_direct"})["main_score"] == 109


def test_a_maximal_target_lifts_jpt_and_action_plans_only() -> None:
    maximal = {**MET, "maximal_target": True}
    assert steps({"post_group": "jpt"}, maximal)["main_score"] == 120
    assert steps({}, maximal)["main_score"] == 100
    assert steps({}, MET, {**maximal, "section": "rencana_aksi"})["main_score"] == 110


amounts = st.floats(0.5, 200)
plans = st.fixed_dictionaries(
    {"quantity_target": amounts, "quantity_actual": st.floats(0, 300), "time_target": amounts, "time_actual": amounts}
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("jpt", "ja_jf")),
    st.lists(plans, min_size=1, max_size=4),
    st.integers(1, 7),
    st.integers(1, 7),
    st.lists(st.floats(1, 7), min_size=4, max_size=4),
)
def test_scores_stay_within_the_scale(
    group: str, items: list[dict[str, float]], one: int, other: int, levels: list[float]
) -> None:
    person = {"post_group": group, "level_min": min(one, other), "level_max": max(one, other)}
    found = steps({**person, **dict(zip(LEVELS, levels, strict=True))}, *items)
    for name in ("skp_score", "perilaku_score", "total_score"):
        assert 0 <= found[name] <= 120 + 1e-9
    assert found["outcome"] in {level.code for level in rules().outcomes}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("jpt", "ja_jf")), plans, st.floats(0, 50))
def test_more_done_in_less_time_is_never_worse(group: str, item: dict[str, float], more: float) -> None:
    better = {**item, "quantity_actual": item["quantity_actual"] + more, "time_actual": item["time_actual"] / 2}
    scores = [steps({"post_group": group}, one)["skp_score"] for one in (item, better)]
    # A plan of two indicators may be exactly "baik" or better; nothing falls when an indicator rises.
    assert scores[1] >= scores[0] - 1e-9


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 120), st.floats(0, 20), st.sampled_from(("lower_continues", "upper_starts")))
def test_the_conversion_never_falls_within_a_band(score: float, more: float, gap: str) -> None:
    engine = rules(conversion_gap=gap).combination
    assert engine is not None
    people = pl.DataFrame({"person": ["1", "2"], "score_46": [score, score + more]})
    converted = engine.engine.appraise(people, partial=True).person_steps["converted"].to_list()
    assert all(0 <= one <= 120 for one in converted)
    if gap == "lower_continues" and int(score) == int(score + more):
        assert converted[1] >= converted[0] - 1e-9


def test_many_people_are_appraised_as_each_alone() -> None:
    law = rules()
    people = pl.DataFrame([{"person": str(n), **PERSON, "komitmen": 3 + n % 4} for n in range(50)])
    items = pl.DataFrame(
        [
            {"person": str(n), "item": str(m), "quantity_target": 10.0, "quantity_actual": float(6 + (n + m) % 7)}
            for n in range(50)
            for m in range(1 + n % 3)
        ]
    )
    whole = law.appraise(people, items).outcomes
    shuffled = law.appraise(people.sample(fraction=1, shuffle=True, seed=1), items.reverse()).outcomes
    assert whole.sort("person").equals(shuffled.sort("person"))
    assert whole["outcome"].null_count() == 0
    alone = law.appraise(people.filter(pl.col("person") == "7"), items.filter(pl.col("person") == "7")).outcomes
    assert alone.row(0) == whole.filter(pl.col("person") == "7").row(0)
