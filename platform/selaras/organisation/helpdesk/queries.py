"""Reads: one's own tickets, those that one handles, one with everything that was said; and how many by cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.files.queries import FileView, files_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reach
from selaras.tenancy.tickets import Reply, replies

FEW = 5

_TICKETS = """
    SELECT t.id, t.category, t.content, t.reference, t.place, t.browser, t.level, t.state, t.at, t.changed_at,
           t.forwarded_id, account.name AS reporter, unit.name AS unit_name, t.account_id = :account AS own
    FROM selaras.ticket t
    JOIN selaras.account account ON account.tenant_id = :tenant AND account.id = t.account_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = t.unit_id
    WHERE t.tenant_id = :tenant AND (t.account_id = :account OR (:handles
      AND (CAST(:units AS uuid[]) IS NULL OR t.unit_id = ANY(CAST(:units AS uuid[]))))) {one}
    ORDER BY t.state = 'closed', t.changed_at DESC, t.id LIMIT 200
"""
_SAID = text(
    """
    SELECT m.content, m.at, account.name FROM selaras.ticket_message m
    JOIN selaras.account account ON account.tenant_id = :tenant AND account.id = m.account_id
    WHERE m.tenant_id = :tenant AND m.ticket_id = :ticket ORDER BY m.at, m.id
    """
)
_COUNTS = text(
    """
    SELECT t.category, count(*) AS told, count(*) FILTER (WHERE t.state <> 'closed') AS open,
           count(*) FILTER (WHERE t.level = 'operator') AS forwarded
    FROM selaras.ticket t WHERE t.tenant_id = :tenant
      AND (CAST(:units AS uuid[]) IS NULL OR t.unit_id = ANY(CAST(:units AS uuid[]))) GROUP BY t.category
    """
)


@dataclass(frozen=True)
class TicketLine:
    """A ticket as a list shows it; `state` is answered where the operator was the last to answer."""

    id: UUID
    category: str
    content: str
    reference: str
    place: str
    browser: str
    level: str
    state: str
    at: datetime
    changed_at: datetime
    forwarded_id: UUID | None
    reporter: str
    unit_name: str | None
    own: bool


@dataclass(frozen=True)
class Said:
    """What somebody said about a ticket; `operator` for the operator's answer."""

    content: str
    at: datetime
    by: str
    operator: bool = False


@dataclass(frozen=True)
class TicketView:
    """A ticket with its attachments and everything that was said, oldest first; `may_handle` whether by the actor."""

    line: TicketLine
    files: tuple[FileView, ...]
    said: tuple[Said, ...]
    may_handle: bool


@dataclass(frozen=True)
class ClusterCount:
    """Tickets of one cluster."""

    category: str
    told: int
    open: int
    forwarded: int


def tickets(session: Session, actor: Actor, day: date) -> tuple[TicketLine, ...]:
    """One's own tickets and those that one handles, the open ones first, at most 200; two statements."""
    rows = session.execute(text(_TICKETS.format(one="")), _values(session, actor, day)).all()
    answers = replies(session, [row.forwarded_id for row in rows if row.forwarded_id], tenant_of(session))
    return tuple(_line(row, answers.get(row.forwarded_id, ())) for row in rows)


def ticket(session: Session, actor: Actor, ticket_id: UUID, day: date) -> TicketView:
    """One ticket for whoever reported or handles it, or NotFound."""
    values = {**_values(session, actor, day), "ticket": ticket_id}
    row = session.execute(text(_TICKETS.format(one="AND t.id = :ticket")), values).one_or_none()
    if row is None:
        raise NotFound("ticket_unknown", "There is no such ticket here.")
    answers = replies(session, [row.forwarded_id], tenant_of(session)) if row.forwarded_id else {}
    told = answers.get(row.forwarded_id, ())
    said = [Said(*one) for one in session.execute(_SAID, {"tenant": tenant_of(session), "ticket": ticket_id})]
    said += [Said(one.content, one.at, one.operator, operator=True) for one in told]
    handles = Permission.HANDLE_TICKETS in actor.permissions and (not row.own or values["units"] is None)
    ordered = tuple(sorted(said, key=lambda one: one.at))
    return TicketView(_line(row, told), files_of(session, ticket_id), ordered, handles)


def cluster_counts(session: Session, actor: Actor, day: date) -> tuple[ClusterCount, ...]:
    """How many problems were told, by cluster, of the units that the actor handles."""
    actor.require(Permission.HANDLE_TICKETS)
    rows = session.execute(_COUNTS, {"tenant": tenant_of(session), "units": _units(session, actor, day)})
    return tuple(ClusterCount(*row) for row in rows)


def _units(session: Session, actor: Actor, day: date) -> list[UUID] | None:
    reached = reach(session, actor, Permission.HANDLE_TICKETS, day)
    return None if reached is None else list(reached)


def _values(session: Session, actor: Actor, day: date) -> dict[str, object]:
    handles = Permission.HANDLE_TICKETS in actor.permissions
    units = _units(session, actor, day) if handles else None
    return {"tenant": tenant_of(session), "account": actor.account_id, "handles": handles, "units": units}


def _line(row: Row[Any], answers: tuple[Reply, ...]) -> TicketLine:
    last = answers[-1] if answers else None
    answered = last is not None and last.at >= row.changed_at and row.state == "open"
    return TicketLine(
        row.id,
        row.category,
        row.content,
        row.reference,
        row.place,
        row.browser,
        row.level,
        "answered" if answered else row.state,
        row.at,
        row.changed_at,
        row.forwarded_id,
        row.reporter,
        row.unit_name,
        bool(row.own),
    )
