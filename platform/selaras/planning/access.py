"""Whose plan an actor may read: the same people whose record they may see."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.organisation.access import person_for
from selaras.planning.queries import PlanView, plan


def plan_seen(session: Session, actor: Actor, person_id: UUID, year: int, day: date | None = None) -> PlanView | None:
    """The person's plan of a year, if the actor may see the person on `day` (today unless given), else `NotFound`."""
    person_for(session, actor, person_id, day)
    return plan(session, person_id, year)
