"""Reads: an account with the roles it holds on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.identity.models import Account, RoleGrant


@dataclass(frozen=True)
class AccountView:
    """An account and the roles granted to it for the whole agency on the day it was asked for."""

    id: UUID
    subject: str
    name: str
    active: bool
    roles: frozenset[str]


def account(session: Session, account_id: UUID, day: date) -> AccountView | None:
    """The account with its roles on `day`, or None."""
    row = session.scalar(select(Account).where(Account.id == account_id))
    return _view(session, row, day) if row else None


def account_by_subject(session: Session, subject: str, day: date) -> AccountView | None:
    """The account that the identity provider calls `subject`, with its roles on `day`, or None."""
    row = session.scalar(select(Account).where(Account.subject_key == subject.lower()))
    return _view(session, row, day) if row else None


def names_of(session: Session, accounts: Iterable[UUID | None]) -> dict[UUID, str]:
    """Account id → name, of those there are."""
    wanted = {one for one in accounts if one is not None}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def _view(session: Session, row: Account, day: date) -> AccountView:
    granted = session.scalars(
        select(RoleGrant.role).where(
            RoleGrant.account_id == row.id, RoleGrant.during.contains(day), RoleGrant.reach == "agency"
        )
    )
    return AccountView(row.id, row.subject, row.name, row.active, frozenset(granted))
