"""Audits with a reason: stated before people are shown, for some hours, with everybody who was looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.models import Account
from selaras.identity.permissions import Permission
from selaras.organisation.models import Inspection, InspectionView, Person

SHORTEST_REASON = 20
LONGEST_REASON = 2000
_NOTED = "selaras.inspected"
_NOTE = text(
    """
    INSERT INTO selaras.inspection_view (tenant_id, inspection_id, person_id, place, at)
    SELECT :tenant, :inspection, unnest(CAST(:people AS uuid[])), :place, :at
    """
)


@dataclass(frozen=True)
class AuditView:
    """One audit: whose, why, from when to when (`ends`: its end so far), and how many people were looked at."""

    id: UUID
    account_id: UUID
    name: str
    reason: str
    opened_at: datetime
    ends: datetime
    open: bool
    people: int


@dataclass(frozen=True)
class SeenView:
    """Somebody who was looked at in an audit: when, and on which page or at which endpoint."""

    person_id: UUID
    name: str
    place: str
    at: datetime


def begin(session: Session, actor: Actor, reason: str, hours: int) -> UUID:
    """State why one audits; from now on, for some hours, what concerns people is shown and recorded. Needs AUDIT."""
    actor.require(Permission.AUDIT)
    said = reason.strip()
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise Invalid(
            "audit_reason",
            "Say what is audited and why, in {least} to {most} characters; the agency reads it.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
            field="reason",
        )
    opened = now()
    for one in session.scalars(_open_of(actor, opened)):
        one.ended_at = opened
    row = Inspection(account_id=actor.account_id, reason=said, opened_at=opened, until=opened + timedelta(hours=hours))
    session.add(row)
    session.flush()
    payload = {"reason": salted(session, said), "hours": hours}
    record(session, actor, "audit.begin", f"audit:{row.id}", payload)
    return row.id


def end(session: Session, actor: Actor, audit_id: UUID) -> None:
    """End one's own audit before its time."""
    closing = update(Inspection).where(
        Inspection.id == audit_id,
        Inspection.account_id == actor.account_id,
        Inspection.ended_at.is_(None),
        Inspection.until > now(),
    )
    if session.execute(closing.values(ended_at=now()).returning(Inspection.id)).scalar_one_or_none() is None:
        raise Conflict("audit_over", "This audit is over already, or is somebody else's.")
    record(session, actor, "audit.end", f"audit:{audit_id}", {})


def note(session: Session, actor: Actor, people: Collection[UUID]) -> None:
    """Record who is shown to whoever audits; nothing for everybody else. Once a request for the same person."""
    if actor.inspection is None:
        return
    noted: set[UUID] = session.info.setdefault(_NOTED, set())
    fresh = [one for one in dict.fromkeys(people) if one not in noted]
    if not fresh:
        return
    noted.update(fresh)
    audit, place = actor.inspection.id, actor.inspection.place.replace(" ", "-")
    values = {"tenant": tenant_of(session), "inspection": audit, "people": fresh, "place": place, "at": now()}
    session.execute(_NOTE, values)
    record(session, actor, "audit.view", f"audit:{audit}", {"place": place, "people": fresh})


def audits(session: Session, actor: Actor, limit: int = 100) -> list[AuditView]:
    """Audits, the newest first: one's own, and everybody's for whoever grants roles."""
    return [_view(row) for row in session.execute(_audits(actor).limit(limit))]


def audit(session: Session, actor: Actor, audit_id: UUID) -> tuple[AuditView, list[SeenView]]:
    """One audit with everybody who was looked at, in the order of time; or NotFound."""
    row = session.execute(_audits(actor).where(Inspection.id == audit_id)).one_or_none()
    if row is None:
        raise NotFound("audit_unknown", "There is no such audit here.")
    seen = session.execute(
        select(InspectionView.person_id, Person.name, InspectionView.place, InspectionView.at)
        .join(Person, Person.id == InspectionView.person_id)
        .where(InspectionView.inspection_id == audit_id)
        .order_by(InspectionView.at, Person.name)
        .limit(5000)
    )
    return _view(row), [SeenView(*one) for one in seen]


def _audits(actor: Actor) -> Any:
    people = (
        select(func.count(func.distinct(InspectionView.person_id)))
        .where(InspectionView.tenant_id == actor.tenant_id, InspectionView.inspection_id == Inspection.id)
        .scalar_subquery()
    )
    query = select(Inspection, Account.name, people.label("people")).join(Account, Account.id == Inspection.account_id)
    if not actor.holds_whole(Permission.GRANT_ROLES):
        query = query.where(Inspection.account_id == actor.account_id)
    return query.order_by(Inspection.opened_at.desc(), Inspection.id)


def _open_of(actor: Actor, moment: datetime) -> Any:
    return select(Inspection).where(
        Inspection.account_id == actor.account_id, Inspection.ended_at.is_(None), Inspection.until > moment
    )


def _view(row: Row[Any]) -> AuditView:
    one = row.Inspection
    ends = one.ended_at or one.until
    return AuditView(
        one.id,
        one.account_id,
        row.name,
        one.reason,
        one.opened_at,
        ends,
        one.ended_at is None and one.until > now(),
        row.people,
    )
