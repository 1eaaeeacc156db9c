"""Taking over a file of accounts: made, changed, closed and opened, with the roles that an import grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.identity.actor import Actor
from selaras.identity.models import Account

AT_ONCE = 2_000
CAUSE = "import"


@dataclass(frozen=True)
class AccountRow:
    """One row of the file. `roles`: all that imports grant it from today on; None leaves them alone."""

    subject: str
    name: str
    email: str | None
    roles: frozenset[str] | None
    open: bool


@dataclass(frozen=True)
class TakenAccounts:
    """How many accounts were made, changed (opened among them) and closed; roles granted and ended."""

    new: int
    changed: int
    closed: int
    granted: int
    ended: int


_PAIRS = "unnest(CAST(:accounts AS uuid[]), CAST(:roles AS text[])) AS w (account_id, role)"
_MINE = """
    g.tenant_id = :tenant AND g.account_id = ANY(CAST(:all AS uuid[])) AND g.origin = 'import'
    AND g.during @> CAST(:day AS date)
"""
_GONE = f"{_MINE} AND NOT EXISTS (SELECT 1 FROM {_PAIRS} WHERE w.account_id = g.account_id AND w.role = g.role)"  # noqa: S608  # our own
_UNDO = text(
    f"DELETE FROM selaras.role_grant g WHERE {_GONE} AND lower(g.during) >= :day RETURNING g.role, g.account_id"  # noqa: S608  # our own
)
_END = text(
    f"UPDATE selaras.role_grant g SET during = daterange(lower(g.during), :day) WHERE {_GONE}"  # noqa: S608  # our own
    " RETURNING g.role, g.account_id"
)
_GRANT = text(
    f"""
    INSERT INTO selaras.role_grant (tenant_id, account_id, role, origin, during)
    SELECT :tenant, w.account_id, w.role, 'import', daterange(:day, NULL) FROM {_PAIRS}
    WHERE NOT EXISTS (
        SELECT 1 FROM selaras.role_grant g WHERE {_MINE} AND g.account_id = w.account_id AND g.role = w.role
    )
    RETURNING role, account_id
    """  # noqa: S608  # our own
)


def take_accounts(
    session: Session, actor: Actor, batch_id: UUID, rows: Sequence[AccountRow], day: date
) -> TakenAccounts:
    """Bring the accounts of a file to what it says; a number of statements per 2,000 rows."""
    ids: dict[str, UUID] = {}
    new = changed = closed = 0
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        before = _known(session, part)
        written = _write(session, part)
        ids |= {**before, **written}
        new += len(set(written) - set(before))
        gone = _set_open(session, [ids[one.subject.lower()] for one in part if not one.open], is_open=False)
        back = _set_open(session, [ids[one.subject.lower()] for one in part if one.open], is_open=True)
        changed += len((set(written) & set(before)) | {key for key, one in ids.items() if one in back})
        closed += len(gone)
        _told(session, actor, batch_id, "account.create", [ids[key] for key in set(written) - set(before)])
        _told(session, actor, batch_id, "account.change", [ids[key] for key in set(written) & set(before)])
        _told(session, actor, batch_id, "account.close", gone)
        _told(session, actor, batch_id, "account.open", back)
    granted, ended = _roles(session, actor, batch_id, {ids[one.subject.lower()]: one for one in rows}, day)
    return TakenAccounts(new, changed, closed, granted, ended)


def _known(session: Session, rows: Sequence[AccountRow]) -> dict[str, UUID]:
    keys = [one.subject.lower() for one in rows]
    found = session.execute(select(Account.subject_key, Account.id).where(Account.subject_key.in_(keys)))
    return {row.subject_key: row.id for row in found}


def _write(session: Session, rows: Sequence[AccountRow]) -> dict[str, UUID]:
    """The accounts that are new or differ; those that say the same already are not touched."""
    tenant, moment = tenant_of(session), now()
    values = [
        {"tenant_id": tenant, "subject": one.subject, "name": one.name, "emails": _emails(one), "source": CAUSE}
        for one in rows
    ]
    statement = insert(Account).values(values)
    said = statement.excluded
    emails = func.coalesce(func.nullif(said.emails, func.jsonb_build_array()), Account.emails)
    kept = statement.on_conflict_do_update(
        index_elements=["tenant_id", "subject_key"],
        set_={"name": said.name, "emails": emails, "changed_at": moment, "version": Account.version + 1},
        where=or_(Account.name != said.name, Account.emails != emails),
    ).returning(Account.subject_key, Account.id)
    return {row.subject_key: row.id for row in session.execute(kept)}


def _emails(one: AccountRow) -> list[dict[str, Any]]:
    return [{"value": one.email, "type": "work", "primary": True}] if one.email else []


def _set_open(session: Session, accounts: Sequence[UUID], *, is_open: bool) -> list[UUID]:
    """Open what an import closed; close what is open. What somebody else closed is not opened by a file."""
    if not accounts:
        return []
    values: dict[str, Any] = {
        "active": is_open,
        "inactive_cause": None if is_open else CAUSE,
        "inactive_at": None if is_open else now(),
        "changed_at": now(),
        "version": Account.version + 1,
    }
    chosen = update(Account).where(Account.id.in_(list(accounts)), Account.active.is_(not is_open))
    if is_open:
        chosen = chosen.where(Account.inactive_cause == CAUSE)
    return list(session.scalars(chosen.values(values).returning(Account.id)))


def _roles(session: Session, actor: Actor, batch_id: UUID, rows: dict[UUID, AccountRow], day: date) -> tuple[int, int]:
    said = {account_id: one.roles for account_id, one in rows.items() if one.roles is not None}
    if not said:
        return 0, 0
    pairs = [(account_id, role) for account_id, roles in said.items() for role in sorted(roles)]
    values = {
        "tenant": tenant_of(session),
        "day": day,
        "all": list(said),
        "accounts": [account_id for account_id, _ in pairs],
        "roles": [role for _, role in pairs],
    }
    counts = []
    for action, statements in (("role.end", (_UNDO, _END)), ("role.grant", (_GRANT,))):
        whom: dict[str, list[UUID]] = defaultdict(list)
        for statement in statements:
            for role, account_id in session.execute(statement, values):
                whom[role].append(account_id)
        for role, accounts in sorted(whom.items()):
            _told(session, actor, batch_id, action, accounts, role=role, origin=CAUSE)
        counts.append(sum(map(len, whom.values())))
    return counts[1], counts[0]


def _told(session: Session, actor: Actor, batch_id: UUID, action: str, accounts: Sequence[UUID], **more: str) -> None:
    if accounts:
        payload = {**more, "cause": CAUSE, "accounts": sorted(map(str, accounts))}
        record(session, actor, action, f"import_batch:{batch_id}", payload)
