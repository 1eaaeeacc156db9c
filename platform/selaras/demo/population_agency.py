"""An agency out of units and people: who fills which place, who appraises whom, how the quarter was judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from types import MappingProxyType

from selaras.demo.population_people import TODAY, Maker, Person, Slot
from selaras.demo.population_posts import HEAD_KIND
from selaras.demo.population_ratings import Breach, OrganisationRating, Rating, judge
from selaras.demo.structure import Unit
from selaras.demo.structure_ministry import ministry_units
from selaras.demo.structure_regional import regional_units
from selaras.tenancy.packs import REGIONAL, Pack

PERIOD = "2026-TW3"


@dataclass(frozen=True)
class Mix:
    """Shares of the whole: structural heads, functional officials, contracts; part-time as a share of contracts.

    The default follows the published national figures of 1 November 2025 (5,588,245 people).
    """

    structural: float = 317_805 / 5_588_245
    functional: float = 3_555_977 / 5_588_245
    contract: float = 1_988_655 / 5_588_245
    part_time: float = 0.22


@dataclass(frozen=True)
class Override:
    """A superior who is named explicitly because he or she is not the head of the person's unit."""

    number: str
    superior: str
    since: date


@dataclass(frozen=True)
class Population:
    """A generated agency. `superiors` maps every number to its appraiser's, or None below a political head.

    `period` is None for an agency that has ended: it has people and a history, but no running quarter.
    """

    pack: Pack
    seed: int
    as_of: date
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    superiors: Mapping[str, str | None]
    overrides: tuple[Override, ...]
    period: str | None
    organisation_ratings: tuple[OrganisationRating, ...]
    ratings: tuple[Rating, ...]
    breaches: tuple[Breach, ...]


def fresh_agency(pack: Pack, people: int, seed: int) -> Population:
    """An agency of its own, without regard to a predecessor."""
    ended = pack.ended_on is not None
    # Contracts were rare before the great intake of 2025, and recruits of the successor bring their share later.
    mix = Mix(structural=0.07, functional=0.63, contract=0.2, part_time=0.0) if ended else Mix()
    as_of = date(2024, 10, 20) if ended else TODAY
    rng = Random(f"{seed}/{pack.slug}/people")  # noqa: S311 - repeatable on purpose, nothing secret
    history = pack.demo.history_year if pack.demo else None
    posted_before = None if history is None else date(history, 1, 1)
    units = _units(pack, people, mix)
    maker = Maker(rng, pack.demo.number_slice if pack.demo else 0, as_of, posted_before=posted_before)
    return assemble(pack, seed, as_of, units, [maker.person(slot) for slot in _slots(rng, units, people, mix)])


def assemble(pack: Pack, seed: int, as_of: date, units: Sequence[Unit], people: Sequence[Person]) -> Population:
    """A population out of units and people: lines, overrides, and the quarter's judgements."""
    rng = Random(f"{seed}/{pack.slug}/judgement")  # noqa: S311 - repeatable on purpose, nothing secret
    lines = _lines(units, people)
    overrides = _overrides(rng, people)
    lines.update({one.number: one.superior for one in overrides})
    period = None if pack.ended_on is not None else PERIOD
    judged = judge(rng, units, people, lines) if period else ((), (), ())
    return Population(
        pack=pack,
        seed=seed,
        as_of=as_of,
        units=tuple(units),
        people=tuple(people),
        superiors=MappingProxyType(lines),
        overrides=overrides,
        period=period,
        organisation_ratings=judged[0],
        ratings=judged[1],
        breaches=judged[2],
    )


def heads(people: Sequence[Person]) -> dict[str, Person]:
    """Unit id → the person who heads it."""
    return {person.unit_id: person for person in people if person.is_head}


def _units(pack: Pack, people: int, mix: Mix) -> list[Unit]:
    posts = round(people * mix.structural)
    return regional_units(pack, people, posts) if pack.kind in REGIONAL else ministry_units(pack, posts)


