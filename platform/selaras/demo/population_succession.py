"""The people of an agency that was split, as they arrive at one of its successors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from selaras.demo.population_agency import Population, assemble
from selaras.demo.population_people import TODAY, Maker, Person, Slot
from selaras.demo.structure import Unit, root_unit, unit_id
from selaras.errors import Invalid
from selaras.tenancy.packs import Pack, Succession

RECRUITS_PER_MOVED = 0.25


def successor_agency(pack: Pack, former: Population, seed: int) -> Population:
    """A successor: the former agency's units and people that went to it, and one recruit since for every four."""
    succession = former.pack.succession
    if succession is None:
        raise Invalid("demo.no_succession", "{before} names no successors.", before=former.pack.slug)
    moved = _moved_units(pack, succession, former.units)
    units = [root_unit(pack), *(unit for _, unit in moved)]
    arrivals = _arrivals(former.people, {old: unit.id for old, unit in moved}, succession.effective)
    rng = Random(f"{seed}/{pack.slug}/recruits")  # noqa: S311 - repeatable on purpose, nothing secret
    recruits = _recruits(rng, pack, units[1:], round(len(arrivals) * RECRUITS_PER_MOVED), succession.effective)
    return assemble(pack, seed, TODAY, units, arrivals + recruits)


def _moved_units(pack: Pack, succession: Succession, units: Sequence[Unit]) -> list[tuple[str, Unit]]:
    """(old id, unit at the successor) for every unit that went to `pack`; parents first."""
    root = root_unit(pack)
    takes = set(succession.unit_shares.get(pack.slug, ()))
    moved: dict[str, Unit] = {}
    for unit in units[1:]:
        upper = unit.level == 1 and unit.name in takes
        if upper or unit.parent_id in moved:
            key = unit_id(pack.slug, unit.id)
            parent = root if upper else moved[unit.parent_id or ""]
            branch = key if unit.branch_id == unit.id else moved[unit.branch_id].id
            moved[unit.id] = replace(unit, id=key, parent_id=parent.id, branch_id=branch)
    return list(moved.items())


def _arrivals(people: Sequence[Person], units: Mapping[str, str], since: date) -> list[Person]:
    """The same persons with the same ids and numbers; their posts at the successor began with the split."""
    found = []
    for person in people:
        if person.unit_id in units:
            moved = replace(person, unit_id=units[person.unit_id], posted=since)
            if person.employment == "cpns":
                made = person.entered.replace(year=person.entered.year + 1)
                moved = replace(moved, employment="pns", permanent=made)
            found.append(moved)
    return found


def _recruits(rng: Random, pack: Pack, units: Sequence[Unit], number: int, split: date) -> list[Person]:
    maker = Maker(rng, pack.demo.number_slice if pack.demo else 0, TODAY, contracts_from=split.year + 1)
    slots = []
    for turn in range(number):
        kind = "jf" if rng.random() < 0.62 else "pelaksana"
        employment = "pppk_part_time" if kind == "pelaksana" and rng.random() < 0.7 else "pppk"
        slots.append(Slot(units[turn % len(units)], False, kind, employment))
    return [maker.person(slot) for slot in slots]
