"""Commands on tickets: tell, answer, hand on to the agency, forward to the operator without names, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.files.kinds import evidence_type
from selaras.files.scanning import Scanner, refuse_infected
from selaras.files.service import keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.identity.models import RoleGrant
from selaras.identity.permissions import Permission, Role, ScopeKind
from selaras.notices.service import tell
from selaras.organisation.helpdesk.masking import masked
from selaras.organisation.helpdesk.models import Ticket, TicketMessage
from selaras.organisation.models import Appointment
from selaras.organisation.reach import reach
from selaras.tenancy.queries import agency
from selaras.tenancy.ticket_models import ForwardedTicket

SHORTEST, LONGEST = 10, 4_000
MOST_FILES, LARGEST = 3, 2 * 1024 * 1024
PURPOSE = "ticket"


class Category(StrEnum):
    """The six clusters in which problems of performance management are counted."""

    PLANNING = "planning"
    COACHING = "coaching"
    APPRAISAL = "appraisal"
    FOLLOW_UP = "follow_up"
    INFORMATION_SYSTEM = "information_system"
    GOVERNANCE = "governance"


@dataclass(frozen=True)
class Told:
    """What somebody reports; `reference`, `place` and `browser` are shown to them before they send it."""

    category: Category
    content: str
    reference: str
    place: str
    browser: str
    files: Sequence[tuple[str, bytes]] = ()


def report(session: Session, actor: Actor, store: FileStore, told: Told, scanner: Scanner | None = None) -> UUID:
    """Report a problem: it goes to the administrator of one's unit, or (without one) of the agency."""
    if actor.account_id is None:
        raise Refused("ticket_in_person", "A problem is reported by whoever is signed in.")
    _check(told.content)
    kinds = [_kind(data, scanner) for _, data in told.files]
    if len(kinds) > MOST_FILES:
        raise Invalid("ticket_files", "Attach at most {most} files.", most=MOST_FILES, field="files")
    unit = _unit_of(session, actor)
    row = Ticket(
        category=told.category.value,
        content=told.content.strip(),
        reference=told.reference[:40],
        place=told.place[:100],
        browser=told.browser[:100],
        account_id=actor.account_id,
        person_id=actor.person_id,
        unit_id=unit,
        level="unit" if unit and _has_unit_admin(session, unit) else "agency",
    )
    session.add(row)
    session.flush()
    for (name, data), kind in zip(told.files, kinds, strict=True):
        keep(session, store, actor, name, kind, data, PURPOSE, row.id)
    record(session, actor, "ticket.report", f"ticket:{row.id}", {"category": row.category, "level": row.level})
    return row.id


def answer(session: Session, actor: Actor, ticket_id: UUID, content: str, *, close: bool = False) -> None:
    """Say something about a ticket: whoever reported it, or whoever handles it; the other side is told."""
    row = held(session, actor, ticket_id)
    if row.state == "closed":
        raise Conflict("ticket_closed", "This ticket is closed. Report the problem anew if it is there again.")
    if content.strip() or not close:
        _check(content, shortest=1)
        session.add(TicketMessage(ticket_id=row.id, account_id=actor.account_id, content=content.strip(), at=now()))
    own = row.account_id == actor.account_id
    row.state, row.changed_at = ("closed" if close else "open" if own else "answered"), now()
    record(session, actor, "ticket.close" if close else "ticket.answer", f"ticket:{row.id}", {})
    if not own and row.person_id:
        tell(session, row.person_id, "ticket_answered", row.id, {"ticket": str(row.id)})


def hand_on(session: Session, actor: Actor, ticket_id: UUID) -> None:
    """The administrator of a unit hands a ticket on to the agency's."""
    row = handled(session, actor, ticket_id)
    if row.level != "unit" or row.state == "closed":
        raise Conflict("ticket_level", "This ticket has moved on meanwhile. Reload the page.")
    row.level, row.changed_at = "agency", now()
    record(session, actor, "ticket.hand_on", f"ticket:{row.id}", {})