def _slots(rng: Random, units: Sequence[Unit], people: int, mix: Mix) -> list[Slot]:
    headed = [unit for unit in units if unit.parent_id is not None]
    members = dict(zip(headed, _shares([unit.staff for unit in headed], people - len(headed)), strict=True))
    functional = _functional(members, round(people * mix.functional))
    slots = [Slot(unit, True, HEAD_KIND[unit.eselon[0]], "pns") for unit in headed]
    for unit, number in members.items():
        kinds = ["jf"] * functional[unit] + ["pelaksana"] * (number - functional[unit])
        slots += [Slot(unit, False, kind, "") for kind in kinds]
    return _employed(rng, slots, round(people * mix.contract), mix.part_time)


def _shares(weights: Sequence[float], whole: int) -> list[int]:
    """`whole` dealt out by weight, largest remainder first; every part gets four where there is enough."""
    least = min(4, whole // len(weights))
    rest = whole - least * len(weights)
    exact = [weight * rest / sum(weights) for weight in weights]
    dealt = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda one: dealt[one] - exact[one])
    for one in order[: rest - sum(dealt)]:
        dealt[one] += 1
    return [least + one for one in dealt]


def _functional(members: Mapping[Unit, int], target: int) -> dict[Unit, int]:
    """How many of each unit's members are functional officials: most in schools and clinics, the rest in offices."""
    service = {unit for unit in members if unit.eselon == "99"}
    chosen = {unit: round(members[unit] * 0.9) for unit in service}
    left = target - len(service) - sum(chosen.values())
    office = sum(number for unit, number in members.items() if unit not in service)
    share, carried = min(max(left / office, 0.0), 1.0), 0.5
    for unit, number in members.items():
        if unit not in service:
            carried += number * share
            chosen[unit] = min(int(carried), number)
            carried -= chosen[unit]
    return chosen


def _employed(rng: Random, slots: list[Slot], contracts: int, part_time: float) -> list[Slot]:
    open_slots = [place for place, slot in enumerate(slots) if not slot.is_head]
    rng.shuffle(open_slots)
    on_contract = set(open_slots[:contracts])
    candidates = open_slots[contracts:]
    kind = dict.fromkeys(on_contract, "pppk") | dict.fromkeys(candidates[: len(candidates) // 40], "cpns")
    # Part-time contracts went to people in executive posts first.
    ordered = sorted(on_contract, key=lambda place: (slots[place].kind != "pelaksana", place))
    kind |= dict.fromkeys(ordered[: round(contracts * part_time)], "pppk_part_time")
    return [Slot(one.unit, one.is_head, one.kind, kind.get(place, "pns")) for place, one in enumerate(slots)]


def _lines(units: Sequence[Unit], people: Sequence[Person]) -> dict[str, str | None]:
    by_id, headed = {unit.id: unit for unit in units}, heads(people)
    above: dict[str | None, str | None] = {None: None}
    for unit in units:
        head = headed.get(unit.id)
        above[unit.id] = head.number if head else above[unit.parent_id]
    return {
        person.number: above[by_id[person.unit_id].parent_id] if person.is_head else above[person.unit_id]
        for person in people
    }


def _overrides(rng: Random, people: Sequence[Person]) -> tuple[Override, ...]:
    """In one unit of eight, and in one at least, a senior functional official leads a team of two and appraises it."""
    members: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if not person.is_head and person.post.kind == "jf":
            members[person.unit_id].append(person)
    teams = [team for team in map(_team, members.values()) if team is not None]
    chosen = [team for team in teams if rng.random() < 0.125] or teams[:1]
    return tuple(
        Override(one.number, leader.number, date(2026, 1, 1)) for leader, *followers in chosen for one in followers
    )


def _team(members: Sequence[Person]) -> list[Person] | None:
    """A leader with two followers, where a unit's functional officials can form such a team."""
    leader = next((one for one in members if one.employment == "pns" and one.post.level in ("muda", "madya")), None)
    followers = [one for one in members if one is not leader][:2]
    return [leader, *followers] if leader is not None and len(followers) == 2 else None
