"""An agency whose ratings come out of scores: its indicators in skp.csv, and in penilaian.csv the scores meant."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from random import Random
from types import MappingProxyType

from selaras.demo.files_tables import Table
from selaras.demo.population_agency import Population

_BEHAVIOURS = (
    "NILAI BERORIENTASI PELAYANAN", "NILAI AKUNTABEL", "NILAI KOMPETEN", "NILAI HARMONIS", "NILAI LOYAL",
    "NILAI ADAPTIF", "NILAI KOLABORATIF",
)  # fmt: skip
DETAIL_HEADER = ("POLARISASI", "VALIDITAS DAN KENDALI IKI", "BOBOT TARGET IKI")
SCORE_HEADER = ("NIP", "PERIODE", "NKO", "TINGKAT BOBOT NKO", *_BEHAVIOURS)

_BEHAVED = MappingProxyType({"di_atas": (108, 118), "sesuai": (92, 97), "di_bawah": (60, 84)})
_REACHED = MappingProxyType({"di_atas": (112, 120), "sesuai": (97, 100), "di_bawah": (52, 84)})
"""Percent of the target, by the rating that is to come out; the organisation's score lies at or just below 100."""
# Weights of quality as the decree's table has them; with these weights of the target no K3 falls below 1, so that
# every result that is meant can be reached.
_QUALITY = MappingProxyType({"exact_low": 1.2, "exact_moderate": 1.15, "proxy_low": 1.1, "proxy_moderate": 1.0})
_WEIGHTS = MappingProxyType(
    {"exact_low": (0.8, 1.0), "exact_moderate": (0.9, 1.0), "proxy_low": (0.9, 1.1), "proxy_moderate": (1.0, 1.2)}
)
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


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the score engine asks of an indicator: which way is better, validity and control, weight of the target."""

    steady: bool
    quality: str
    weight: float

    @property
    def k3(self) -> float:
        """What the engine makes of quality and weight."""
        return (_QUALITY[self.quality] + self.weight) / 2

    @property
    def cells(self) -> tuple[str, str, str]:
        """In the order of DETAIL_HEADER."""
        way = "Makin dekat ke target makin baik" if self.steady else "Makin besar makin baik"
        return way, self.quality, f"{self.weight:.1f}".replace(".", ",")


def indicator_of(number: str, code: str, words: str) -> Indicator:
    """The indicator of one person's result, the same for the plan and for what is reached."""
    rng = Random(f"{number}/{code}/indicator")  # noqa: S311 - repeatable on purpose
    quality = rng.choice(tuple(_QUALITY))
    return Indicator("direkonsiliasi" in words, quality, rng.choice(_WEIGHTS[quality]))


def scored_actual(rng: Random, target: int, result: str, indicator: Indicator) -> str:
    """What was reached of a quarter's target, cut off after two decimals, so that small targets are met as meant."""
    achieved = rng.randint(*_REACHED[result]) / indicator.k3
    percent = 90 + (achieved - 100) / 2 if indicator.steady else achieved
    return f"{floor(target * percent + 1e-9) / 100:.2f}".rstrip("0").rstrip(".")
