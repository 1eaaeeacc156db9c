"""Get a person or a unit, or be refused; what may not be seen is told as not existing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.delegation import acting_for
from selaras.organisation.inspecting import note
from selaras.organisation.models import Unit
from selaras.organisation.queries import PersonView, person, superior_of
from selaras.organisation.reach import reaches_person
from selaras.tenancy.models import Agency


def person_for(session: Session, actor: Actor, person_id: UUID, day: date | None = None) -> PersonView:
    """The person on `day` (the agency's today unless given), if the actor may see them, else `NotFound`.

    One may see oneself, those whom one appraises on that day, and whoever SEE_PEOPLE reaches.
    """
    on = day or agency_day(session, actor)
    if not _may_see(session, actor, person_id, on):
        raise NotFound("person_unknown", "There is no such person here.")
    if person_id != actor.person_id:
        note(session, actor, [person_id])
    return person(session, person_id, on)


def _may_see(session: Session, actor: Actor, person_id: UUID, day: date) -> bool:
    if reaches_person(session, actor, Permission.SEE_PEOPLE, person_id, day):
        return True
    if actor.person_id is None:
        return False
    if actor.person_id == person_id:
        return Permission.SEE_OWN in actor.permissions
    if Permission.SEE_TEAM not in actor.permissions:
        return False
    if superior_of(session, person_id, day) == actor.person_id:
        return True
    return acting_for(session, actor, Permission.SEE_TEAM, person_id, day) is not None


def unit_for(session: Session, unit_id: UUID) -> str:
    """The name of a unit of this agency, else `NotFound`."""
    name = session.scalar(select(Unit.name).where(Unit.id == unit_id))
    if name is None:
        raise NotFound("unit_unknown", "There is no such unit here.")
    return name


def agency_day(session: Session, actor: Actor) -> date:
    """Today in the agency's own zone."""
    return today(session.execute(select(Agency.time_zone).where(Agency.tenant_id == actor.tenant_id)).scalar_one())
