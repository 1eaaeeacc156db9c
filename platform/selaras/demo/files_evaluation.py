"""penilai.csv, umpan_balik.csv, predikat_organisasi.csv and penilaian.csv: superiors, feedback and judgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from selaras.demo import files_texts as texts
from selaras.demo.files_plans import Item
from selaras.demo.files_tables import Table, day
from selaras.demo.population_agency import Population
from selaras.demo.population_people import Person

SUPERIOR_HEADER = ("NIP", "NIP PENILAI", "BERLAKU MULAI")
FEEDBACK_HEADER = ("NIP", "NIP PEMBERI", "HUBUNGAN", "KODE RHK", "NILAI PERILAKU", "TANGGAL", "ISI")
ORGANISATION_HEADER = ("UNOR ID", "PERIODE", "PREDIKAT", "NIP PENETAP")
RATING_HEADER = ("NIP", "PERIODE", "HASIL KERJA", "PERILAKU KERJA")

_FIRST_DAY, _DAYS = date(2026, 7, 6), 80
_SHARES = (("atasan", 0.5), ("rekan", 0.2), ("bawahan", 0.5))


def superior_table(population: Population) -> Table:
    """penilai.csv: who is appraised by somebody else than the head of the unit, and since when."""
    return Table(SUPERIOR_HEADER, [(one.number, one.superior, day(one.since)) for one in population.overrides])


def organisation_table(population: Population) -> Table:
    """predikat_organisasi.csv: without NIP PENETAP where the leader above is a political official without one."""
    rows = [
        (one.unit_id, population.period or "", one.rating, one.set_by or "") for one in population.organisation_ratings
    ]
    return Table(ORGANISATION_HEADER, rows)


def rating_table(population: Population) -> Table:
    """penilaian.csv: result and behaviour of everyone in the quarter, by number."""
    rated = sorted(population.ratings, key=lambda one: one.number)
    return Table(RATING_HEADER, [(one.number, population.period or "", one.result, one.behaviour) for one in rated])


def feedback_table(population: Population, made: Sequence[Item]) -> Table:
    """umpan_balik.csv: each row speaks of one result (KODE RHK) or of one behaviour value (NILAI PERILAKU)."""
    rng = Random(f"{population.seed}/{population.pack.slug}/feedback")  # noqa: S311 - repeatable on purpose
    codes: dict[str, list[str]] = defaultdict(list)
    for item in made:
        codes[item.number].append(item.code)
    rows = [
        (number, giver, relation, *_words(rng, relation, codes[number]))
        for number, giver, relation in _talks(rng, population)
    ]
    return Table(FEEDBACK_HEADER, rows)


def _talks(rng: Random, population: Population) -> Iterator[tuple[str, str, str]]:
    """(person, giver, the giver's relation to the person)."""
    below: dict[str, list[str]] = defaultdict(list)
    peers: dict[str, list[Person]] = defaultdict(list)
    for person in population.people:
        below[population.superiors[person.number] or ""].append(person.number)
        peers[person.unit_id].append(person)
    for person in population.people:
        superior = population.superiors[person.number]
        others = [one.number for one in peers[person.unit_id] if one is not person and one.number != superior]
        # A head's colleagues in the unit are the people below.
        givers = {"atasan": [superior] if superior else [], "rekan": [] if person.is_head else others}
        givers["bawahan"] = below[person.number]
        for relation, share in _SHARES:
            if givers[relation] and rng.random() < share:
                yield person.number, rng.choice(givers[relation]), relation


def _words(rng: Random, relation: str, codes: Sequence[str]) -> tuple[str, str, str, str]:
    sentences = texts.feedback()
    on = day(_FIRST_DAY + timedelta(days=rng.randrange(_DAYS)))
    if relation == "atasan" and rng.random() < 0.5:
        return rng.choice(codes), "", on, rng.choice(sentences["result"])
    value = rng.choice([one for one in sentences if one != "result"])
    return "", value, on, rng.choice(sentences[value])
