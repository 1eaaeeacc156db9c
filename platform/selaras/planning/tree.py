"""Reads: the performance tree of a year: every goal below the one it serves, and how much hangs on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound

_GOALS = text(
    """
    SELECT goal.id, goal.code, goal.title, goal.indicator, goal.target, goal.measure, goal.document, goal.parent_id,
           goal.unit_id, unit.name AS unit_name,
           coalesce(hung.results, 0) AS results, coalesce(hung.people, 0) AS people
    FROM selaras.goal goal
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = goal.unit_id
    LEFT JOIN (
        SELECT item.goal_id, count(*) AS results, count(DISTINCT plan.person_id) AS people
        FROM selaras.plan_item item
        JOIN selaras.plan plan ON plan.tenant_id = :tenant AND plan.id = item.plan_id
        WHERE item.tenant_id = :tenant AND plan.year = :year AND item.goal_id IS NOT NULL
          AND item.stopped_on IS NULL
        GROUP BY item.goal_id
    ) hung ON hung.goal_id = goal.id
    WHERE goal.tenant_id = :tenant AND goal.year = :year
    ORDER BY goal.code, goal.id
    """
)
_YEARS = text("SELECT DISTINCT year FROM selaras.goal WHERE tenant_id = :tenant ORDER BY year DESC")
_HUNG = text(
    """
    SELECT item.id, item.code, item.title, plan.person_id, person.name,
           (SELECT count(*) FROM selaras.plan_item below
            WHERE below.tenant_id = :tenant AND below.parent_item_id = item.id) AS below
    FROM selaras.plan_item item
    JOIN selaras.plan plan ON plan.tenant_id = :tenant AND plan.id = item.plan_id
    JOIN selaras.person person ON person.tenant_id = :tenant AND person.id = plan.person_id
    WHERE item.tenant_id = :tenant AND item.goal_id = :goal
    ORDER BY person.search_name, person.id, item.code LIMIT :limit
    """
)


@dataclass(frozen=True)
class Node:
    """A goal in the tree: its own results and people, and what its whole branch holds (itself included)."""

    goal_id: UUID
    code: str
    title: str
    indicator: str
    target: Decimal | None
    measure: str | None
    document: str | None
    parent_id: UUID | None
    unit_id: UUID
    unit_name: str
    results: int
    people: int
    children: tuple[Node, ...] = ()
    goals_below: int = 0
    results_below: int = 0
    empty_below: int = 0

    @property
    def nobody(self) -> bool:
        """Whether nothing at all hangs on the goal: no result and no goal below it."""
        return self.results == 0 and not self.children


@dataclass(frozen=True)
class Hung:
    """A person's result that hangs on a goal, and how many results of others serve it."""

    item_id: UUID
    code: str
    title: str
    person_id: UUID
    name: str
    below: int


def goal_years(session: Session) -> list[int]:
    """The years that have goals, the newest first."""
    return list(session.scalars(_YEARS, {"tenant": tenant_of(session)}))


def tree(session: Session, year: int) -> tuple[Node, ...]:
    """The goals that serve no other one, each with its branch; one statement for the whole year."""
    rows = session.execute(_GOALS, {"tenant": tenant_of(session), "year": year}).all()
    below: dict[UUID | None, list[Node]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(Node(*row))
    return tuple(_grown(node, below) for node in below[None])


def branch(nodes: tuple[Node, ...], goal_id: UUID) -> tuple[Node, ...]:
    """The way from the top to a goal, the goal itself last; `NotFound` for one that is not in the tree."""
    for way in _ways(nodes, ()):
        if way[-1].goal_id == goal_id:
            return way
    raise NotFound("goal_unknown", "There is no such goal here.")


def hung_on(session: Session, goal_id: UUID, limit: int = 100) -> list[Hung]:
    """The first `limit` results that hang on a goal, by their people's names."""
    return [
        Hung(*row) for row in session.execute(_HUNG, {"tenant": tenant_of(session), "goal": goal_id, "limit": limit})
    ]


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Every goal, each before those that serve it."""
    for way in _ways(nodes, ()):
        yield way[-1]


def _grown(node: Node, below: dict[UUID | None, list[Node]]) -> Node:
    children = tuple(_grown(one, below) for one in below.get(node.goal_id, ()))
    whole = replace(
        node,
        children=children,
        goals_below=sum(1 + one.goals_below for one in children),
        results_below=node.results + sum(one.results_below for one in children),
    )
    return replace(whole, empty_below=whole.nobody + sum(one.empty_below for one in children))


def _ways(nodes: tuple[Node, ...], above: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    for node in nodes:
        way = (*above, node)
        yield way
        yield from _ways(node.children, way)
