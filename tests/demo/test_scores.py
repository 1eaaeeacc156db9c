"""The generated scores lead, by the pack's own steps, to the ratings that were meant."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from selaras.demo.files_plans import items, progress_table
from selaras.demo.files_scores import is_scored, score_table
from selaras.demo.population import generate
from selaras.regulation import load_registry
from selaras.tenancy.pack_code import pack_code
from selaras.tenancy.packs import load_packs

ON = date(2026, 9, 30)
BEHAVIOURS = ("berorientasi_pelayanan", "akuntabel", "kompeten", "harmonis", "loyal", "adaptif", "kolaboratif")


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
    measured = pl.DataFrame(
        [
            {"person": row[0], "item": row[2], "quantity_target": targets[row[0], row[2]], "quantity_actual": row[5]}
            for row in progress_table(population, made).rows
            if row[3] == "kuantitas"
        ]
    )
    assert rules.validate(people, measured) == []
    steps = rules.appraise(rules.typed_people(people), rules.typed_items(measured)).person_steps
    found = dict(
        zip(steps["person"], zip(steps["rating_hasil_kerja"], steps["rating_perilaku"], strict=True), strict=True)
    )
    assert found == {one.number: (one.result, one.behaviour) for one in population.ratings}
