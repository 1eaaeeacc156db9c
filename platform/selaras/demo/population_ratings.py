"""How the quarter was judged: a rating for each unit, and ratings of its people that fit it or, on purpose, do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from selaras.demo.population_people import Person
from selaras.demo.structure import Unit

OUTCOMES = ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")
PEOPLE_PER_BREACH = 150
MOST_BREACHES = 8

_DECK = ("baik",) * 14 + ("istimewa",) * 3 + ("butuh_perbaikan",) * 3
"""Of twenty units; now and then one that needs improvement is worse than that."""
_HEAD = MappingProxyType({"istimewa": "di_atas", "baik": "sesuai"})
"""What a unit's rating makes of its head's own result (SE MenPANRB 3/2023); all lower ones: di_bawah."""
_RATINGS: MappingProxyType[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "sangat_baik": (("di_atas", "di_atas"),),
        "baik": (("sesuai", "sesuai"), ("sesuai", "di_atas"), ("di_atas", "sesuai"), ("sesuai", "sesuai")),
        "butuh_perbaikan": (("di_bawah", "sesuai"), ("di_bawah", "di_atas"), ("di_bawah", "sesuai")),
        "kurang": (("sesuai", "di_bawah"), ("di_atas", "di_bawah")),
        "sangat_kurang": (("di_bawah", "di_bawah"),),
    }
)


@dataclass(frozen=True)
class OrganisationRating:
    """A unit's rating. `set_by` is the number of the leader one level above; None where that is a political head."""

    unit_id: str
    rating: str
    set_by: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """What the appraiser judged: result and behaviour, each di_atas, sesuai or di_bawah."""

    number: str
    result: str
    behaviour: str


@dataclass(frozen=True)
class Breach:
    """A unit whose distribution was meant not to fit its rating: what is wrong, and the counts by outcome."""

    unit_id: str
    unit_name: str
    rating: str
    problem: str
    counts: Mapping[str, int]


Judged = tuple[tuple[OrganisationRating, ...], tuple[Rating, ...], tuple[Breach, ...]]


def judge(rng: Random, units: Sequence[Unit], people: Sequence[Person], lines: Mapping[str, str | None]) -> Judged:
    """Ratings for the units that have people, and for all people; the units of `breaches` do not fit on purpose."""
    members: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        members[person.unit_id].append(person)
    staffed = [unit for unit in units if unit.id in members]
    given = _rate_units(rng, staffed)
    breaching = _breaching(staffed, members, given, len(people))
    ratings: list[Rating] = []
    breaches: list[Breach] = []
    for unit in staffed:
        outcomes = _outcomes(given[unit.id], len(members[unit.id]), unit.id in breaching)
        if unit.id in breaching:
            counts = MappingProxyType(dict(Counter(outcomes)))
            breaches.append(Breach(unit.id, unit.name, given[unit.id], _problem(given[unit.id]), counts))
        ratings += _rate(rng, members[unit.id], given[unit.id], outcomes)
    organisation = tuple(
        OrganisationRating(unit.id, given[unit.id], _setter(members[unit.id], lines)) for unit in staffed
    )
    return organisation, tuple(ratings), tuple(breaches)


def _rate_units(rng: Random, units: Sequence[Unit]) -> dict[str, str]:
    deck: list[str] = []
    given: dict[str, str] = {}
    for unit in units:
        deck = deck or rng.sample(_DECK, len(_DECK))
        rating = deck.pop()
        if rating == "butuh_perbaikan" and rng.random() < 0.2:
            rating = rng.choice(("kurang", "kurang", "sangat_kurang"))
        given[unit.id] = rating
    return given


def _breaching(
    units: Sequence[Unit], members: Mapping[str, Sequence[Person]], given: dict[str, str], people: int
) -> set[str]:
    """The largest units below the top ones; the first keeps Baik, the second is made Istimewa, and so on."""
    wanted = min(max(1, people // PEOPLE_PER_BREACH), MOST_BREACHES)
    fitting = [unit for unit in units if unit.level >= 2 and len(members[unit.id]) >= 8] or list(units)
    chosen = sorted(fitting, key=lambda unit: (-len(members[unit.id]), unit.id))[:wanted]
    for turn, unit in enumerate(chosen):
        given[unit.id] = "baik" if turn % 2 == 0 else "istimewa"
    return {unit.id for unit in chosen}


def _problem(rating: str) -> str:
    return "B>70%" if rating == "baik" else "SB>70%"


def _outcomes(rating: str, number: int, breach: bool) -> list[str]:
    """`number` outcomes, the head's first, whose shares SE MenPANRB 3/2023 allows under the rating, or not."""
    main = {"istimewa": 0, "baik": 1, "butuh_perbaikan": 2, "kurang": 3, "sangat_kurang": 4}[rating]
    counts = [0] * 5
    if breach:
        counts[main] = max(-(-number * 17 // 20), 1)
        counts[1 - main] = number - counts[main]
    elif rating in ("istimewa", "baik"):
        counts[2] = max(1, number * 8 // 100) if rating == "baik" and number > 1 else number // 20
        # More than half, so that "most" holds in both readings of the circular, and never above 70 %.
        counts[main] = max(min(number * 7 // 10, max(number * 62 // 100, number // 2 + 1)), 1)
        counts[1 - main] = number - counts[main] - counts[2]
    else:
        counts[main] = -(-number * 62 // 100)
        lower = 2 if main > 2 else 1
        counts[lower] = min(max(1, -(-number // 8)), number - counts[main])
        counts[1] += number - sum(counts)
    return _with_head_first(rating, [name for name, count in zip(OUTCOMES, counts, strict=True) for _ in range(count)])


def _with_head_first(rating: str, outcomes: list[str]) -> list[str]:
    head = {"istimewa": "sangat_baik", "baik": "baik"}.get(rating, "butuh_perbaikan")
    outcomes.remove(head)
    return [head, *outcomes]


def _rate(rng: Random, people: Sequence[Person], rating: str, outcomes: Sequence[str]) -> list[Rating]:
    head = [person for person in people if person.is_head]
    rest = [person for person in people if not person.is_head]
    rng.shuffle(rest)
    rated = []
    for person, outcome in zip([*head, *rest], outcomes, strict=True):
        result, behaviour = rng.choice(_RATINGS[outcome])
        if person.is_head:
            result = _HEAD.get(rating, "di_bawah")
        rated.append(Rating(person.number, result, behaviour))
    return rated


def _setter(people: Sequence[Person], lines: Mapping[str, str | None]) -> str | None:
    return next((lines[person.number] for person in people if person.is_head), None)
