"""Four eyes: whoever is made an administrator of the agency is so only once a second administrator has agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound, Refused
from selaras.identity import roles
from selaras.identity.actor import Actor
from selaras.identity.models import RoleRequest
from selaras.identity.permissions import Permission, Role
from selaras.identity.roles import Granting, Scope

DAYS = 14
"""How long a request waits; after that it is asked anew."""

_LINES = text(
    """
    SELECT r.id, r.account_id, holder.name, r.role, lower(r.during) AS since, upper(r.during) AS until, r.reason,
           r.asked_by, asker.name AS asked_by_name, r.asked_at, r.expires_at, r.answer, r.answered_at,
           answerer.name AS answered_by_name, r.words
    FROM selaras.role_request r
    JOIN selaras.account holder ON holder.tenant_id = :tenant AND holder.id = r.account_id
    JOIN selaras.account asker ON asker.tenant_id = :tenant AND asker.id = r.asked_by
    LEFT JOIN selaras.account answerer ON answerer.tenant_id = :tenant AND answerer.id = r.answered_by
    WHERE r.tenant_id = :tenant
    ORDER BY r.answer IS NOT NULL, r.asked_at DESC, r.id LIMIT 100
    """
)


@dataclass(frozen=True)
class RequestLine:
    """A request that somebody be made an administrator: whom, on which days, why, who asked, and how it ended.

    `state`: waiting, expired, approved, refused or withdrawn.
    """

    id: UUID
    account_id: UUID
    name: str
    role: str
    since: date
    until: date | None
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime
    state: str
    answered_at: datetime | None
    answered_by_name: str | None
    words: str | None


def requests(session: Session) -> list[RequestLine]:
    """Every request, those that wait first, then the newest; at most 100."""
    return [_line(row._mapping) for row in session.execute(_LINES, {"tenant": tenant_of(session)})]


def ask(session: Session, actor: Actor, wanted: Granting, today: date) -> UUID:
    """Ask the other administrators; needs GRANT_ROLES for the whole agency, and everything that granting needs.

    `Conflict` where the same is asked for already.
    """
    actor.require_whole(Permission.GRANT_ROLES)
    roles.refuse_ungrantable(session, actor, wanted, today)
    _lock(session)
    known = select(RoleRequest.id).where(
        RoleRequest.account_id == wanted.account_id, RoleRequest.answer.is_(None), RoleRequest.expires_at > now()
    )
    if session.scalar(known) is not None:
        raise Conflict("role_asked", "Another administrator has been asked about this account already.")
    if actor.account_id is None:
        raise Refused("role_asked_by_nobody", "Only somebody with an account of their own asks another administrator.")
    row = RoleRequest(
        account_id=wanted.account_id,
        role=wanted.role.value,
        during=Range(wanted.since, wanted.until),
        reason=wanted.reason.strip(),
        asked_by=actor.account_id,
        asked_at=now(),
        expires_at=now() + timedelta(days=DAYS),
    )
    session.add(row)
    session.flush()
    said = {"role": row.role, "request": row.id, "since": wanted.since, "reason": salted(session, row.reason)}
    record(session, actor, "role.ask", f"account:{row.account_id}", said)
    return row.id


def approve(session: Session, actor: Actor, request_id: UUID, today: date) -> UUID:
    """A second administrator agrees: the role is granted from today, or the day asked for. Returns the grant.

    `Refused` for whoever asked and for whom it is about; `Conflict` once it is answered or has expired.
    """
    row = _waiting(session, actor, request_id)
    if actor.account_id in (row.asked_by, row.account_id):
        raise Refused(
            "role_approves_own",
            "Whoever asked, and whom it is about, cannot agree to it; another administrator has to.",
        )
    began = max(row.during.lower or today, today)
    wanted = Granting(row.account_id, Role(row.role), row.reason, began, row.during.upper, Scope())
    granted = roles.grant(session, actor, wanted, today, asked_by=row.asked_by)
    _answer(session, actor, row, "approved", None)
    return granted


def refuse(session: Session, actor: Actor, request_id: UUID, words: str) -> None:
    """An administrator says no, and why; whoever asked takes it back themself."""
    row = _waiting(session, actor, request_id)
    roles.check_reason(words)
    _answer(session, actor, row, "withdrawn" if actor.account_id == row.asked_by else "refused", words.strip())


def _waiting(session: Session, actor: Actor, request_id: UUID) -> RoleRequest:
    actor.require_whole(Permission.GRANT_ROLES)
    _lock(session)
    row = session.scalar(select(RoleRequest).where(RoleRequest.id == request_id).with_for_update())
    if row is None:
        raise NotFound("role_request_unknown", "There is no such request here.")
    if row.answer is not None or row.expires_at <= now():
        raise Conflict("role_request_over", "This request has been answered, taken back, or has expired; ask anew.")
    return row


def _answer(session: Session, actor: Actor, row: RoleRequest, answer: str, words: str | None) -> None:
    row.answer, row.answered_by, row.answered_at, row.words = answer, actor.account_id, now(), words
    session.flush()
    said = {"request": row.id, "answer": answer, **({"words": salted(session, words)} if words else {})}
    record(session, actor, "role.answer", f"account:{row.account_id}", said)


def _lock(session: Session) -> None:
    """Two who answer the same at once must not both succeed."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('selaras.roles'), :tenant)"), {"tenant": tenant_of(session)}
    )


def _line(row: object) -> RequestLine:
    values = dict(row)  # type: ignore[call-overload]  # a row's mapping
    answer = values.pop("answer")
    state = answer or ("waiting" if values["expires_at"] > now() else "expired")
    return RequestLine(**values, state=state)
