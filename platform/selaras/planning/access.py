"""Whose plan, matrix and assignments an actor may read: of the same people whose record they may see."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.organisation.access import person_for
from selaras.planning.assignments import AssignmentView, assignments_of
from selaras.planning.matrix import ShareView, matrix, shares_of
from selaras.planning.queries import PlanView, plan


def plan_seen(session: Session, actor: Actor, person_id: UUID, year: int, day: date | None = None) -> PlanView | None:
    """The person's plan of a year, if the actor may see the person on `day` (today unless given), else `NotFound`."""
    person_for(session, actor, person_id, day)
    return plan(session, person_id, year)


def matrix_seen(session: Session, actor: Actor, person_id: UUID, year: int) -> tuple[list[ShareView], list[ShareView]]:
    """What members do for the person's results, and what the person does for others', else `NotFound`."""
    person_for(session, actor, person_id)
    return matrix(session, person_id, year), shares_of(session, person_id, year)


def assignments_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[AssignmentView]:
    """The person's assignments that touch these days, with their team leaders' inputs, else `NotFound`."""
    person_for(session, actor, person_id)
    return assignments_of(session, person_id, starts, ends)
