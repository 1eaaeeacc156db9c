"""Accounts follow their people: a new number becomes the user name, leavers are closed out, those who return let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import once_kept, tenant_of
from selaras.identity.actor import Actor
from selaras.identity.models import Account
from selaras.identity.sessions import ABSOLUTE, SessionStore
from selaras.tenancy.queries import agency

AT_ONCE = 500
"""Accounts that one entry of the ledger names."""

_NUMBER = "^[0-9]{18}$"
# Only a number follows a number: who signs in by another name keeps it. What another account is called stays with it.
_RENAME = text(
    """
    UPDATE selaras.account a SET subject = n.number, changed_at = :moment, version = a.version + 1
    FROM selaras.person p
    JOIN selaras.person_number n
      ON n.tenant_id = :tenant AND n.person_id = p.id AND n.during @> CAST(:day AS date)
    WHERE a.tenant_id = :tenant AND p.tenant_id = :tenant AND p.account_id = a.id
      AND a.subject ~ :number AND a.subject <> n.number
      AND NOT EXISTS (SELECT 1 FROM selaras.account b WHERE b.tenant_id = :tenant AND b.subject_key = n.number)
    RETURNING a.id
    """
)
_CLOSE = text(
    """
    UPDATE selaras.account a
    SET active = false, inactive_cause = 'left', inactive_at = :moment, changed_at = :moment, version = a.version + 1
    FROM selaras.person p
    WHERE a.tenant_id = :tenant AND a.active AND p.tenant_id = :tenant AND p.account_id = a.id AND p.left_on <= :day
    RETURNING a.id
    """
)
_OPEN = text(
    """
    UPDATE selaras.account a
    SET active = true, inactive_cause = NULL, inactive_at = NULL, changed_at = :moment, version = a.version + 1
    FROM selaras.person p
    WHERE a.tenant_id = :tenant AND NOT a.active AND a.inactive_cause = 'left' AND a.deleted_at IS NULL
      AND p.tenant_id = :tenant AND p.account_id = a.id AND (p.left_on IS NULL OR p.left_on > :day)
    RETURNING a.id
    """
)
_ENDED = text(
    """
    SELECT NOT bool_or(during @> CAST(:day AS date)) FROM selaras.person_number
    WHERE tenant_id = :tenant AND number = :number HAVING count(*) > 0
    """
)


@dataclass(frozen=True)
class Settled:
    """How many accounts got a new number, were closed because their holder has left, and opened on their return."""

    renamed: int
    closed: int
    opened: int


def settle(session: Session, actor: Actor, day: date) -> Settled:
    """Bring every account in line with the people of `day`: three statements, and the ledger's entries.

    A closed account is refused from the next request on; `sign_out_closed` also takes its sessions away.
    """
    values = {"tenant": tenant_of(session), "day": day, "moment": now(), "number": _NUMBER}
    renamed = _done(session, actor, "account.renumber", _RENAME, values)
    closed = _done(session, actor, "account.close", _CLOSE, values)
    opened = _done(session, actor, "account.open", _OPEN, values)
    return Settled(len(renamed), len(closed), len(opened))


def sign_out_closed(session: Session, sessions: SessionStore) -> None:
    """End the sessions of whoever was closed out while a session begun before could still run; after the commit."""
    whose = agency(session, tenant_of(session)).uuid
    recent = select(Account.id).where(
        Account.active.is_(False), Account.inactive_at > now() - ABSOLUTE - timedelta(hours=1)
    )
    for account_id in session.scalars(recent):
        once_kept(session, lambda one=account_id: _sign_out(sessions, whose, one))  # type: ignore[misc]  # bound now


def number_ended(session: Session, number: str, day: date) -> bool:
    """Whether somebody once held this number here and nobody does on `day`: it signs in to nothing any more."""
    values = {"tenant": tenant_of(session), "number": number, "day": day}
    return bool(session.execute(_ENDED, values).scalar_one_or_none())


def _done(
    session: Session, actor: Actor, action: str, statement: TextClause, values: dict[str, object]
) -> Sequence[UUID]:
    found = list(session.execute(statement, values).scalars())
    for start in range(0, len(found), AT_ONCE):
        accounts = sorted(map(str, found[start : start + AT_ONCE]))
        payload = {"cause": "left" if action != "account.renumber" else "number", "day": values["day"]}
        record(session, actor, action, "accounts:settled", {**payload, "accounts": accounts})
    return found


def _sign_out(sessions: SessionStore, whose: UUID, account_id: UUID) -> None:
    sessions.end_all(whose, account_id)
