"""Granting roles where units are known: whose account, which unit, and how far the one who grants may go; the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound, Refused
from selaras.identity import approving, roles
from selaras.identity.actor import Actor
from selaras.identity.models import RoleGrant, RoleRequest
from selaras.identity.permissions import Permission, Role, ScopeKind
from selaras.notices.service import tell
from selaras.organisation.access import unit_for
from selaras.organisation.models import Person
from selaras.organisation.reach import PERSON_WITHIN, reach

_GRANTS = """
    SELECT g.id, g.account_id, holder.name, g.role, g.reach, g.unit_id, unit.name AS unit_name, g.calibration_id,
           coalesce(lower(g.during), (g.granted_at AT TIME ZONE agency.time_zone)::date) AS since,
           upper(g.during) AS until, isempty(g.during) AS never, g.origin, g.reason, giver.name AS granted_by,
           g.granted_at, taker.name AS revoked_by, g.revoked_at, g.revocation
    FROM selaras.role_grant g
    JOIN selaras.agency agency ON agency.tenant_id = g.tenant_id
    JOIN selaras.account holder ON holder.tenant_id = :tenant AND holder.id = g.account_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = g.unit_id
    LEFT JOIN selaras.account giver ON giver.tenant_id = :tenant AND giver.id = g.granted_by
    LEFT JOIN selaras.account taker ON taker.tenant_id = :tenant AND taker.id = g.revoked_by
    WHERE g.tenant_id = :tenant {where}
    ORDER BY holder.name, g.role, g.granted_at, g.id LIMIT :limit
"""
_RUNNING = " AND (upper_inf(g.during) OR upper(g.during) > CAST(:day AS date))"
_REACHED = " AND g.reach = 'unit' AND g.unit_id = ANY(:reach)"
MOST = 500
_OF_ACCOUNT = "SELECT true FROM selaras.person p WHERE p.tenant_id = :tenant AND p.account_id = :account"
_ACCOUNT_WITHIN = text(_OF_ACCOUNT + PERSON_WITHIN.format(person="p.id"))


@dataclass(frozen=True)
class GrantView:
    """A granted role: whose, for what, on the days `[since, until)`, from where, by whom and why; and its end."""

    id: UUID
    account_id: UUID
    name: str
    role: str
    reach: ScopeKind
    unit_id: UUID | None
    unit_name: str | None
    calibration_id: UUID | None
    since: date
    until: date | None
    origin: str
    reason: str | None
    granted_by: str | None
    granted_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    revocation: str | None

    def holds(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.since <= day and (self.until is None or day < self.until)


def grants(
    session: Session,
    actor: Actor,
    day: date,
    *,
    account_id: UUID | None = None,
    role: Role | None = None,
    past: bool = False,
) -> list[GrantView]:
    """Granted roles that run on `day` or later (`past`: all), by name of their holder.

    One's own may be read by everybody; others' by whoever holds SEE_ACCESS: those for units that it reaches, and all
    of an account that it reaches (ask `account_reached` first).
    """
    where, values = "" if past else _RUNNING, {"tenant": tenant_of(session), "day": day, "limit": MOST}
    if account_id is None or account_id != actor.account_id:
        actor.require(Permission.SEE_ACCESS)
        units = reach(session, actor, Permission.SEE_ACCESS, day)
        if units is not None and account_id is None:
            where += _REACHED
            values["reach"] = list(units)
    for name, value in (("account_id", account_id), ("role", role.value if role else None)):
        if value is not None:
            where += f" AND g.{name} = :{name}"
            values[name] = value
    return [_view(row) for row in session.execute(text(_GRANTS.format(where=where)), values)]


def _view(row: Row[Any]) -> GrantView:
    return GrantView(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        role=row.role,
        reach=ScopeKind(row.reach),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        calibration_id=row.calibration_id,
        since=row.since,
        until=row.since if row.never else row.until,
        origin=row.origin,
        reason=row.reason,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        revoked_by=row.revoked_by,
        revoked_at=row.revoked_at,
        revocation=row.revocation,
    )


@dataclass(frozen=True)
class Made:
    """What came of a wish: a grant, or a request that waits for a second administrator."""

    grant_id: UUID | None = None
    request_id: UUID | None = None


def grant_or_ask(session: Session, actor: Actor, wanted: roles.Granting, today: date) -> Made:
    """Grant a role; where a second administrator has to agree, ask them. The account's holder is told of a grant."""
    actor.require(Permission.GRANT_ROLES)
    if roles.second_needed(session, actor, wanted, today):
        made = approving.ask(session, actor, wanted, today)
        for one in _administrators(session, today):
            if one.account_id not in (actor.account_id, wanted.account_id):
                _tell(session, one.account_id, "role_asked", made)
        return Made(request_id=made)
    made = grant(session, actor, wanted, today)
    _tell(session, wanted.account_id, "role_granted", made)
    return Made(grant_id=made)


