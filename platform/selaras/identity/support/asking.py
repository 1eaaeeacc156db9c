"""What operators do about support access: ask, confirm another's urgent request, get a way in, end. Console role."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Conflict, Refused
from selaras.identity.support.models import SupportRequest, SupportStep
from selaras.identity.support.queries import access, accesses
from selaras.identity.support.rules import Access, Stage, checked_minutes, checked_reason, checked_ticket
from selaras.tenancy.operators import note
from selaras.tenancy.queries import AgencyView


@dataclass(frozen=True)
class Asker:
    """An operator who is signed in at the console."""

    id: UUID
    name: str

    @property
    def reference(self) -> str:
        """How the operators' journal names them."""
        return f"operator:{self.id}"


@dataclass(frozen=True)
class Wish:
    """Why an operator must look, on which ticket, for how long, and whether it cannot wait for the agency."""

    reason: str
    ticket: str
    minutes: int | None
    urgent: bool = False


def ask(session: Session, asker: Asker, agency: AgencyView, wish: Wish) -> UUID:
    """Ask an agency for access; Conflict while one of the same operator is under way there, or for a closed agency."""
    reason, ticket = checked_reason(wish.reason), checked_ticket(wish.ticket)
    minutes = checked_minutes(wish.minutes)
    if agency.status in ("suspended", "ended"):
        raise Conflict("support_agency_closed", "{agency} is not active, so nobody can enter.", agency=agency.name)
    for one in accesses(session, tenant_id=agency.tenant_id, operator_id=asker.id):
        if one.stage in (Stage.ASKED, Stage.OPEN):
            raise Conflict("support_under_way", "You have asked this agency already; that request is still under way.")
    row = SupportRequest(
        tenant_id=agency.tenant_id,
        operator_id=asker.id,
        operator_name=asker.name,
        reason_text=reason,
        ticket=ticket,
        minutes=minutes,
        urgent=wish.urgent,
        at=now(),
    )
    session.add(row)
    session.flush()
    payload = {"agency": str(agency.uuid), "ticket": ticket, "minutes": minutes, "urgent": wish.urgent}
    note(session, asker.reference, "support.asked", str(row.id), payload)
    return row.id


def confirm(session: Session, asker: Asker, request_id: UUID) -> None:
    """A second operator stands for an urgent request that the agency has not answered; the agency is told at once."""
    found = access(session, request_id)
    if found.operator_id == asker.id:
        raise Refused("support_two_operators", "Nobody confirms their own request: a second operator must do it.")
    if not found.urgent:
        raise Conflict("support_not_urgent", "This request is not marked as urgent; it waits for the agency.")
    _demand(found, Stage.ASKED)
    _step(session, asker, found, "confirmed")


def hand_over(session: Session, asker: Asker, request_id: UUID) -> str:
    """A way in for the operator who asked: a code that counts once and for a moment; kept as its hash only."""
    found = access(session, request_id)
    if found.operator_id != asker.id:
        raise Refused("support_not_yours", "Only the operator who asked can enter.")
    _demand(found, Stage.OPEN)
    code = secrets.token_urlsafe(32)
    _step(session, asker, found, "handed_over", code_hash(code))
    return code


def end(session: Session, asker: Asker, request_id: UUID) -> None:
    """Withdraw a request, or end an access at once; any operator of support may."""
    found = access(session, request_id)
    _demand(found, Stage.ASKED, Stage.OPEN)
    _step(session, asker, found, "ended")


def end_all_of(session: Session, asker: Asker, operator_id: UUID) -> int:
    """End whatever an operator has under way, as when they leave; how many there were."""
    under_way = (Stage.ASKED, Stage.OPEN)
    found = [one for one in accesses(session, operator_id=operator_id) if one.stage in under_way]
    for one in found:
        _step(session, asker, one, "ended")
    return len(found)


def code_hash(code: str) -> str:
    """The hash by which a way in is known."""
    return hashlib.sha256(code.encode()).hexdigest()


def _demand(found: Access, *stages: Stage) -> None:
    if found.stage not in stages:
        raise Conflict("support_stage", "This support access has moved on meanwhile. Reload the page.")


def _step(session: Session, asker: Asker, found: Access, word: str, code: str | None = None) -> None:
    row = SupportStep(
        request_id=found.id,
        requester_id=found.operator_id,
        step=word,
        operator_id=asker.id,
        operator_name=asker.name,
        code=code,
        at=now(),
    )
    session.add(row)
    session.flush()
    note(session, asker.reference, f"support.{word}", str(found.id), {})
