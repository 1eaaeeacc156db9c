"""Reads: the agency's accounts with search and paging, and one account with everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.db.paging import Page, bounded, cursor, position
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound

STATES = ("open", "closed", "never")
SOURCES = ("setup", "import", "scim", "jit", "invitation")

_SHOWN = """
    a.id, a.subject, a.subject_key, a.name, a.active, a.source, a.inactive_cause, a.inactive_at, a.last_sign_in_at,
    a.directory_at, a.created_at, p.id AS person_id, p.name AS person_name, p.left_on,
    coalesce((SELECT array_agg(DISTINCT g.role || ':' || g.origin) FROM selaras.role_grant g
              WHERE g.tenant_id = :tenant AND g.account_id = a.id AND g.during @> CAST(:day AS date)), '{}') AS roles
"""
_LIST = """
    SELECT {shown}
    FROM (
        SELECT * FROM selaras.account a WHERE a.tenant_id = :tenant AND a.deleted_at IS NULL {where}
        ORDER BY a.subject_key LIMIT :limit
    ) a
    LEFT JOIN selaras.person p ON p.tenant_id = :tenant AND p.account_id = a.id
    ORDER BY a.subject_key
"""
_ONE = f"""
    SELECT {_SHOWN}, a.emails, a.external_id,
    (SELECT count(*) FROM selaras.service_client c
     WHERE c.tenant_id = :tenant AND c.owner_id = a.id AND c.revoked_at IS NULL) AS clients,
    (SELECT count(*) FROM selaras.reporting_line line
     WHERE line.tenant_id = :tenant AND line.superior_id = p.id AND line.during @> CAST(:day AS date)) AS team,
    (SELECT coalesce(array_agg(dg.display_name ORDER BY dg.display_name), '{{}}') FROM selaras.directory_member m
     JOIN selaras.directory_group dg ON dg.tenant_id = :tenant AND dg.id = m.group_id
     WHERE m.tenant_id = :tenant AND m.account_id = a.id) AS groups
    FROM selaras.account a
    LEFT JOIN selaras.person p ON p.tenant_id = :tenant AND p.account_id = a.id
    WHERE a.tenant_id = :tenant AND a.id = :account AND a.deleted_at IS NULL
"""  # noqa: S608  # every part is a constant of this module
_STATE = {
    "open": " AND a.active",
    "closed": " AND NOT a.active",
    "never": " AND a.active AND a.last_sign_in_at IS NULL",
}
# The beginning of a user name, or of a word of the name.
_SEARCH = (
    " AND (starts_with(a.subject_key, :search) OR starts_with(lower(a.name), :search)"
    " OR strpos(lower(a.name), :word) > 0)"
)


@dataclass(frozen=True)
class Held:
    """A role of today and where it comes from."""

    role: str
    origin: str


@dataclass(frozen=True)
class AccountLine:
    """An account as the list shows it, with its roles of the day and the person behind it."""

    id: UUID
    subject: str
    name: str
    active: bool
    source: str
    inactive_cause: str | None
    inactive_at: datetime | None
    last_sign_in_at: datetime | None
    directory_at: datetime | None
    created_at: datetime
    person_id: UUID | None
    person_name: str | None
    left_on: date | None
    roles: tuple[Held, ...]


@dataclass(frozen=True)
class AccountDetail:
    """One account, and what closing it would touch: its clients, the team of its holder, its groups."""

    line: AccountLine
    emails: tuple[str, ...]
    external_id: str | None
    clients: int
    team: int
    groups: tuple[str, ...]


def accounts(
    session: Session,
    *,
    search: str = "",
    state: str = "",
    source: str = "",
    after: str | None = None,
    limit: int = 50,
    day: date,
) -> Page[AccountLine]:
    """Accounts by user name; `search` is the beginning of a user name or of a part of the name. One statement."""
    size = bounded(limit)
    values: dict[str, Any] = {"tenant": tenant_of(session), "day": day, "limit": size + 1}
    where = _STATE.get(state, "")
    wanted = " ".join(search.lower().split())
    if wanted:
        where += _SEARCH
        values |= {"search": wanted, "word": f" {wanted}"}
    if source in SOURCES:
        where += " AND a.source = :source"
        values["source"] = source
    if after:
        where += " AND a.subject_key > :after"
        values["after"] = position(after, 1)[0]
    rows = session.execute(text(_LIST.format(shown=_SHOWN, where=where)), values).all()
    return Page(
        tuple(_line(row) for row in rows[:size]), cursor(rows[size - 1].subject_key) if len(rows) > size else None
    )


def account_detail(session: Session, account_id: UUID, day: date) -> AccountDetail:
    """One account, or `NotFound`."""
    values = {"tenant": tenant_of(session), "account": account_id, "day": day}
    row = session.execute(text(_ONE), values).one_or_none()
    if row is None:
        raise NotFound("account_unknown", "There is no such account here.")
    emails = tuple(str(one["value"]) for one in row.emails if one.get("value"))
    return AccountDetail(_line(row), emails, row.external_id, row.clients, row.team, tuple(row.groups))


def known_state(text_: str) -> str:
    """One of `STATES` or nothing; anything else is `Invalid`."""
    if text_ not in ("", *STATES):
        raise Invalid("account_state", "Accounts can be listed as: {known}.", known=", ".join(STATES), field="state")
    return text_


def _line(row: Row[Any]) -> AccountLine:
    held = sorted(str(one).rsplit(":", 1) for one in row.roles)
    return AccountLine(
        row.id,
        row.subject,
        row.name,
        row.active,
        row.source,
        row.inactive_cause,
        row.inactive_at,
        row.last_sign_in_at,
        row.directory_at,
        row.created_at,
        row.person_id,
        row.person_name,
        row.left_on,
        tuple(Held(role, origin) for role, origin in held),
    )
