"""Reads: what somebody may do on a day and why, and who may do a thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission, Role, carried, permissions_of
from selaras.organisation.granting import GrantView, account_reached, grants
from selaras.organisation.standing import Authority, Standing, derived_roles, standing

_TEAM = text(
    "SELECT count(*) FROM selaras.reporting_line WHERE tenant_id = :tenant AND superior_id = :person"
    " AND during @> CAST(:day AS date)"
)
_SERVING = text(
    """
    SELECT count(DISTINCT p.id) AS people, count(DISTINCT line.superior_id) AS superiors
    FROM selaras.person p
    LEFT JOIN selaras.reporting_line line
      ON line.tenant_id = :tenant AND line.superior_id = p.id AND line.during @> CAST(:day AS date)
    WHERE p.tenant_id = :tenant AND (p.left_on IS NULL OR p.left_on > :day)
    """
)


@dataclass(frozen=True)
class Reason:
    """Why a permission is held: a role that was granted, being one of the people, a team of `people`, or a delegation
    (`acting`: plt, plh, mandate)."""

    role: str
    grant: GrantView | None = None
    people: int = 0
    acting: str | None = None


@dataclass(frozen=True)
class Explained:
    """An account with everything it may do on a day, each with its reasons."""

    account_id: UUID
    name: str
    active: bool
    person_id: UUID | None
    permissions: dict[Permission, list[Reason]]


@dataclass(frozen=True)
class Holders:
    """Who may do a thing: roles that were granted, and how many hold it as employees or as appraisers."""

    permission: Permission
    granted: list[GrantView]
    employees: int
    appraisers: int


def explain(session: Session, actor: Actor, account_id: UUID, day: date, authority: Authority) -> Explained:
    """What an account may do on `day`, and why; for oneself, and for whoever holds SEE_ACCESS for that account."""
    if account_id != actor.account_id:
        actor.require(Permission.SEE_ACCESS)
        if not account_reached(session, actor, Permission.SEE_ACCESS, account_id, day):
            raise NotFound("account_unknown", "There is no such account here.")
    stands = standing(session, account_id, day)
    if stands is None:
        raise NotFound("account_unknown", "There is no such account here.")
    found: dict[Permission, list[Reason]] = {}
    for reason, held in _reasons(session, actor, account_id, stands, day, authority):
        for permission in held:
            found.setdefault(permission, []).append(reason)
    ordered = {one: found[one] for one in Permission if one in found}
    return Explained(account_id, stands.name, stands.active, stands.person_id, ordered)


def _reasons(
    session: Session, actor: Actor, account_id: UUID, stands: Standing, day: date, authority: Authority
) -> Iterable[tuple[Reason, frozenset[Permission]]]:
    roles = derived_roles(stands)
    if Role.EMPLOYEE in roles:
        yield Reason(Role.EMPLOYEE.value), permissions_of([Role.EMPLOYEE])
    if Role.APPRAISER in roles:
        values = {"tenant": tenant_of(session), "person": stands.person_id, "day": day}
        people = int(session.execute(_TEAM, values).scalar_one())
        yield Reason(Role.APPRAISER.value, people=people), permissions_of([Role.APPRAISER])
    for acting in stands.delegations:
        yield Reason(Role.APPRAISER.value, acting=acting.kind), authority(acting.kind)
    for one in grants(session, actor, day, account_id=account_id):
        if one.holds(day):
            yield Reason(one.role, one), carried(one.role, one.reach)


def holders(session: Session, actor: Actor, permission: Permission, day: date) -> Holders:
    """Who may do a thing on `day`; needs SEE_ACCESS."""
    granted = [
        one for one in grants(session, actor, day) if one.holds(day) and permission in carried(one.role, one.reach)
    ]
    row = session.execute(_SERVING, {"tenant": tenant_of(session), "day": day}).one()
    employees = row.people if permission in permissions_of([Role.EMPLOYEE]) else 0
    return Holders(
        permission, granted, employees, row.superiors if permission in permissions_of([Role.APPRAISER]) else 0
    )
