"""sasaran.csv and progres.csv: goals of the units, results promised by everyone, and how far they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from types import MappingProxyType

from selaras.demo import files_texts as texts
from selaras.demo.files_scores import indicator_of, is_scored, scored_actual
from selaras.demo.files_tables import Table, day
from selaras.demo.population_agency import Population
from selaras.demo.population_people import Person
from selaras.demo.structure import Unit

YEAR = 2026
GOAL_HEADER = ("KODE", "UNOR ID", "TAHUN", "SASARAN", "INDIKATOR", "TARGET", "SATUAN", "KODE INDUK", "DOKUMEN")
PLAN_HEADER = (
    "NIP", "TAHUN", "KODE RHK", "JENIS", "RENCANA HASIL KERJA", "NIP PIMPINAN", "KODE RHK PIMPINAN", "KODE SASARAN",
    "ASPEK", "INDIKATOR", "TARGET", "SATUAN",
)  # fmt: skip
PROGRESS_HEADER = ("NIP", "TAHUN", "KODE RHK", "ASPEK", "TANGGAL", "REALISASI", "KETERANGAN", "BUKTI DUKUNG")

_REACHED = MappingProxyType({"di_atas": (106, 122), "sesuai": (96, 104), "di_bawah": (52, 84)})
"""Percent of what was due, by the result that the appraiser will see in it."""
_STEPS = ((date(2026, 8, 14), 8), (date(2026, 9, 25), 9))
"""Days on which progress was entered, and how many twelfths of the year's quantity were due."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One aspect of an item with its target in the aspect's unit."""

    aspect: str
    indicator: str
    target: int
    unit: str


@dataclass(frozen=True, slots=True)
class Item:
    """One planned result of one person, tied to the superior's item or to a goal of the unit."""

    number: str
    code: str
    kind: str
    title: str
    leader: str
    leader_code: str
    goal: str
    promises: tuple[Promise, ...]


def goal_table(population: Population) -> Table:
    """sasaran.csv: the agency's goals, and those of its two upper levels that serve them; parents first."""
    rows: list[tuple[str, ...]] = []
    codes = goal_codes(population.units)
    for unit in population.units:
        level = "agency" if unit.parent_id is None else "unit"
        above = codes.get(unit.parent_id or "", ())
        for turn, (code, goal) in enumerate(zip(codes.get(unit.id, ()), texts.goals(level), strict=False)):
            title, indicator, target, measure = goal
            parent = above[turn % len(above)] if above else ""
            document = ("renstra" if turn % 2 else "rpjmd") if level == "agency" else "perjanjian kinerja"
            rows.append(
                (
                    code,
                    unit.id,
                    str(YEAR),
                    title.format(unit=unit.name),
                    indicator,
                    str(target),
                    measure,
                    parent,
                    document,
                )
            )
    return Table(GOAL_HEADER, rows)