def approve(session: Session, actor: Actor, request_id: UUID, today: date) -> UUID:
    """Agree to a request of another administrator, as `approving.approve` does; holder and asker are told."""
    granted = approving.approve(session, actor, request_id, today)
    _answered(session, actor, request_id)
    row = session.get_one(RoleGrant, (tenant_of(session), granted))
    _tell(session, row.account_id, "role_granted", granted)
    return granted


def refuse(session: Session, actor: Actor, request_id: UUID, words: str) -> None:
    """Say no to a request, or take one's own back; whoever asked is told."""
    approving.refuse(session, actor, request_id, words)
    _answered(session, actor, request_id)


def _answered(session: Session, actor: Actor, request_id: UUID) -> None:
    row = session.get_one(RoleRequest, (tenant_of(session), request_id))
    if row.asked_by != actor.account_id:
        _tell(session, row.asked_by, "role_answered", request_id)


def _administrators(session: Session, today: date) -> Sequence[RoleGrant]:
    return session.scalars(
        select(RoleGrant).where(
            RoleGrant.role == Role.AGENCY_ADMIN.value,
            RoleGrant.reach == ScopeKind.AGENCY.value,
            RoleGrant.during.contains(today),
        )
    ).all()


def _tell(session: Session, account_id: UUID, code: str, subject_id: UUID) -> None:
    """Tell the person behind an account; an office's account finds it under what is next."""
    person_id = session.scalar(select(Person.id).where(Person.account_id == account_id))
    if person_id is not None:
        tell(session, person_id, code, subject_id, {})


def grant(session: Session, actor: Actor, wanted: roles.Granting, today: date) -> UUID:
    """Grant a role, as `identity.roles.grant` does; the unit must be one, and lie within what GRANT_ROLES reaches.

    Who may grant within a unit's subtree grants for units of it only, to people whose post lies in it.
    """
    actor.require(Permission.GRANT_ROLES)
    if wanted.scope.kind is ScopeKind.UNIT and wanted.scope.id is not None:
        unit_for(session, wanted.scope.id)
    units = reach(session, actor, Permission.GRANT_ROLES, today)
    if units is not None:
        if wanted.scope.kind is not ScopeKind.UNIT or wanted.scope.id not in units:
            raise Refused(
                "role_outside", "You may grant roles for your own unit and the units below it only; choose one of them."
            )
        if not _account_within(session, wanted.account_id, units, today):
            raise NotFound("account_unknown", "There is no such account here.")
    return roles.grant(session, actor, wanted, today)


def revoke(session: Session, actor: Actor, grant_id: UUID, reason: str, today: date) -> None:
    """Take a role back, as `identity.roles.revoke` does; what lies outside one's reach is told as not existing."""
    actor.require(Permission.GRANT_ROLES)
    units = reach(session, actor, Permission.GRANT_ROLES, today)
    if units is not None:
        unit = session.scalar(select(RoleGrant.unit_id).where(RoleGrant.id == grant_id))
        if unit is None or unit not in units:
            raise NotFound("grant_unknown", "There is no such granted role here.")
    roles.revoke(session, actor, grant_id, reason, today)


def account_reached(session: Session, actor: Actor, permission: Permission, account_id: UUID, day: date) -> bool:
    """Whether the actor holds the permission for the person behind an account; office accounts are nobody's unit."""
    units = reach(session, actor, permission, day)
    return permission in actor.permissions and (units is None or _account_within(session, account_id, units, day))


def _account_within(session: Session, account_id: UUID, units: frozenset[UUID], day: date) -> bool:
    values = {"tenant": tenant_of(session), "account": account_id, "reach": list(units), "day": day}
    return bool(session.scalar(_ACCOUNT_WITHIN, values))
