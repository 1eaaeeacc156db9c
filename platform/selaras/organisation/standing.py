"""What an account's holder is at the agency on a day: which person, with a team or without, and the roles granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.identity.actor import Acting, Actor, Inspected, Within
from selaras.identity.permissions import WITH_REASON, Permission, Role, ScopeKind, carried, permissions_of

# One statement, whatever somebody holds: it is sent by every signed-in request.
_STANDING = text(
    """
    SELECT a.name, a.active, p.id AS person_id, EXISTS (
        SELECT FROM selaras.reporting_line line
        WHERE line.tenant_id = :tenant AND line.superior_id = p.id AND line.during @> CAST(:day AS date)
    ) AS has_team, (
        SELECT jsonb_agg(jsonb_build_object('role', g.role, 'reach', g.reach, 'unit', g.unit_id,
                                            'calibration', g.calibration_id))
        FROM selaras.role_grant g
        WHERE g.tenant_id = :tenant AND g.account_id = a.id AND g.during @> CAST(:day AS date)
    ) AS grants, (
        SELECT i.id FROM selaras.inspection i
        WHERE i.tenant_id = :tenant AND i.account_id = a.id AND i.ended_at IS NULL AND i.until > :moment
        ORDER BY i.opened_at DESC LIMIT 1
    ) AS inspection, (
        SELECT jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'principal', d.principal_id, 'unit', d.unit_id))
        FROM selaras.delegation d
        WHERE d.tenant_id = :tenant AND d.delegate_id = p.id AND d.during @> CAST(:day AS date)
    ) AS delegations
    FROM selaras.account a
    LEFT JOIN selaras.person p ON p.tenant_id = :tenant AND p.account_id = a.id
    WHERE a.tenant_id = :tenant AND a.id = :account
    """
)


Authority = Callable[[str], frozenset[Permission]]


@dataclass(frozen=True)
class Granted:
    """A role as it is held today; `unit_id` or `calibration_id` where it is held for that only."""

    role: str
    scope: ScopeKind
    unit_id: UUID | None
    calibration_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it carries for that scope."""
        return carried(self.role, self.scope)


@dataclass(frozen=True)
class Standing:
    """An account on a day: its person, whether anybody reports to them, and the roles that were granted."""

    name: str
    active: bool
    person_id: UUID | None
    has_team: bool
    granted: tuple[Granted, ...]
    inspection_id: UUID | None = None
    delegations: tuple[Acting, ...] = ()


def standing(session: Session, account_id: UUID, day: date) -> Standing | None:
    """The standing of an account on `day`; None where there is no such account. One statement."""
    parameters = {"tenant": tenant_of(session), "account": account_id, "day": day, "moment": now()}
    row = session.execute(_STANDING, parameters).one_or_none()
    if row is None:
        return None
    granted = tuple(_granted(one) for one in row.grants or ())
    return Standing(
        row.name,
        row.active,
        row.person_id,
        row.has_team,
        granted,
        row.inspection,
        tuple(map(_acting, row.delegations or ())),
    )


def _granted(one: dict[str, Any]) -> Granted:
    ids = {name: UUID(one[name]) if one[name] else None for name in ("unit", "calibration")}
    return Granted(one["role"], ScopeKind(one["reach"]), ids["unit"], ids["calibration"])


def _acting(one: dict[str, Any]) -> Acting:
    principal, unit = (UUID(one[name]) if one[name] else None for name in ("principal", "unit"))
    return Acting(UUID(one["id"]), one["kind"], principal, unit, frozenset())


def derived_roles(stands: Standing) -> frozenset[str]:
    """The roles that need no grant: employee for the agency's people, appraiser for whoever has a team."""
    if stands.person_id is None:
        return frozenset()
    return frozenset({Role.EMPLOYEE.value, *([Role.APPRAISER.value] if stands.has_team else [])})


def held_now(stands: Standing, one: Granted) -> frozenset[Permission]:
    """What a granted role carries; an auditor who has not said why sees nothing about people."""
    if one.role == Role.AUDITOR and stands.inspection_id is None:
        return one.permissions - WITH_REASON
    return one.permissions


def actor_on(
    session: Session, account_id: UUID, day: date, place: str = "", authority: Authority | None = None
) -> Actor | None:
    """Who acts when an account acts on `day`; None for an account that is none, or no longer active.

    What is held for the whole agency is not held for a part of it besides. `place`: where they act, as an audit
    records it. `authority`: what a kind of delegation carries; asked only where somebody acts for another.
    """
    stands = standing(session, account_id, day)
    if stands is None or not stands.active:
        return None
    derived = derived_roles(stands)
    whole = permissions_of(derived).union(*(held_now(stands, one) for one in stands.granted if not one.unit_id))
    parts = [(one.unit_id, held_now(stands, one) - whole) for one in stands.granted if one.unit_id]
    acting = tuple(replace(one, permissions=authority(one.kind)) for one in stands.delegations) if authority else ()
    return Actor(
        tenant_id=tenant_of(session),
        account_id=account_id,
        name=stands.name,
        roles=derived | {one.role for one in stands.granted},
        permissions=whole.union(*(held for _, held in parts), *(one.permissions for one in acting)),
        person_id=stands.person_id,
        within=tuple(Within(unit, held) for unit, held in parts if held),
        calibrations=frozenset(one.calibration_id for one in stands.granted if one.calibration_id),
        inspection=Inspected(stands.inspection_id, place) if stands.inspection_id else None,
        delegations=acting,
    )
