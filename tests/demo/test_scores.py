"""The generated scores lead, by the pack's own steps, to the ratings that were meant."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from selaras.demo.files_forms import plan_table
from selaras.demo.files_plans import items, progress_table
from selaras.demo.files_scores import is_scored, score_table
from selaras.demo.population import generate
from selaras.regulation import load_registry
from selaras.tenancy.pack_code import pack_code
from selaras.tenancy.packs import load_packs

ON = date(2026, 9, 30)
BEHAVIOURS = ("berorientasi_pelayanan", "akuntabel", "kompeten", "harmonis", "loyal", "adaptif", "kolaboratif")


WAYS = {"Makin besar makin baik": "maximize", "Makin dekat ke target makin baik": "stabilize"}


def detail(cells: dict[str, str]) -> dict[str, str]:
    """What the import makes of the columns that only the engine knows."""
    return {
        "polarisasi": WAYS[cells["POLARISASI"]],
        "kualitas_iki": cells["VALIDITAS DAN KENDALI IKI"],
        "bobot_target": cells["BOBOT TARGET IKI"].replace(",", "."),
    }


@pytest.mark.parametrize("seed", [2019, 2026])
def test_scores_come_out_as_the_ratings_that_were_meant(seed: int) -> None:
    population = generate(load_packs()["kemenkeu"], 300, seed)
    assert is_scored(population)
    assert not is_scored(generate(load_packs()["sidoarjo"], 60, seed))
    code = pack_code("kemenkeu", "permenpan_6_2022", ON)
    assert code is not None
    rules = load_registry().appraisal("permenpan_6_2022", on=code.standing(date(2022, 1, 1), ON), pack=code.module)
    rules.check()
    people = pl.DataFrame(
        [
            {"person": number, "nko": nko, "tingkat_nko": tier} | dict(zip(BEHAVIOURS, scores, strict=True))
            for number, _, nko, tier, *scores in score_table(population).rows
        ]
    )
    made = items(population)
    targets = {(one.number, one.code): p.target for one in made for p in one.promises if p.aspect == "kuantitas"}
    plans = plan_table(population, made, [])
    asked = {(row[0], row[2]): detail(dict(zip(plans.header, row, strict=True))) for row in plans.rows}
    measured = pl.DataFrame(
        [
            {"person": row[0], "item": row[2], "quantity_target": targets[row[0], row[2]], "quantity_actual": row[5]}
            | asked[row[0], row[2]]
            for row in progress_table(population, made).rows
            if row[3] == "kuantitas"
        ]
    )
    assert len(set(measured["kualitas_iki"])) == 4
    assert set(measured["polarisasi"]) == {"maximize", "stabilize"}
    assert rules.validate(people, measured) == []
    appraised = rules.appraise(rules.typed_people(people), rules.typed_items(measured))
    assert set(appraised.item_steps["k3"]) > {1.0, 1.1}
    steps = appraised.person_steps
    found = dict(
        zip(steps["person"], zip(steps["rating_hasil_kerja"], steps["rating_perilaku"], strict=True), strict=True)
    )
    assert found == {one.number: (one.result, one.behaviour) for one in population.ratings}
