"""Commands that join people and accounts: everybody at once, or one person who signs in for the first time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.queries import account_by_subject
from selaras.identity.service import ensure_account
from selaras.organisation.queries import person_by_number

_MAKE = text(
    """
    INSERT INTO selaras.account (tenant_id, subject, name, source)
    SELECT p.tenant_id, n.number, p.name, 'import'
    FROM selaras.person p
    JOIN selaras.person_number n
      ON n.tenant_id = :tenant AND n.person_id = p.id AND n.during @> CAST(:day AS date)
    WHERE p.tenant_id = :tenant AND p.account_id IS NULL AND (p.left_on IS NULL OR p.left_on > :day)
    ON CONFLICT (tenant_id, subject_key) DO NOTHING
    """
)
_JOIN = text(
    """
    UPDATE selaras.person p SET account_id = a.id
    FROM selaras.person_number n
    JOIN selaras.account a ON a.tenant_id = :tenant AND a.subject_key = n.number
    WHERE p.tenant_id = :tenant AND p.account_id IS NULL AND n.tenant_id = :tenant AND n.person_id = p.id
      AND n.during @> CAST(:day AS date) AND (p.left_on IS NULL OR p.left_on > :day)
    """
)
_ONE = text(
    """
    SELECT p.name, p.account_id, n.number FROM selaras.person p
    LEFT JOIN selaras.person_number n
      ON n.tenant_id = :tenant AND n.person_id = p.id AND n.during @> CAST(:day AS date)
    WHERE p.tenant_id = :tenant AND p.id = :person AND (p.left_on IS NULL OR p.left_on > :day)
    """
)
_LINK = text("UPDATE selaras.person SET account_id = :account WHERE tenant_id = :tenant AND id = :person")
_TAKE = text(
    """
    UPDATE selaras.person p SET account_id = :account
    FROM selaras.account a
    JOIN selaras.person_number n
      ON n.tenant_id = :tenant AND n.number = a.subject_key AND n.during @> CAST(:day AS date)
    WHERE a.tenant_id = :tenant AND a.id = :account AND p.tenant_id = :tenant AND p.id = n.person_id
      AND p.account_id IS NULL AND (p.left_on IS NULL OR p.left_on > :day)
      AND NOT EXISTS (SELECT 1 FROM selaras.person q WHERE q.tenant_id = :tenant AND q.account_id = :account)
    RETURNING p.id
    """
)


def join_accounts(session: Session, day: date) -> list[UUID]:
    """Join everybody without an account to the account of their number; the people's ids."""
    joining = text(f"{_JOIN.text} RETURNING p.id")
    return list(session.execute(joining, {"tenant": tenant_of(session), "day": day}).scalars())


def link_person(session: Session, actor: Actor, account_id: UUID, day: date) -> UUID | None:
    """Join an account to the person whose number is its user name today; None unless there is one without account."""
    parameters = {"tenant": tenant_of(session), "account": account_id, "day": day}
    found = session.execute(_TAKE, parameters).scalar_one_or_none()
    if found is None:
        return None
    record(session, actor, "account.link", f"account:{account_id}", {"person": found})
    return UUID(str(found))


def give_accounts(session: Session, day: date) -> int:
    """An account for everybody who serves on `day` and has none; its subject is their number. Two statements."""
    parameters = {"tenant": tenant_of(session), "day": day}
    session.execute(_MAKE, parameters)
    joined: int = session.execute(_JOIN, parameters).rowcount  # type: ignore[attr-defined]  # a cursor result
    return joined


def account_of(session: Session, person_id: UUID, day: date) -> UUID:
    """The person's account, made if there is none; `NotFound` for whoever has left or never was here."""
    parameters = {"tenant": tenant_of(session), "person": person_id, "day": day}
    row = session.execute(_ONE, parameters).one_or_none()
    if row is None:
        raise NotFound("person_unknown", "There is no such person here.")
    if row.account_id is not None:
        return UUID(str(row.account_id))
    made = ensure_account(session, row.number or str(person_id), row.name)
    session.execute(_LINK, {**parameters, "account": made})
    return made


def account_named(session: Session, name: str, day: date) -> UUID:
    """The account of a user name, or of whoever holds a NIP or NI PPPK on `day`; made for them if there is none."""
    wanted = name.strip()
    known = account_by_subject(session, wanted, day)
    if known is not None and known.active:
        return known.id
    person = person_by_number(session, wanted, day) if known is None else None
    if person is None:
        raise NotFound(
            "account_named",
            "Nobody here has the user name or number “{name}” today.",
            name=wanted[:40],
            field="account",
        )
    return account_of(session, person, day)
