"""Commands: a role is granted to somebody else, with a reason and for a scope, and taken back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.models import Account, RoleGrant
from selaras.identity.permissions import Origin, Permission, Role, ScopeKind, scopes_of

SHORTEST_REASON = 10
FOUR_EYES = frozenset({Role.AGENCY_ADMIN})
"""Roles by which somebody could grant every other one: two people make somebody one."""
LATELY = timedelta(days=30)
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Scope:
    """What a role reaches; `id` names the unit or the calibration, and is None for the whole agency."""

    kind: ScopeKind = ScopeKind.AGENCY
    id: UUID | None = None


@dataclass(frozen=True)
class Granting:
    """A role to be granted: to whom, for what, on which days (`until` is the first day without it), and why."""

    account_id: UUID
    role: Role
    reason: str
    since: date
    until: date | None = None
    scope: Scope = Scope()
    origin: Origin = Origin.GRANTED


def role_of(text_: str) -> Role:
    """The role of that name; `Invalid` names those there are."""
    try:
        return Role(text_)
    except ValueError:
        known = ", ".join(Role)
        raise Invalid(
            "role_unknown", "“{role}” is no role; known are: {known}.", role=text_[:60], known=known, field="role"
        ) from None


def second_needed(session: Session, actor: Actor, wanted: Granting, today: date) -> bool:
    """Whether another administrator has to agree: where somebody is made one, and there is or was lately another.

    Lately, so that nobody who takes the other's role away first is alone thereafter. An operator on the server itself
    (the system) needs nobody: the ledger says that it was they.
    """
    if wanted.role not in FOUR_EYES or wanted.scope.kind is not ScopeKind.AGENCY or actor.account_id is None:
        return False
    others = select(RoleGrant.id).where(
        RoleGrant.role == wanted.role.value,
        RoleGrant.reach == ScopeKind.AGENCY.value,
        RoleGrant.account_id.not_in([actor.account_id, wanted.account_id]),
        RoleGrant.during.overlaps(Range(today - LATELY, today + timedelta(days=1))),
    )
    return session.scalar(others.limit(1)) is not None


def refuse_ungrantable(session: Session, actor: Actor, wanted: Granting, today: date) -> None:
    """What `grant` refuses of a wish itself: one's own account, a scope, days or reason that cannot be, nobody."""
    actor.require(Permission.GRANT_ROLES)
    _refuse_own(actor, wanted.account_id)
    _check(wanted, today)
    account = session.scalar(select(Account).where(Account.id == wanted.account_id))
    if account is None or not account.active:
        raise NotFound("account_unknown", "There is no such account here.")


