"""The rulebooks of what follows a result: their words, days, coverage and conflicts, beyond their own cases."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from selaras.errors import Invalid, Misconfigured
from selaras.regulation import Registry

ON = date(2026, 12, 31)


def one(registry: Registry, code: str, step: str, on: date = ON, **columns: object) -> object:
    frame = pl.DataFrame([{"person": "1", **columns}])
    return registry.rules(code, on=on).appraise(frame).person_steps.item(0, step)


@pytest.mark.parametrize(
    ("code", "subject", "employments"),
    [
        ("permenpan_1_2023", "credit_points", {"pns"}),
        ("permenpan_3_2020", "talent", {"pns", "pppk"}),
        ("pp49_2018", "contract", {"pppk"}),
        ("kepmenpan_16_2025", "contract", {"pppk_paruh_waktu"}),
        ("pp30_2019_tindak_lanjut", "discipline", {"pns"}),
        ("permenpan_40_2018", "merit", {"pns"}),
        ("permenpan_19_2025", "merit", {"pns"}),
    ],
)
def test_each_says_what_it_is_about_and_whom_it_covers(
    registry: Registry, code: str, subject: str, employments: set[str]
) -> None:
    identity = registry.identity(code)
    assert identity.subject == subject
    assert {covered.employment for covered in identity.covers} == employments


def test_a_rulebook_is_followed_by_no_agency(registry: Registry) -> None:
    with pytest.raises((Invalid, Misconfigured), match="appraises nobody"):
        registry.appraisal("permenpan_1_2023", on=ON)


def test_the_merit_regulations_relieve_each_other_on_the_day(registry: Registry) -> None:
    assert date(2025, 12, 30) in registry.identity("permenpan_40_2018").in_force
    assert date(2025, 12, 31) not in registry.identity("permenpan_40_2018").in_force
    assert date(2025, 12, 31) in registry.identity("permenpan_19_2025").in_force


@pytest.mark.parametrize(
    ("code", "name", "alternative"),
    [
        ("permenpan_1_2023", "cumulative_level", {"terampil": 40}),
        ("permenpan_1_2023", "coefficient_ahli_muda", 37.5),
        ("permenpan_1_2023", "coefficient_ahli_madya", 25.0),
        ("permenpan_19_2025", "correction_sign", -1),
        ("pp30_2019_tindak_lanjut", "objection_without_superior", "tidak_ada"),
    ],
)
def test_where_sources_disagree_the_others_are_written_down(
    registry: Registry, code: str, name: str, alternative: object
) -> None:
    value = registry.loaded(code).parameters[name].at(ON)
    assert value is not None
    assert alternative in [other.value for other in value.conflict]


def test_what_was_only_remembered_says_so(registry: Registry) -> None:
    assumed = {"coefficient_pemula", "coefficient_ahli_utama", "pak_decimals"}
    for name in assumed:
        value = registry.loaded("permenpan_1_2023").parameters[name].at(ON)
        assert value is not None
        assert value.source.certainty == "assumed"
        assert value.source.note


def test_the_agency_maps_the_predikat_onto_the_axis_as_it_chooses(registry: Registry) -> None:
    asked = {"outcome": "butuh_perbaikan", "potential": "tinggi"}
    assert one(registry, "permenpan_3_2020", "box", **asked) == 6
    rules = registry.rules("permenpan_3_2020", on=ON, overrides={"axis_of_predikat": {"butuh_perbaikan": "sesuai"}})
    assert rules.appraise(pl.DataFrame([{"person": "1", **asked}])).person_steps.item(0, "box") == 8
    with pytest.raises(Invalid, match="The law sets"):
        registry.rules("permenpan_3_2020", on=ON, overrides={"boxes": {}})


def test_every_recommendation_has_its_words(registry: Registry) -> None:
    values = registry.rules("permenpan_3_2020", on=ON).values
    said = {code for codes in values.recommendations.values() for code in codes.split("+")}
    assert said == set(values.recommendation_words)


def test_posts_may_keep_the_short_word_of_a_level(registry: Registry) -> None:
    assert one(registry, "permenpan_1_2023", "needed_for_level", jenjang_now="muda") == 200
    assert one(registry, "permenpan_1_2023", "needed_for_level", jenjang_now="ahli_muda") == 200


def test_a_part_time_contract_waits_for_all_four_quarters(registry: Registry) -> None:
    asked = {"outcome": "baik", "quarters_evaluated": 3}
    assert one(registry, "kepmenpan_16_2025", "contract_recommendation", **asked) == "contract_incomplete"
    assert one(registry, "kepmenpan_16_2025", "contract_recommendation", **{**asked, "quarters_evaluated": 4}) == (
        "contract_renewal"
    )


def test_merit_scores_climb_only_step_by_step(registry: Registry) -> None:
    asked = {"monitored": "setahun_sekali", "feedback_documented": True, "coached_with_plan": True}
    assert one(registry, "permenpan_19_2025", "score_execution", **asked) == 1
    assert one(registry, "permenpan_19_2025", "score_performance", **asked) is None, "three questions are open"
