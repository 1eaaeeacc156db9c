"""Whom a provider means by its subjects: linked at the first sign-in, and only an administrator undoes it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.models import Account, AccountLink


def linked_account(session: Session, provider_id: UUID, subject: str) -> UUID | None:
    """The account that a provider's subject was linked to, if it was."""
    return session.scalar(
        select(AccountLink.account_id).where(AccountLink.provider_id == provider_id, AccountLink.subject == subject)
    )


def is_linked(session: Session, provider_id: UUID, account_id: UUID) -> bool:
    """Whether the provider has named this account by one of its subjects."""
    found = select(AccountLink.subject).where(
        AccountLink.provider_id == provider_id, AccountLink.account_id == account_id
    )
    return session.scalar(found) is not None


def link(session: Session, provider_id: UUID, subject: str, account_id: UUID) -> None:
    """Remember whom the provider means by a subject."""
    session.add(AccountLink(provider_id=provider_id, subject=subject, account_id=account_id))
    session.flush()


def used(session: Session, provider_id: UUID, subject: str) -> None:
    """The link was just signed in by."""
    mine = update(AccountLink).where(AccountLink.provider_id == provider_id, AccountLink.subject == subject)
    session.execute(mine.values(used_at=now()))


def unlink(session: Session, actor: Actor, provider_id: UUID, user_name: str) -> UUID:
    """Forget whom the provider means by this account, as when it was made anew there; the next sign-in links it again.

    `NotFound` for an account that is unknown here, or was not linked.
    """
    account_id = session.scalar(select(Account.id).where(Account.subject_key == user_name.strip().lower()))
    gone = delete(AccountLink).where(AccountLink.provider_id == provider_id, AccountLink.account_id == account_id)
    if account_id is None or not session.execute(gone.returning(AccountLink.subject)).scalar_one_or_none():
        raise NotFound(
            "provider.not_linked",
            "No account of the user name {name} has signed in by this provider.",
            name=user_name[:80],
        )
    record(session, actor, "provider.unlink", f"account:{account_id}", {"provider": provider_id})
    return account_id
