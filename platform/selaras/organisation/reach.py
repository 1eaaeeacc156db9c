"""How far a permission reaches on a day: the whole agency, or the units below those for which it was granted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.models import Appointment
from selaras.tenancy.models import Agency

_KNOWN = "selaras.reach"
_BELOW = text(
    """
    WITH RECURSIVE below AS (
        SELECT unnest(CAST(:roots AS uuid[])) AS unit_id
        UNION
        SELECT place.unit_id FROM selaras.unit_placement place JOIN below ON place.parent_id = below.unit_id
        WHERE place.tenant_id = :tenant AND place.during @> CAST(:day AS date)
    )
    SELECT unit_id FROM below
    """
)

# For statements of our own: `{person}` is a column with a person's id; takes `:tenant`, `:reach` and `:day`.
PERSON_WITHIN: Final = (
    " AND EXISTS (SELECT FROM selaras.appointment reached WHERE reached.tenant_id = :tenant"
    " AND reached.person_id = {person} AND reached.kind = 'definitive' AND reached.unit_id = ANY(:reach)"
    " AND reached.during @> CAST(:day AS date))"
)

_IS_WITHIN = text("SELECT true WHERE true" + PERSON_WITHIN.format(person="CAST(:person AS uuid)"))


def reach(session: Session, actor: Actor, permission: Permission, day: date) -> frozenset[UUID] | None:
    """The units on `day` that the actor's permission reaches; None for the whole agency.

    A unit that is set up below later belongs to it from then on. Worked out once a transaction for the same day.
    """
    roots = actor.roots(permission)
    return None if roots is None else below(session, roots, day)


def below(session: Session, roots: Collection[UUID], day: date) -> frozenset[UUID]:
    """Some units, and every unit below them on `day`."""
    wanted = frozenset(roots)
    known: dict[tuple[frozenset[UUID], date], frozenset[UUID]] = session.info.setdefault(_KNOWN, {})
    if (wanted, day) not in known:
        values = {"roots": list(wanted), "tenant": tenant_of(session), "day": day}
        known[wanted, day] = frozenset(session.execute(_BELOW, values).scalars())
    return known[wanted, day]


def only_reached(
    session: Session, actor: Actor, permission: Permission, person: InstrumentedAttribute[UUID]
) -> ColumnElement[bool]:
    """The condition that the actor's permission reaches the person of a column today; true for the whole agency."""
    if actor.roots(permission) is None:
        return true()
    day = _today(session, actor)
    return exists().where(
        Appointment.tenant_id == actor.tenant_id,
        Appointment.person_id == person,
        Appointment.kind == "definitive",
        Appointment.unit_id.in_(reach(session, actor, permission, day) or ()),
        Appointment.during.contains(day),
    )


def _today(session: Session, actor: Actor) -> date:
    return today(session.execute(select(Agency.time_zone).where(Agency.tenant_id == actor.tenant_id)).scalar_one())


def reaches_person(
    session: Session, actor: Actor, permission: Permission, person_id: UUID, day: date | None = None
) -> bool:
    """Whether the actor holds the permission for this person on `day` (the agency's today unless given)."""
    if permission not in actor.permissions or actor.roots(permission) is None:
        return permission in actor.permissions
    day = day or _today(session, actor)
    units = reach(session, actor, permission, day) or frozenset()
    values = {"tenant": tenant_of(session), "person": person_id, "reach": list(units), "day": day}
    return bool(session.scalar(_IS_WITHIN, values))


def reaches_unit(session: Session, actor: Actor, permission: Permission, unit_id: UUID, day: date) -> bool:
    """Whether the actor holds the permission for this unit on `day`."""
    units = reach(session, actor, permission, day)
    return permission in actor.permissions and (units is None or unit_id in units)
