"""The unit tree of a generated agency: the blueprint grows breadth-first until the structural posts are used up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from uuid import UUID, uuid5

from selaras.tenancy.packs import Pack

NAMESPACE = UUID("5e1a2a50-6465-5d6f-8000-64656d6f0001")
"""Generated ids hang below this namespace: they can never be ids that the national system gave out."""


@dataclass(frozen=True)
class Blueprint:
    """A kind of unit: its names in order, its head, and the parts below it.

    In a name {n} is the number (such a name goes on without end) and {above} the parent's name in short.

    `first` and `step` are its urgency after its parent and after its own previous sibling: what is more urgent
    exists in smaller agencies already. `eselon` 99 marks a unit headed by a functional official.
    """

    names: tuple[str, ...]
    head: str
    eselon: str
    field: str
    first: float
    step: float
    staff: float = 1.0
    parts: tuple[Blueprint, ...] = ()

    def name(self, number: int, above: str) -> str | None:
        """The name of the n-th unit of this kind below one parent, from 0; None when there are no more."""
        if number >= len(self.names) and "{n}" not in self.names[-1]:
            return None
        return self.names[min(number, len(self.names) - 1)].format(n=number + 1, above=_short(above))


@dataclass(frozen=True)
class Unit:
    """A unit of the tree. `branch_id` is the upper unit it belongs to (IndukUnorId); the root has no parent."""

    id: str
    parent_id: str | None
    branch_id: str
    name: str
    head_title: str
    eselon: str
    field: str
    staff: float
    level: int

    @property
    def structural(self) -> bool:
        """Whether its head holds a structural post."""
        return self.eselon not in ("00", "99")


@dataclass(order=True)
class _Candidate:
    urgency: float
    turn: int
    blueprint: Blueprint = field(compare=False)
    parent: Unit = field(compare=False)
    number: int = field(compare=False)


def agency_id(slug: str) -> str:
    """InstansiId of a generated agency."""
    return str(uuid5(NAMESPACE, slug))


def root_unit(pack: Pack) -> Unit:
    """The agency itself. Its head is a political official without NIP, so nobody in the data heads it."""
    key = unit_id(pack.slug, pack.name)
    return Unit(key, None, key, pack.name, pack.head_title, "00", "office", 0.0, 0)


def unit_id(slug: str, path: str) -> str:
    """The id of the unit at a path within an agency."""
    return str(uuid5(NAMESPACE, f"{slug}/unor/{path}"))


def grow(pack: Pack, root: Unit, blueprints: tuple[Blueprint, ...], posts: int) -> list[Unit]:
    """The root and `posts` units below it, the most urgent ones; parents stand before their parts."""
    turns = count()
    heap: list[_Candidate] = []
    for blueprint in blueprints:
        heappush(heap, _Candidate(blueprint.first, next(turns), blueprint, root, 0))
    units = [root]
    while heap and len(units) <= posts:
        taken = heappop(heap)
        unit = _found(pack, taken)
        units.append(unit)
        for following in _following(taken, unit, turns):
            heappush(heap, following)
    return units


def attach(pack: Pack, parent: Unit, blueprint: Blueprint, number: int) -> list[Unit]:
    """`number` units of one kind below a parent."""
    return [_found(pack, _Candidate(0, 0, blueprint, parent, one)) for one in range(number)]


def _found(pack: Pack, taken: _Candidate) -> Unit:
    blueprint, parent = taken.blueprint, taken.parent
    name = blueprint.name(taken.number, parent.name) or ""
    key = unit_id(pack.slug, f"{parent.id}/{name}")
    return Unit(
        id=key,
        parent_id=parent.id,
        branch_id=key if parent.level <= 1 and blueprint.eselon < "31" else parent.branch_id,
        name=name,
        head_title=_head_title(blueprint.head, name),
        eselon=blueprint.eselon,
        field=blueprint.field,
        staff=blueprint.staff,
        level=parent.level + 1,
    )


def _following(taken: _Candidate, unit: Unit, turns: count[int]) -> Iterator[_Candidate]:
    for part in taken.blueprint.parts:
        yield _Candidate(taken.urgency + part.first, next(turns), part, unit, 0)
    if taken.blueprint.name(taken.number + 1, taken.parent.name) is not None:
        urgency = taken.urgency + taken.blueprint.step
        yield _Candidate(urgency, next(turns), taken.blueprint, taken.parent, taken.number + 1)


def _short(name: str) -> str:
    for words in ("Kecamatan ", "Direktorat Jenderal ", "Sekretariat ", "Kantor Wilayah "):
        name = name.removeprefix(words)
    return name


def _head_title(head: str, name: str) -> str:
    """The head's post: a pattern with {name}, or a title by the first words of the unit's name."""
    known = {
        "Sekretariat Jenderal": "Sekretaris Jenderal",
        "Sekretariat Daerah": "Sekretaris Daerah",
        "Sekretariat": "Sekretaris",
        "Inspektorat Jenderal": "Inspektur Jenderal",
        "Inspektorat": "Inspektur",
        "Direktorat Jenderal": "Direktur Jenderal",
        "Direktorat": "Direktur",
        "Kecamatan": "Camat",
        "Kelurahan": "Lurah",
    }
    for words, title in known.items():
        if name.startswith(words):
            return (title + name[len(words) :]).strip()
    return head.format(name=name)
