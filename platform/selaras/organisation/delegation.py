"""Delegations with dates: Plt, Plh and mandates; whom a delegate acts for, and when that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.identity.actor import Acting, Actor
from selaras.identity.permissions import Permission
from selaras.organisation.models import Delegation
from selaras.organisation.queries import PersonLine, lines_of, team
from selaras.organisation.reach import below

KINDS = ("plt", "plh", "mandate")
SHORTEST = 5
LONGEST = 300

_LIST = """
    SELECT d.id, d.kind, d.delegate_id, delegate.name AS delegate_name, d.principal_id,
           principal.name AS principal_name, d.unit_id, unit.name AS unit_name, d.basis,
           lower(d.during) AS since, upper(d.during) AS until,
           isempty(d.during) AS never, d.granted_at, giver.name AS granted_by, d.revoked_at, d.revocation
    FROM selaras.delegation d
    JOIN selaras.person delegate ON delegate.tenant_id = :tenant AND delegate.id = d.delegate_id
    LEFT JOIN selaras.person principal ON principal.tenant_id = :tenant AND principal.id = d.principal_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = d.unit_id
    LEFT JOIN selaras.account giver ON giver.tenant_id = :tenant AND giver.id = d.granted_by
    WHERE d.tenant_id = :tenant ORDER BY d.granted_at DESC, d.id LIMIT 500
"""
# Who stands above somebody, all the way up: whoever acts for another never judges one of these, nor themself.
_ABOVE = """
    WITH RECURSIVE above AS (
        SELECT CAST(:delegate AS uuid) AS person_id
        UNION
        SELECT line.superior_id FROM selaras.reporting_line line JOIN above ON line.person_id = above.person_id
        WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date)
    )
