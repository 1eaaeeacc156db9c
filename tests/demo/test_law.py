"""The generated judgements under the installed regulations: what fits the law there, fits it here, and only that."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest

from selaras.demo.files_history import history_tables
from selaras.demo.population import generate
from selaras.demo.population_agency import Population
from selaras.regulation import load_registry
from selaras.tenancy.packs import load_packs

ON, YEAR_END = date(2026, 9, 30), date(2019, 12, 31)


def outcomes(population: Population) -> dict[str, str]:
    rules = load_registry().rules("permenpan_6_2022", on=ON)
    ratings = population.ratings
    people = pl.DataFrame(
        {
            "person": [one.number for one in ratings],
            "rating_hasil_kerja": [one.result for one in ratings],
            "rating_perilaku": [one.behaviour for one in ratings],
        }
    )
    assert rules.validate(people) == []
    appraised = rules.appraise(people).outcomes
    return dict(zip(appraised["person"], appraised["outcome"], strict=True))


@pytest.mark.parametrize("slug", ["diy", "kemenkeu", "pkp", "pu", "sidoarjo", "sumbar", "surabaya"])
def test_the_circular_blocks_exactly_the_units_that_were_meant_to_breach(slug: str) -> None:
    population = generate(load_packs()[slug], 300, 2026)
    rules = load_registry().rules("permenpan_6_2022", on=ON)
    unit_of = {one.number: one.unit_id for one in population.people}
    counts: dict[str, Counter[str]] = {}
    for number, outcome in outcomes(population).items():
        counts.setdefault(unit_of[number], Counter())[outcome] += 1
    groups = pl.DataFrame(
        [
            {"group": one.unit_id, "organisation_rating": one.rating}
            | {level.code: counts[one.unit_id][level.code] for level in rules.outcomes}
            for one in population.organisation_ratings
        ]
    )
    checked = rules.check_distribution(groups)
    blocked = set(checked.filter(~pl.col("valid"))["group"])
    assert blocked == {one.unit_id for one in population.breaches}
    problems = dict(zip(checked["group"], checked["violations"].to_list(), strict=True))
    assert all(one.problem in problems[one.unit_id] for one in population.breaches)


ASPECTS = {"kuantitas": "quantity", "kualitas": "quality", "waktu": "time", "biaya": "cost"}


@pytest.mark.parametrize("slug", ["sidoarjo", "pupr"])
def test_the_year_2019_can_be_appraised_as_it_stands_in_the_files(slug: str) -> None:
    tables = history_tables(generate(load_packs()[slug], 300, 2026), 2019)
    rules = load_registry().rules("pp46_2011", on=YEAR_END)
    items: dict[tuple[str, str], dict[str, str]] = {}
    for number, _, code, *_, aspect, _, target, _ in tables["skp_2019.csv"].rows:
        items.setdefault((number, code), {})[f"{ASPECTS[aspect]}_target"] = target
    for number, _, code, aspect, _, actual, *_ in tables["progres_2019.csv"].rows:
        items[number, code][f"{ASPECTS[aspect]}_actual"] = actual
    activities = pl.DataFrame(
        [{"person": number, "item": code} | measures for (number, code), measures in items.items()],
        infer_schema_length=None,
    )
    names = ("orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama", "kepemimpinan")
    names = (*names, "extra_duties", "creativity")
    people = pl.DataFrame(
        [
            {"person": number} | {name: score or None for name, score in zip(names, scores, strict=True)}
            for number, _, *scores in tables["penilaian_2019.csv"].rows
        ],
        infer_schema_length=None,
    )
    assert rules.validate(people, activities) == []
    outcomes = rules.appraise(rules.typed_people(people), rules.typed_items(activities)).outcomes
    labels = Counter(outcomes["outcome"])
    assert outcomes.height == people.height > 100
    assert outcomes["outcome"].null_count() == 0
    assert {"sangat_baik", "baik", "cukup"} <= set(labels)
    assert labels["baik"] > outcomes.height / 2
