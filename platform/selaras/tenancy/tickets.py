"""Forwarded tickets: what an agency sends on, and what operators answer (console role)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Invalid, NotFound
from selaras.tenancy.operators import note
from selaras.tenancy.ticket_models import ForwardedTicket, TicketFigure, TicketReply

SHOWN = 200
LONGEST = 4_000


@dataclass(frozen=True)
class Reply:
    """What an operator answered."""

    content: str
    closes: bool
    operator: str
    at: datetime


@dataclass(frozen=True)
class Count:
    """How many problems were told, how many of them are open, and how many came to the operator."""

    told: int = 0
    open: int = 0
    forwarded: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.told + other.told, self.open + other.open, self.forwarded + other.forwarded)


@dataclass(frozen=True)
class Forwarded:
    """A ticket as the console sees it: the agency, what was sent on, and the answers, oldest first."""

    id: UUID
    tenant_id: int
    category: str
    content: str
    reference: str
    place: str
    browser: str
    at: datetime
    replies: tuple[Reply, ...]


def forwarded(session: Session) -> tuple[Forwarded, ...]:
    """The newest forwarded tickets of all agencies; two statements (console role)."""
    rows = session.scalars(select(ForwardedTicket).order_by(ForwardedTicket.id.desc()).limit(SHOWN)).all()
    said = replies(session, [row.id for row in rows])
    return tuple(_view(row, said.get(row.id, ())) for row in rows)


def figures(session: Session, since: date) -> dict[int, dict[str, Count]]:
    """Agency → cluster → counts of the months from `since` on; one statement (console role)."""
    of = TicketFigure
    rows = session.execute(
        select(of.tenant_id, of.category, func.sum(of.told), func.sum(of.open), func.sum(of.forwarded))
        .where(of.month >= since)
        .group_by(of.tenant_id, of.category)
    )
    found: dict[int, dict[str, Count]] = {}
    for tenant_id, category, *counts in rows:
        found.setdefault(tenant_id, {})[category] = Count(*map(int, counts))
    return found


def forwarded_one(session: Session, ticket_id: UUID) -> Forwarded:
    """One forwarded ticket, or NotFound (console role)."""
    row = session.scalar(select(ForwardedTicket).where(ForwardedTicket.id == ticket_id))
    if row is None:
        raise NotFound("ticket_unknown", "There is no such ticket here.")
    return _view(row, replies(session, [row.id]).get(row.id, ()))


def replies(session: Session, ids: list[UUID], tenant_id: int | None = None) -> dict[UUID, tuple[Reply, ...]]:
    """Forwarded ticket → what operators answered, oldest first; an agency asks for its own (`tenant_id`)."""
    if not ids:
        return {}
    query = select(TicketReply).where(TicketReply.forwarded_id.in_(ids)).order_by(TicketReply.id)
    if tenant_id is not None:
        query = query.where(TicketReply.tenant_id == tenant_id)
    found: dict[UUID, tuple[Reply, ...]] = {}
    for row in session.scalars(query):
        one = Reply(row.content, row.closes, row.operator_name, row.at)
        found[row.forwarded_id] = (*found.get(row.forwarded_id, ()), one)
    return found


def reply(session: Session, operator: str, name: str, ticket_id: UUID, content: str, *, closes: bool) -> None:
    """Answer a forwarded ticket; `operator` is their reference in the journal."""
    found = forwarded_one(session, ticket_id)
    if not 1 <= len(content.strip()) <= LONGEST:
        raise Invalid("ticket_content", "Write 1 to {most} characters.", most=LONGEST, field="content")
    session.add(
        TicketReply(
            tenant_id=found.tenant_id,
            forwarded_id=found.id,
            content=content.strip(),
            closes=closes,
            operator_name=name,
            at=now(),
        )
    )
    session.flush()
    note(session, operator, "ticket.answered", str(found.id), {"closes": closes})


def _view(row: ForwardedTicket, said: tuple[Reply, ...]) -> Forwarded:
    return Forwarded(
        row.id,
        row.tenant_id,
        row.category,
        row.content,
        row.reference,
        row.place,
        row.browser,
        row.at,
        said,
    )