"""
_ALL_ABOVE = text(_ABOVE + "SELECT person_id FROM above WHERE person_id IS NOT NULL")  # noqa: S608  # our own text
_OF_PRINCIPAL = text(
    _ABOVE  # noqa: S608  # our own text
    + """
    SELECT line.person_id FROM selaras.reporting_line line
    WHERE line.tenant_id = :tenant AND line.superior_id = :principal AND line.during @> CAST(:day AS date)
      AND line.person_id NOT IN (SELECT person_id FROM above)
    """
)
# Of a vacant post: whoever serves in the unit or below it, and answers to nobody within, because the post is vacant.
_OF_UNIT = text(
    _ABOVE  # noqa: S608  # our own text
    + """
    SELECT held.person_id FROM selaras.appointment held
    JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = held.position_id
    WHERE held.tenant_id = :tenant AND held.kind = 'definitive' AND held.during @> CAST(:day AS date)
      AND held.unit_id = ANY(:units) AND NOT (post.is_head AND held.unit_id = :unit)
      AND held.person_id NOT IN (SELECT person_id FROM above)
      AND NOT EXISTS (
        SELECT FROM selaras.reporting_line line
        JOIN selaras.appointment superior ON superior.tenant_id = :tenant AND superior.person_id = line.superior_id
         AND superior.kind = 'definitive' AND superior.during @> CAST(:day AS date) AND superior.unit_id = ANY(:units)
        WHERE line.tenant_id = :tenant AND line.person_id = held.person_id AND line.during @> CAST(:day AS date)
      )
    """
)
_HEADED = text(
    """
    SELECT true FROM selaras.appointment held
    JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = held.position_id AND post.is_head
    WHERE held.tenant_id = :tenant AND held.kind = 'definitive' AND held.unit_id = :unit
      AND held.during && daterange(CAST(:since AS date), CAST(:until AS date))
    LIMIT 1
    """
)
_DELEGATES = text(
    "SELECT delegate_id FROM selaras.delegation WHERE tenant_id = :tenant AND principal_id = :person"
    " AND during @> CAST(:day AS date)"
)
_OVER = text(
    """
    SELECT d.id, d.kind, d.principal_id, d.unit_id FROM selaras.delegation d
    WHERE d.tenant_id = :tenant AND d.delegate_id = :delegate AND NOT d.during @> CAST(:day AS date)
    """
)


@dataclass(frozen=True)
class Delegating:
    """Who acts for whom: `principal_id` (plh, mandate) or the vacant `unit_id` (plt), on which days, by what letter."""

    kind: str
    delegate_id: UUID
    basis: str
    since: date
    until: date
    principal_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class DelegationView:
    """A delegation as a list shows it, on the days `[since, until)`."""

    id: UUID
    kind: str
    delegate_id: UUID
    delegate_name: str
    principal_id: UUID | None
    principal_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    basis: str
    since: date | None
    until: date | None
    granted_by: str | None
    granted_at: datetime
    revoked_at: datetime | None
    revocation: str | None


def delegate(session: Session, actor: Actor, wanted: Delegating, today: date) -> UUID:
    """Enter a delegation; needs GRANT_ROLES for the whole agency. It ends by itself on its last day."""
    actor.require_whole(Permission.GRANT_ROLES)
    _check(session, actor, wanted, today)
    row = Delegation(
        kind=wanted.kind,
        delegate_id=wanted.delegate_id,
        principal_id=wanted.principal_id,
        unit_id=wanted.unit_id,
        basis=wanted.basis.strip(),
        during=Range(wanted.since, wanted.until),
        granted_by=actor.account_id,
        granted_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(
            "delegation_held", "Somebody acts there already on some of these days; end that first."
        ) from error
    payload = {"kind": wanted.kind, "delegate": wanted.delegate_id, "since": wanted.since, "until": wanted.until}
    stands_for = {"principal": wanted.principal_id} if wanted.principal_id else {"unit": wanted.unit_id}
    basis = salted(session, wanted.basis.strip())
    record(session, actor, "delegation.grant", f"delegation:{row.id}", {**payload, **stands_for, "basis": basis})
    return row.id


def revoke(session: Session, actor: Actor, delegation_id: UUID, reason: str, today: date) -> None:
    """End a delegation today, before its time."""
    actor.require_whole(Permission.GRANT_ROLES)
    row = session.get(Delegation, (tenant_of(session), delegation_id), with_for_update=True)
    if row is None:
        raise NotFound("delegation_unknown", "There is no such delegation here.")
    _said(reason, "reason")
    if row.revoked_at is not None or row.during.upper is None or row.during.upper <= today:
        raise Conflict("delegation_over", "This delegation is over already; nothing was changed.")
    began = row.during.lower or today
    row.during = Range(began, max(began, today))
    row.revoked_by, row.revoked_at, row.revocation = actor.account_id, now(), reason.strip()
    session.flush()
    payload = {"kind": row.kind, "reason": salted(session, reason.strip())}
    record(session, actor, "delegation.revoke", f"delegation:{row.id}", payload)


def delegations(session: Session, actor: Actor) -> list[DelegationView]:
    """Every delegation, the newest first; needs SEE_ACCESS for the whole agency."""
    actor.require_whole(Permission.SEE_ACCESS)
    return [_view(row) for row in session.execute(text(_LIST), {"tenant": tenant_of(session)})]


def acting_for(session: Session, actor: Actor, permission: Permission, person_id: UUID, day: date) -> Acting | None:
    """The delegation by which the actor may do this for a person whose superior of `day` is somebody else."""
    for one in actor.delegations:
        if permission in one.permissions and person_id in _covered(session, actor, one, day):
            return one
    return None


def principals(actor: Actor, permission: Permission = Permission.RATE_TEAM) -> frozenset[UUID]:
    """Those for whom the actor may do this today, as their Plh or by a mandate."""
    held = (one.principal_id for one in actor.delegations if permission in one.permissions)
    return frozenset(one for one in held if one is not None)


def covered_vacant(session: Session, actor: Actor, permission: Permission, day: date) -> frozenset[UUID]:
    """Those who answer to a vacant post in which the actor acts and may do this."""
    vacant = [one for one in actor.delegations if one.unit_id is not None and permission in one.permissions]
    return frozenset().union(*(_covered(session, actor, one, day) for one in vacant))


def delegates_of(session: Session, person_id: UUID, day: date) -> list[UUID]:
    """Those who act for somebody on a day, as their Plh or by a mandate."""
    values = {"tenant": tenant_of(session), "person": person_id, "day": day}
    return list(session.execute(_DELEGATES, values).scalars())


def above(session: Session, actor: Actor, day: date) -> frozenset[UUID]:
    """The actor and everybody above them on a day."""
    values = {"tenant": tenant_of(session), "delegate": actor.person_id, "day": day}
    return frozenset(session.execute(_ALL_ABOVE, values).scalars())


def expired() -> Refused:
    """The refusal of whoever acted for another once, or will, but not today."""
    return Refused("grant_expired", "You act for nobody today who lets you do this: the delegation is not in force.")


def refuse_expired(session: Session, actor: Actor, person_id: UUID, day: date, today: date) -> None:
    """`Refused` (`grant_expired`) where the actor acted for this person's superior once, or will, but not today."""
    if actor.person_id is None:
        return
    values = {"tenant": tenant_of(session), "delegate": actor.person_id, "day": today}
    for row in session.execute(_OVER, values).all():
        one = Acting(row.id, row.kind, row.principal_id, row.unit_id, frozenset())
        if person_id in _covered(session, actor, one, day):
            raise expired()


