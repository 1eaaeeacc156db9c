"""Commands of the agency's administrator: close an account, and open it again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import Conflict, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission, Role
from selaras.identity.service import open_account
from selaras.identity.sessions import SessionStore
from selaras.organisation.account_lists import account_detail
from selaras.organisation.leaving import end_access

_OTHER_ADMINS = text(
    """
    SELECT count(*) FROM selaras.role_grant g
    JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = g.account_id AND a.active
    WHERE g.tenant_id = :tenant AND g.role = :role AND g.during @> CAST(:day AS date) AND g.account_id <> :account
    """
)


def close_by_hand(session: Session, sessions: SessionStore, actor: Actor, account_id: UUID, day: date) -> None:
    """Close an account; its sessions end after the commit. Needs MANAGE_ACCOUNTS; closing it twice changes nothing.

    `Refused` for one's own account, and for the last one that administers the agency.
    """
    actor.require_whole(Permission.MANAGE_ACCOUNTS)
    found = account_detail(session, account_id, day)
    if account_id == actor.account_id:
        raise Refused(
            "account_own",
            "This is your own account, and nobody closes their own. Ask another administrator of your agency.",
        )
    if any(held.role == Role.AGENCY_ADMIN for held in found.line.roles):
        values = {"tenant": tenant_of(session), "role": Role.AGENCY_ADMIN.value, "day": day, "account": account_id}
        if session.execute(_OTHER_ADMINS, values).scalar_one() == 0:
            raise Refused(
                "account_last_admin",
                "This is the only account that administers the agency; closing it would lock everybody out. Give the "
                "role to somebody else first.",
            )
    end_access(session, sessions, account_id, actor=actor, cause="page")


def open_by_hand(session: Session, actor: Actor, account_id: UUID, day: date) -> None:
    """Let an account in again. Needs MANAGE_ACCOUNTS; `Conflict` while its holder does not serve here."""
    actor.require_whole(Permission.MANAGE_ACCOUNTS)
    found = account_detail(session, account_id, day)
    if found.line.left_on is not None and found.line.left_on <= day:
        raise Conflict(
            "account_holder_left",
            "Its holder has left on {left_on}. The account opens by itself when an import says that they serve again.",
            left_on=found.line.left_on,
        )
    open_account(session, actor, account_id, "page")
