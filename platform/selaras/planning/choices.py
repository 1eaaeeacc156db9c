"""What a plan can refer to: the superior's results, even while pending, goals of the unit, assignments of the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of, units
from selaras.planning.assignments import AssignmentView, assignments_of
from selaras.planning.models import Plan, PlanItem
from selaras.planning.queries import GoalView, goals


@dataclass(frozen=True)
class SuperiorResult:
    """A result of the superior's plan that one's own may serve."""

    item_id: UUID
    code: str
    title: str


@dataclass(frozen=True)
class Choices:
    """`superior_name` is None where nobody stands above; `superior_state` is None where that plan is not written."""

    superior_name: str | None
    superior_state: str | None
    results: tuple[SuperiorResult, ...]
    goals: tuple[GoalView, ...]
    assignments: tuple[AssignmentView, ...]


def choices(session: Session, person_id: UUID, unit_id: UUID | None, year: int, day: date) -> Choices:
    """Everything that one's plan of the year can refer to, as things stand on `day`."""
    superior = superior_of(session, person_id, day)
    name, state = _standing(session, superior, year)
    return Choices(
        superior_name=name,
        superior_state=state,
        results=_results(session, superior, year),
        goals=tuple(_goals(session, unit_id, year, day)),
        assignments=tuple(assignments_of(session, person_id, date(year, 1, 1), date(year, 12, 31))),
    )


def _standing(session: Session, superior: UUID | None, year: int) -> tuple[str | None, str | None]:
    """The superior's name and how far their plan is; where a year has several, the least far one is told."""
    if superior is None:
        return None, None
    row = session.execute(
        select(Person.name, func.array_agg(Plan.state))
        .outerjoin(Plan, (Plan.person_id == Person.id) & (Plan.year == year))
        .where(Person.id == superior)
        .group_by(Person.name)
    ).one()
    states = [one for one in ("draft", "submitted", "agreed") if one in row[1]]
    return row[0], states[0] if states else None


def _results(session: Session, superior: UUID | None, year: int) -> tuple[SuperiorResult, ...]:
    if superior is None:
        return ()
    rows = session.execute(
        select(PlanItem.id, PlanItem.code, PlanItem.title)
        .join(Plan, Plan.id == PlanItem.plan_id)
        .where(Plan.person_id == superior, Plan.year == year, PlanItem.title != "", PlanItem.stopped_on.is_(None))
        .order_by(PlanItem.kind.desc(), PlanItem.code)
    )
    return tuple(SuperiorResult(*row) for row in rows)


def _goals(session: Session, unit_id: UUID | None, year: int, day: date) -> list[GoalView]:
    """The goals of the unit; where it has none of its own, those of the nearest unit above that has some."""
    every = goals(session, year)
    above = {one.unit_id: one.parent_id for one in units(session, day)} if every else {}
    at = unit_id
    while at is not None:
        found = [one for one in every if one.unit_id == at]
        if found:
            return found
        at = above.get(at)
    return []