def forward(session: Session, actor: Actor, ticket_id: UUID, content: str) -> None:
    """The agency's administrator sends a copy to the operator, in words without names or numbers.

    What is left of either is masked once more; who reported it, attachments and what was said stay here.
    """
    actor.require_whole(Permission.HANDLE_TICKETS)
    row = handled(session, actor, ticket_id)
    if row.level == "operator" or row.state == "closed":
        raise Conflict("ticket_level", "This ticket has moved on meanwhile. Reload the page.")
    _check(content)
    copy = ForwardedTicket(
        category=row.category,
        content=masked(session, content.strip()),
        reference=row.reference,
        place=row.place,
        browser=row.browser,
        at=now(),
    )
    session.add(copy)
    session.flush()
    row.level, row.forwarded_id, row.changed_at = "operator", copy.id, now()
    record(session, actor, "ticket.forward", f"ticket:{row.id}", {"copy": copy.id})
    if row.person_id:
        tell(session, row.person_id, "ticket_forwarded", row.id, {"ticket": str(row.id)})


def held(session: Session, actor: Actor, ticket_id: UUID) -> Ticket:
    """A ticket, locked, for whoever reported it or handles it; else NotFound."""
    row = session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update())
    if row is None or actor.account_id is None or not (row.account_id == actor.account_id or may(session, actor, row)):
        raise NotFound("ticket_unknown", "There is no such ticket here.")
    return row


def handled(session: Session, actor: Actor, ticket_id: UUID) -> Ticket:
    """A ticket, locked, for whoever handles it; else NotFound."""
    row = session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update())
    if row is None or not may(session, actor, row):
        raise NotFound("ticket_unknown", "There is no such ticket here.")
    return row


def may(session: Session, actor: Actor, row: Ticket) -> bool:
    """Whether the actor handles such a ticket: of the agency any, of a unit those of its people."""
    if Permission.HANDLE_TICKETS not in actor.permissions:
        return False
    units = reach(session, actor, Permission.HANDLE_TICKETS, _today(session))
    return units is None or (row.unit_id is not None and row.unit_id in units)


def _unit_of(session: Session, actor: Actor) -> UUID | None:
    if actor.person_id is None:
        return None
    return session.scalar(
        select(Appointment.unit_id).where(
            Appointment.person_id == actor.person_id,
            Appointment.kind == "definitive",
            Appointment.during.contains(_today(session)),
        )
    )


_ABOVE = """
    WITH RECURSIVE above AS (
        SELECT CAST(:unit AS uuid) AS unit_id
        UNION
        SELECT place.parent_id FROM selaras.unit_placement place JOIN above ON place.unit_id = above.unit_id
        WHERE place.tenant_id = :tenant AND place.during @> CAST(:day AS date) AND place.parent_id IS NOT NULL
    )
    SELECT unit_id FROM above
"""


def _has_unit_admin(session: Session, unit_id: UUID) -> bool:
    day = _today(session)
    above = session.scalars(text(_ABOVE), {"unit": unit_id, "tenant": tenant_of(session), "day": day}).all()
    query = exists().where(
        RoleGrant.tenant_id == tenant_of(session),
        RoleGrant.role == Role.AGENCY_ADMIN.value,
        RoleGrant.reach == ScopeKind.UNIT.value,
        RoleGrant.unit_id.in_(above),
        RoleGrant.during.contains(day),
    )
    return bool(session.scalar(select(query)))


def _today(session: Session) -> date:
    return today(agency(session, tenant_of(session)).time_zone)


def _kind(data: bytes, scanner: Scanner | None) -> str:
    if len(data) > LARGEST:
        raise Invalid("ticket_file_large", "A file may have at most {most} MB.", most=LARGEST // 2**20, field="files")
    kind = evidence_type(data)
    refuse_infected(scanner, data)
    return kind


def _check(content: str, shortest: int = SHORTEST) -> None:
    if not shortest <= len(content.strip()) <= LONGEST or "\0" in content:
        raise Invalid(
            "ticket_content_length",
            "Write {least} to {most} characters.",
            least=shortest,
            most=LONGEST,
            field="content",
        )
