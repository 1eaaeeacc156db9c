"""skp_2019.csv, progres_2019.csv and penilaian_2019.csv: a year under PP 46/2011, for those who were PNS already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from selaras.demo import files_texts as texts
from selaras.demo.files_plans import PLAN_HEADER, PROGRESS_HEADER, Item, Promise, promised
from selaras.demo.files_tables import Table, day
from selaras.demo.population_agency import Population
from selaras.demo.population_people import Person

HISTORY_HEADER = (
    "NIP", "PERIODE", "ORIENTASI PELAYANAN", "INTEGRITAS", "KOMITMEN", "DISIPLIN", "KERJA SAMA", "KEPEMIMPINAN",
    "TUGAS TAMBAHAN", "KREATIVITAS",
)  # fmt: skip
BEHIND = 0.06
"""Share of people who had a bad year."""
_FIXED = (Promise("kualitas", "", 100, "poin"), Promise("waktu", "", 12, "bulan"))


def serving(population: Population, year: int) -> list[Person]:
    """Who was PNS in today's post by the end of the year, by number."""
    end = date(year, 12, 31)
    served = (
        one for one in population.people if one.permanent is not None and one.permanent <= end and one.posted <= end
    )
    return sorted(served, key=lambda person: person.number)


def history_tables(population: Population, year: int) -> dict[str, Table]:
    """File name → table of the three files of that year; every aspect used has its target and its realisation."""
    rng = Random(f"{population.seed}/{population.pack.slug}/{year}")  # noqa: S311 - repeatable on purpose
    people = serving(population, year)
    fields = {unit.id: unit.field for unit in population.units}
    made = [item for person in people for item in _activities(rng, person, fields[person.unit_id])]
    behind = {person.number for person in people if rng.random() < BEHIND}
    return {
        f"skp_{year}.csv": Table(PLAN_HEADER, list(_plan_rows(made, year))),
        f"progres_{year}.csv": Table(PROGRESS_HEADER, list(_progress_rows(rng, made, year, behind))),
        f"penilaian_{year}.csv": Table(
            HISTORY_HEADER, [_rating(rng, one, year, one.number in behind) for one in people]
        ),
    }


def _activities(rng: Random, person: Person, field: str) -> Iterator[Item]:
    chosen = texts.activities("leader" if person.is_head else field)
    for number, text in enumerate(chosen, 1):
        budget = Promise("biaya", "", rng.randint(20, 400) * 1_000_000, "Rp")
        promises = (promised(rng, text.measures[0]), *_FIXED, *([budget] if person.is_head and number == 1 else []))
        yield Item(person.number, f"KEG-{number}", "utama", text.title, "", "", "", promises)


def _plan_rows(made: Sequence[Item], year: int) -> Iterator[tuple[str, ...]]:
    for item in made:
        for one in item.promises:
            head = (item.number, str(year), item.code, item.kind, item.title, "", "", "")
            yield (*head, one.aspect, one.indicator, str(one.target), one.unit)


def _progress_rows(rng: Random, made: Sequence[Item], year: int, behind: set[str]) -> Iterator[tuple[str, ...]]:
    for item in made:
        late = item.number in behind
        quality = rng.randint(55, 70) if late else rng.randint(72, 96)
        for one in item.promises:
            actual = _actual(rng, one, quality, late)
            note, evidence = "Realisasi setahun", f"https://dokumen.example/{year}/{item.number}/{item.code}"
            yield (item.number, str(year), item.code, one.aspect, day(date(year, 12, 27)), str(actual), note, evidence)


def _actual(rng: Random, promise: Promise, quality: int, late: bool) -> int:
    if promise.aspect == "kualitas":
        return quality
    if promise.aspect == "waktu":
        return 13 if late else rng.choices((12, 11, 10, 13), (80, 10, 7, 3))[0]
    if promise.aspect == "biaya":
        return promise.target * rng.randint(84, 100) // 100
    percent = rng.randint(50, 75) if late else rng.choices((100, 90, 75, 105), (75, 12, 5, 8))[0]
    return max(1, round(promise.target * percent / 100))


def _rating(rng: Random, person: Person, year: int, behind: bool) -> tuple[str, ...]:
    level = rng.randint(64, 72) if behind else rng.randint(76, 90)
    scores = [str(min(100, max(60, level + rng.randint(-5, 5)))) for _ in range(5)]
    structural = person.is_head and person.post.kind != "jf"
    leadership = str(min(100, level + rng.randint(-4, 5))) if structural else ""
    duties = rng.choices((0, 1, 2, 4, 7), (50, 20, 15, 10, 5))[0]
    creativity = rng.choices((0, 3, 6), (92, 7, 1))[0]
    return (person.number, str(year), *scores, leadership, str(duties), str(creativity))
