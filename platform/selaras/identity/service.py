"""Commands: accounts, one or many at once, and the roles they are granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.models import Account, RoleGrant
from selaras.identity.permissions import Origin, Role

_AT_ONCE = 5_000


def ensure_account(session: Session, subject: str, name: str) -> UUID:
    """The account of a subject, made if there is none; its name follows the identity provider's."""
    return ensure_accounts(session, {subject: name})[subject]


def ensure_accounts(session: Session, names: Mapping[str, str]) -> dict[str, UUID]:
    """Subject → account id for every subject of `names` (subject → name); a statement per 5,000."""
    listed = list(names.items())
    found: dict[str, UUID] = {}
    for start in range(0, len(listed), _AT_ONCE):
        found |= _ensure(session, listed[start : start + _AT_ONCE])
    return found


def _ensure(session: Session, names: Sequence[tuple[str, str]]) -> dict[str, UUID]:
    tenant = tenant_of(session)
    rows = [{"tenant_id": tenant, "subject": subject, "name": name} for subject, name in names]
    statement = insert(Account).values(rows)
    kept = statement.on_conflict_do_update(
        index_elements=["tenant_id", "subject_key"], set_={"name": statement.excluded.name}
    ).returning(Account.subject_key, Account.id)
    ids = {row.subject_key: row.id for row in session.execute(kept)}
    return {subject: ids[subject.lower()] for subject, _ in names}


def close_account(session: Session, actor: Actor, account_id: UUID, cause: str) -> bool:
    """Nobody signs in with it from now on; False when it was closed already. Sessions: `leaving.end_access`."""
    closing = (
        update(Account)
        .where(Account.id == account_id, Account.active.is_(True))
        .values(active=False, inactive_cause=cause, inactive_at=now(), changed_at=now(), version=Account.version + 1)
    )
    if not session.execute(closing.returning(Account.id)).scalar_one_or_none():
        return False
    record(session, actor, "account.close", f"account:{account_id}", {"cause": cause})
    return True


def open_account(session: Session, actor: Actor, account_id: UUID, cause: str) -> bool:
    """The account can be signed in with again; False when it could be already, or the directory has deleted it."""
    opening = (
        update(Account)
        .where(Account.id == account_id, Account.active.is_(False), Account.deleted_at.is_(None))
        .values(active=True, inactive_cause=None, inactive_at=None, changed_at=now(), version=Account.version + 1)
    )
    if not session.execute(opening.returning(Account.id)).scalar_one_or_none():
        return False
    record(session, actor, "account.open", f"account:{account_id}", {"cause": cause})
    return True


def signed_in(session: Session, account_id: UUID) -> None:
    """The account has just been signed in with."""
    session.execute(update(Account).where(Account.id == account_id).values(last_sign_in_at=now()))


def grant_role(  # who, what, when, and where it comes from
    session: Session,
    account_id: UUID,
    role: Role | str,
    during: Range[date],
    *,
    actor: Actor | None = None,
    origin: Origin | str = Origin.GRANTED,
) -> None:
    """Grant a role for the whole agency and the days of `during`; granting what is granted already changes nothing.

    What programs do (a directory, an import, the demo); people grant by `roles.grant`, which asks for a reason.

    `NotFound` for an account of nobody here, `Invalid` for a role that does not exist. Recorded when `actor` is given.
    """
    if role not in list(Role):
        raise Invalid("role_unknown", "“{role}” is no role; known are: {known}.", role=str(role), known=", ".join(Role))
    if session.scalar(select(Account.id).where(Account.id == account_id)) is None:
        raise NotFound("account_unknown", "There is no such account here.")
    overlapping = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role == str(role),
        RoleGrant.origin == str(origin),
        RoleGrant.reach == "agency",
        RoleGrant.during.overlaps(during),
    )
    if session.scalar(overlapping.limit(1)) is not None:
        return
    by = actor.account_id if actor else None
    session.add(RoleGrant(account_id=account_id, role=str(role), during=during, origin=str(origin), granted_by=by))
    session.flush()
    if actor is not None:
        record(session, actor, "role.grant", f"account:{account_id}", {"role": str(role), "origin": str(origin)})