def goal_codes(units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """Unit id → codes of its goals, for the root and the two levels below it."""
    found: dict[str, tuple[str, ...]] = {}
    for number, unit in enumerate(unit for unit in units if unit.level <= 2):
        goals = texts.goals("agency" if unit.parent_id is None else "unit")
        found[unit.id] = tuple(f"S{number:03}.{turn}" for turn in range(1, len(goals) + 1))
    return found


def items(population: Population) -> list[Item]:
    """Everybody's planned results, a superior's always before those of the people below."""
    rng = Random(f"{population.seed}/{population.pack.slug}/plans")  # noqa: S311 - repeatable on purpose
    units = {unit.id: unit for unit in population.units}
    codes = goal_codes(population.units)
    made: dict[str, list[Item]] = {}
    for person in leaders_first(population.people, population.superiors):
        superior = population.superiors[person.number]
        above = [one for one in made.get(superior or "", ()) if one.kind == "utama"]
        goals = codes.get(person.unit_id, ()) if person.is_head else ()
        made[person.number] = list(_items(rng, person, units[person.unit_id], above, goals))
    return [item for owned in made.values() for item in owned]


def leaders_first(people: Sequence[Person], superiors: Mapping[str, str | None]) -> list[Person]:
    """People by their distance from the top of the appraisal lines, otherwise in the order given."""
    depths: dict[str, int] = {}

    def depth(number: str) -> int:
        if number not in depths:
            above = superiors[number]
            depths[number] = 0 if above is None else depth(above) + 1
        return depths[number]

    return sorted(people, key=lambda person: depth(person.number))


def progress_table(population: Population, made: Sequence[Item]) -> Table:
    """progres.csv: what was reached since January by the day of each row; the last row of an aspect counts."""
    rng = Random(f"{population.seed}/{population.pack.slug}/progress")  # noqa: S311 - repeatable on purpose
    results = {rating.number: rating.result for rating in population.ratings}
    rows = (row for item in made for row in _progress(rng, item, results[item.number]))
    if is_scored(population):
        rows = (row for item in made for row in _scored_progress(rng, item, results[item.number]))
    return Table(PROGRESS_HEADER, rows)


def promised(rng: Random, measure: texts.Measure) -> Promise:
    """A target between a measure's limits."""
    return Promise(measure.aspect, measure.indicator, rng.randint(measure.lowest, measure.highest), measure.unit)


def _tells_activities(person: Person) -> bool:
    """One in eleven writes down what they do, as many do, so that the alignment page has something to say."""
    return not person.is_head and int(person.number[:8]) % 11 == 0


def _activity(person: Person, unit: Unit) -> str:
    told = texts.activities(unit.field)
    return told[int(person.number[-3:]) % len(told)].title


def _items(rng: Random, person: Person, unit: Unit, above: Sequence[Item], goals: Sequence[str]) -> Iterator[Item]:
    choice = texts.results("leader") if person.is_head else texts.results(unit.field)
    chosen = [("utama", text) for text in rng.sample(choice, min(rng.choice((2, 3, 3)), len(choice)))]
    if rng.random() < 0.25:
        chosen.append(("tambahan", rng.choice(texts.results("additional"))))
    for number, (kind, text) in enumerate(chosen, 1):
        served = above[(number - 1) % len(above)] if above and kind == "utama" else None
        yield Item(
            number=person.number,
            code=f"RHK-{number}",
            kind=kind,
            title=_activity(person, unit)
            if number == 1 and _tells_activities(person)
            else text.title.format(unit=unit.name),
            leader=served.number if served else "",
            leader_code=served.code if served else "",
            goal=goals[(number - 1) % len(goals)] if goals and kind == "utama" else "",
            promises=tuple(promised(rng, measure) for measure in text.measures),
        )


def _progress(rng: Random, item: Item, result: str) -> Iterator[tuple[str, ...]]:
    for promise in item.promises:
        percent = rng.randint(*_REACHED[result])
        steps = _STEPS if promise.aspect in ("kuantitas", "biaya") else _STEPS[1:]
        for on, twelfths in steps:
            actual = _reached(promise, percent, twelfths)
            note = f"Capaian s.d. {day(on)}"
            evidence = f"https://dokumen.example/{YEAR}/{item.number}/{item.code}"
            yield (item.number, str(YEAR), item.code, promise.aspect, day(on), str(actual), note, evidence)


def _scored_progress(rng: Random, item: Item, result: str) -> Iterator[tuple[str, ...]]:
    """Where indicators are scored, the target is the quarter's own; one row says how much of it was reached."""
    on = day(_STEPS[-1][0])
    for promise in item.promises:
        is_counted = promise.aspect == "kuantitas"
        percent = rng.randint(*_REACHED[result])
        indicator = indicator_of(item.number, item.code, promise.indicator)
        actual = (
            scored_actual(rng, promise.target, result, indicator) if is_counted else str(_reached(promise, percent, 12))
        )
        evidence = f"https://dokumen.example/{YEAR}/{item.number}/{item.code}"
        yield (item.number, str(YEAR), item.code, promise.aspect, on, actual, f"Capaian s.d. {on}", evidence)


def _reached(promise: Promise, percent: int, twelfths: int) -> int:
    if promise.aspect == "waktu":
        return max(1, round(promise.target * 100 / percent))
    if promise.aspect == "kualitas":
        limit = 100 if promise.unit in ("persen", "poin") else promise.target * 2
        return min(round(promise.target * percent / 100), limit)
    return round(promise.target * percent * twelfths / 1200)
