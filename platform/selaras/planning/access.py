"""Whose plan, matrix and assignments an actor may read: of people whose record they may see, and whom they review."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day, person_for
from selaras.organisation.queries import PersonView, person, superior_of
from selaras.planning.assignments import AssignmentView, assignments_of
from selaras.planning.matrix import ShareView, matrix, shares_of
from selaras.planning.queries import PlanView, plan


def planner_for(session: Session, actor: Actor, person_id: UUID, day: date | None = None) -> PersonView:
    """The person whose plan it is, if the actor may see them or stands above who appraises them, else `NotFound`."""
    on = day or agency_day(session, actor)
    try:
        return person_for(session, actor, person_id, on)
    except NotFound:
        superior = superior_of(session, person_id, on) if Permission.SEE_TEAM in actor.permissions else None
        if superior is None or actor.person_id is None or superior_of(session, superior, on) != actor.person_id:
            raise
        return person(session, person_id, on)


def plan_seen(
    session: Session, actor: Actor, person_id: UUID, year: int, day: date | None = None, *, segment: int | None = None
) -> PlanView | None:
    """The person's last plan of a year (or that of `segment`), if the actor may see the person, else `NotFound`.

    Whether somebody may be seen is asked on `day`, today unless it is given.
    """
    planner_for(session, actor, person_id, day)
    return plan(session, person_id, year, segment=segment)


def matrix_seen(session: Session, actor: Actor, person_id: UUID, year: int) -> tuple[list[ShareView], list[ShareView]]:
    """What members do for the person's results, and what the person does for others', else `NotFound`."""
    planner_for(session, actor, person_id)
    return matrix(session, person_id, year), shares_of(session, person_id, year)


def assignments_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[AssignmentView]:
    """The person's assignments that touch these days, with their team leaders' inputs, else `NotFound`."""
    planner_for(session, actor, person_id)
    return assignments_of(session, person_id, starts, ends)
