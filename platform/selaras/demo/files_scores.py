"""penilaian.csv of an agency whose ratings come out of scores: scores that lead to the generated ratings."""

from __future__ import annotations

from random import Random
from types import MappingProxyType

from selaras.demo.files_tables import Table
from selaras.demo.population_agency import Population

_BEHAVIOURS = (
    "NILAI BERORIENTASI PELAYANAN", "NILAI AKUNTABEL", "NILAI KOMPETEN", "NILAI HARMONIS", "NILAI LOYAL",
    "NILAI ADAPTIF", "NILAI KOLABORATIF",
)  # fmt: skip
SCORE_HEADER = ("NIP", "PERIODE", "NKO", "TINGKAT BOBOT NKO", *_BEHAVIOURS)

_BEHAVED = MappingProxyType({"di_atas": (108, 118), "sesuai": (92, 97), "di_bawah": (60, 84)})
_REACHED = MappingProxyType({"di_atas": (112, 120), "sesuai": (97, 100), "di_bawah": (52, 84)})
"""Percent of the target, by the rating that is to come out; the organisation's score lies at or just below 100."""
_ORGANISATION = MappingProxyType({"istimewa": 100, "baik": 99})
_LOWER_ORGANISATION = 97


def is_scored(population: Population) -> bool:
    """Whether this agency's appraisers give scores instead of ratings."""
    demo = population.pack.demo
    return demo is not None and demo.ratings == "scores"


def score_table(population: Population) -> Table:
    """Scores of everyone in the quarter, by number."""
    rng = Random(f"{population.seed}/{population.pack.slug}/scores")  # noqa: S311 - repeatable on purpose
    given = {one.unit_id: one.rating for one in population.organisation_ratings}
    people = {one.number: one for one in population.people}
    rows = []
    for rating in sorted(population.ratings, key=lambda one: one.number):
        person = people[rating.number]
        organisation = _ORGANISATION.get(given[person.unit_id], _LOWER_ORGANISATION)
        tier = 1 if person.is_head or person.post.kind == "jf" else 2
        scores = (str(rng.randint(*_BEHAVED[rating.behaviour])) for _ in _BEHAVIOURS)
        rows.append((rating.number, population.period or "", str(organisation), str(tier), *scores))
    return Table(SCORE_HEADER, rows)


def scored_actual(rng: Random, target: int, result: str) -> str:
    """What was reached of a quarter's target, with up to two decimals, so that small targets are met as meant."""
    percent = rng.randint(*_REACHED[result])
    return f"{target * percent / 100:.2f}".rstrip("0").rstrip(".")