def grant(session: Session, actor: Actor, wanted: Granting, today: date, *, asked_by: UUID | None = None) -> UUID:
    """Grant a role; returns the grant's id. Needs GRANT_ROLES. `asked_by`: another administrator, to whom one agrees.

    `Refused` for one's own account and where a second administrator has to agree (`approving`), `Invalid` for a scope
    the role does not have, days that are past, or a reason that is too short, `NotFound` for an account that is none,
    `Conflict` where it is granted on some of these days already.
    """
    refuse_ungrantable(session, actor, wanted, today)
    if asked_by in (None, actor.account_id) and second_needed(session, actor, wanted, today):
        raise Refused(
            "role_second",
            "Nobody makes somebody an administrator alone: ask for it, and another administrator agrees to it.",
        )
    row = RoleGrant(
        account_id=wanted.account_id,
        role=wanted.role.value,
        reach=wanted.scope.kind.value,
        unit_id=wanted.scope.id if wanted.scope.kind is ScopeKind.UNIT else None,
        calibration_id=wanted.scope.id if wanted.scope.kind is ScopeKind.CALIBRATION else None,
        during=Range(wanted.since, wanted.until),
        origin=wanted.origin.value,
        reason=wanted.reason.strip(),
        granted_by=actor.account_id,
        granted_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(
            "role_held",
            "This account holds the role “{role}” for that already on some of these days.",
            role=wanted.role.value,
        ) from error
    payload = {"role": row.role, "reach": row.reach, "grant": row.id, "since": wanted.since, "origin": row.origin}
    named = {"of": wanted.scope.id} if wanted.scope.id else {}
    said = salted(session, wanted.reason.strip())
    until = {"until": wanted.until} if wanted.until else {}
    record(session, actor, "role.grant", f"account:{row.account_id}", {**payload, **named, **until, "reason": said})
    return row.id


def revoke(session: Session, actor: Actor, grant_id: UUID, reason: str, today: date) -> RoleGrant:
    """Take a role back from today on. Needs GRANT_ROLES; `Refused` for one's own, and for the last administrator's."""
    actor.require(Permission.GRANT_ROLES)
    # Two administrators who take each other's role back at once must not both succeed.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('selaras.roles'), :tenant)"), {"tenant": tenant_of(session)}
    )
    row = session.scalar(select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update())
    if row is None:
        raise NotFound("grant_unknown", "There is no such granted role here.")
    _refuse_own(actor, row.account_id)
    check_reason(reason)
    if row.revoked_at is not None or (row.during.upper is not None and row.during.upper <= today):
        raise Conflict("grant_over", "This role is over already; nothing was changed.")
    if row.role == Role.AGENCY_ADMIN and row.reach == ScopeKind.AGENCY and _administrators(session, row, today) == 0:
        raise Refused(
            "role_last_admin",
            "This is the last administrator of the agency; grant the role to somebody else first.",
        )
    began = row.during.lower or today
    row.during = Range(began, max(began, today))
    row.revoked_by, row.revoked_at, row.revocation = actor.account_id, now(), reason.strip()
    session.flush()
    payload = {"role": row.role, "reach": row.reach, "grant": row.id, "reason": salted(session, reason.strip())}
    record(session, actor, "role.revoke", f"account:{row.account_id}", payload)
    return row


def _administrators(session: Session, other: RoleGrant, today: date) -> int:
    """How many other active accounts administer the whole agency today, with no end in sight."""
    return (
        session.scalar(
            select(func.count(func.distinct(RoleGrant.account_id)))
            .join(Account, Account.id == RoleGrant.account_id)
            .where(
                RoleGrant.role == Role.AGENCY_ADMIN.value,
                RoleGrant.reach == ScopeKind.AGENCY.value,
                RoleGrant.account_id != other.account_id,
                RoleGrant.during.contains(today),
                func.upper_inf(RoleGrant.during),
                Account.active.is_(True),
            )
        )
        or 0
    )


def _refuse_own(actor: Actor, account_id: UUID) -> None:
    if actor.account_id == account_id:
        raise Refused(
            "role_own", "Nobody grants roles to themself or takes their own back; somebody else has to do it."
        )


def _check(wanted: Granting, today: date) -> None:
    kinds = scopes_of(wanted.role)
    if wanted.scope.kind not in kinds or (wanted.scope.kind is ScopeKind.AGENCY) != (wanted.scope.id is None):
        raise Invalid(
            "role_scope",
            "The role “{role}” is granted for: {known}. Name that, and the unit or calibration that it is for.",
            role=wanted.role.value,
            known=", ".join(sorted(kinds)),
            field="reach",
        )
    if wanted.since < today:
        raise Invalid(
            "role_past",
            "A role is not granted for days that are past; begin on {day} or later.",
            day=today,
            field="since",
        )
    if wanted.until is not None and wanted.until <= wanted.since:
        raise Invalid("role_days", "The last day lies before the first.", field="until")
    check_reason(wanted.reason)


def check_reason(reason: str) -> None:
    """`Invalid` for a reason that is too short or too long."""
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(
            "role_reason",
            "Say why, in {least} to {most} characters; it is recorded.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
            field="reason",
        )
