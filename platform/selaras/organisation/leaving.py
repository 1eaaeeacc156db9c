"""Whoever leaves loses access at once: the account closes, and once that is kept its sessions end."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import once_kept, tenant_of
from selaras.identity.actor import Actor
from selaras.identity.clients import revoke_owned
from selaras.identity.service import close_account
from selaras.identity.sessions import SessionStore
from selaras.tenancy.queries import agency

# One person may be known by two accounts when a directory brought the new number first: both lead to the same desk.
_SAME_PERSON = text(
    """
    SELECT p.account_id FROM selaras.account a
    JOIN selaras.person_number n ON n.tenant_id = :tenant AND n.number = a.subject_key
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = n.person_id
    WHERE a.tenant_id = :tenant AND a.id = :account AND p.account_id IS NOT NULL AND upper_inf(n.during)
    """
)


def end_access(
    session: Session, sessions: SessionStore, account_id: UUID, *, actor: Actor, cause: str
) -> tuple[UUID, ...]:
    """Close an account (`cause`: left, scim, import, page, deleted) and end its sessions after the commit.

    Clients that belong to it are revoked. The account that its number's holder signs in with goes with it. Returns
    the accounts that were open.
    """
    tenant = tenant_of(session)
    whose = agency(session, tenant).uuid
    found = session.execute(_SAME_PERSON, {"tenant": tenant, "account": account_id}).scalars()
    ended = []
    for one in dict.fromkeys((account_id, *found)):
        if close_account(session, actor, one, cause):
            ended.append(one)
        revoke_owned(session, actor, one)
        once_kept(session, lambda one=one: _sign_out(sessions, whose, one))  # type: ignore[misc]  # bound now
    return tuple(ended)


def _sign_out(sessions: SessionStore, whose: UUID, account_id: UUID) -> None:
    sessions.end_all(whose, account_id)
