"""Get what follows an outcome, or be refused; what may not be seen is told as not existing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.followup.objections import Objection, objection, objections_of
from selaras.followup.rulebooks import path_without_superior
from selaras.identity.actor import Actor
from selaras.organisation.access import person_for
from selaras.organisation.queries import PersonView, person
from selaras.regulation import Registry
from selaras.tenancy.queries import agency


def desk(session: Session, actor: Actor, registry: Registry) -> list[Objection]:
    """The objections on the actor's desk, undecided ones first."""
    zone = agency(session, tenant_of(session)).time_zone
    return objections_of(session, actor, zone, path_without_superior(session, registry, today(zone)))


def objection_for(session: Session, actor: Actor, registry: Registry, person_id: UUID, code: str) -> Objection:
    """One objection with its reason, for both sides, whoever decides it, and who acts for them; else NotFound."""
    zone = agency(session, tenant_of(session)).time_zone
    found = objection(session, actor, zone, path_without_superior(session, registry, today(zone)), person_id, code)
    if found is None or not _may_read(actor, found):
        raise NotFound("objection.unknown", "There is no such objection here.")
    return found


def _may_read(actor: Actor, found: Objection) -> bool:
    own = actor.person_id is not None and actor.person_id in (found.person_id, found.appraiser_id)
    return own or found.may_decide or found.speaks_by is not None


def receipt_person(session: Session, actor: Actor, registry: Registry, person_id: UUID, code: str) -> PersonView:
    """The person whose receipt is asked for: whoever may see them, and who decides their objection to that result."""
    try:
        return person_for(session, actor, person_id)
    except NotFound:
        objection_for(session, actor, registry, person_id, code)
        return person(session, person_id, today(agency(session, tenant_of(session)).time_zone))