def kinds_over(session: Session, actor: Actor, today: date) -> frozenset[str]:
    """The kinds of those delegations of the actor that are not in force today."""
    if actor.person_id is None:
        return frozenset()
    values = {"tenant": tenant_of(session), "delegate": actor.person_id, "day": today}
    return frozenset(row.kind for row in session.execute(_OVER, values))


def team_of(session: Session, actor: Actor, day: date) -> list[PersonLine]:
    """Those whom the actor appraises on `day`, and those of whomever they act for today."""
    if actor.person_id is None:
        return []
    own = team(session, actor.person_id, day)
    known = {one.person_id for one in own}
    others = {person for one in actor.delegations for person in _covered(session, actor, one, day)} - known
    return own + (lines_of(session, others, day) if others else [])


def _covered(session: Session, actor: Actor, one: Acting, day: date) -> frozenset[UUID]:
    """Whom a delegation is about: never the delegate, nor anybody above them."""
    values: dict[str, object] = {"tenant": tenant_of(session), "delegate": actor.person_id, "day": day}
    if one.unit_id is None:
        rows = session.execute(_OF_PRINCIPAL, values | {"principal": one.principal_id})
    else:
        units = list(below(session, [one.unit_id], day))
        rows = session.execute(_OF_UNIT, values | {"units": units, "unit": one.unit_id})
    return frozenset(rows.scalars())


def _check(session: Session, actor: Actor, wanted: Delegating, today: date) -> None:
    if wanted.kind not in KINDS:
        raise Invalid("delegation_kind", "A delegation is one of: {known}.", known=", ".join(KINDS), field="kind")
    if (wanted.kind == "plt") != (wanted.unit_id is not None) or (wanted.unit_id is None) == (
        wanted.principal_id is None
    ):
        raise Invalid(
            "delegation_for",
            "A Plt acts in the vacant post of a unit; a Plh, or somebody with a mandate, acts for a person. Name that.",
            field="kind",
        )
    if wanted.delegate_id in (actor.person_id, wanted.principal_id):
        raise Refused("delegation_own", "Nobody lets themself act for others, and nobody acts for themself.")
    if not today <= wanted.since < wanted.until:
        raise Invalid("delegation_days", "A delegation begins today or later, and has a last day.", field="since")
    _said(wanted.basis, "basis")
    found = {one.person_id for one in lines_of(session, {wanted.delegate_id, wanted.principal_id} - {None}, today)}  # type: ignore[arg-type]  # None is taken out
    if {wanted.delegate_id, wanted.principal_id} - {None} - found:
        raise NotFound("person_unknown", "There is no such person here.")
    if wanted.unit_id is not None:
        values = {"tenant": tenant_of(session), "unit": wanted.unit_id, "since": wanted.since, "until": wanted.until}
        if session.execute(_HEADED, values).scalar():
            raise Conflict(
                "delegation_headed", "The unit has a head on these days; enter a Plh for that person instead."
            )


def _said(words: str, field: str) -> None:
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        raise Invalid(
            "delegation_said",
            "Write {least} to {most} characters; it is recorded.",
            least=SHORTEST,
            most=LONGEST,
            field=field,
        )


def _view(row: Row[Any]) -> DelegationView:
    named = {name: getattr(row, name) for name in DelegationView.__dataclass_fields__}
    return DelegationView(**{**named, "until": row.since if row.never else row.until})
