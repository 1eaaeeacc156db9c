"""What happens at the agency: it approves or refuses, support enters and is watched, either side ends it. App role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission, Role, permissions_of
from selaras.identity.support.asking import code_hash
from selaras.identity.support.models import SupportAnswer, SupportView
from selaras.identity.support.queries import VIEWED, access_of_code, own_access
from selaras.identity.support.rules import CODE_LIVES, Access, Stage

ROLE = "support"


@dataclass(frozen=True)
class _Operator:
    """The operator in the ledger, before there is an actor."""

    reference: str


def decide(session: Session, actor: Actor, request_id: UUID, *, approve: bool) -> None:
    """The agency approves or refuses a request; Conflict when it is not waiting (any more)."""
    actor.require(Permission.APPROVE_SUPPORT)
    found = own_access(session, request_id)
    if found.stage is not Stage.ASKED:
        raise _at_another_stage()
    word = "approved" if approve else "refused"
    if not _answer(session, request_id, word):
        raise Conflict("support_answered", "Somebody else has answered this request just now. Reload the page.")
    record(session, actor, f"support.{word}", f"support:{request_id}", _told(session, found))


def enter(session: Session, code: str) -> Access:
    """Spend a way in; Refused in the same words for one that is unknown, spent, too old or another agency's."""
    hashed = code_hash(code)
    known = access_of_code(session, hashed)
    if known is None or now() - known[1] > CODE_LIVES or known[0].stage is not Stage.OPEN:
        raise _no_way_in()
    found = known[0]
    if not _answer(session, found.id, "entered", hashed):
        raise _no_way_in()
    opening = found.opening
    assert opening is not None
    by = {"opened_by": opening.operator_id or "agency", "until": found.until}
    record(session, _operator(found), "support.entered", f"support:{found.id}", _told(session, found) | by)
    return found


def acting(session: Session, request_id: UUID) -> Actor:
    """The operator at the agency: sees what an auditor sees, changes nothing. Refused once the access is over."""
    found = own_access(session, request_id)
    if found.stage is not Stage.OPEN:
        raise Refused("support_over", "This support access is over. Nothing more can be seen.")
    return Actor(
        tenant_id=found.tenant_id,
        account_id=None,
        name=found.operator_name,
        roles=frozenset({ROLE}),
        permissions=permissions_of([Role.AUDITOR]),
        read_only=True,
        support_id=found.id,
    )


def witness(session: Session, actor: Actor, route: str, shown: str, ids: Mapping[str, object]) -> None:
    """Write down one view: with its ids in the agency's ledger; without any (`shown`) where the operators read it."""
    assert actor.support_id is not None
    record(session, actor, VIEWED, f"support:{actor.support_id}", {"route": route, **ids})
    # After the ledger's entry: its id is the end of what is read back (see queries.views).
    session.add(SupportView(tenant_id=tenant_of(session), request_id=actor.support_id, route=shown, at=now()))
    session.flush()


def end(session: Session, actor: Actor, request_id: UUID) -> None:
    """End an open access at once: the agency any, support its own."""
    found = own_access(session, request_id)
    if actor.support_id != request_id:
        actor.require(Permission.APPROVE_SUPPORT)
    if found.stage is not Stage.OPEN:
        raise _at_another_stage()
    word = "left" if actor.support_id else "ended_by_agency"
    _answer(session, request_id, word)
    record(session, actor, f"support.{word}", f"support:{request_id}", {})


def take_note(session: Session, actor: Actor, request_id: UUID) -> None:
    """An administrator of the agency has read that an access is over; the notice goes."""
    actor.require(Permission.APPROVE_SUPPORT)
    found = own_access(session, request_id)
    if found.ended_at is None:
        raise _at_another_stage()
    if found.first("noted") is None:
        _answer(session, request_id, "noted")
        record(session, actor, "support.noted", f"support:{request_id}", {})


def _answer(session: Session, request_id: UUID, word: str, code: str | None = None) -> bool:
    """False when the decision is made, or the code spent, by somebody at the same moment."""
    values = {"tenant_id": tenant_of(session), "request_id": request_id, "step": word, "code": code, "at": now()}
    made = session.execute(insert(SupportAnswer).values(values).on_conflict_do_nothing().returning(SupportAnswer.id))
    return made.first() is not None


def _told(session: Session, found: Access) -> dict[str, object]:
    return {
        "operator": found.operator_id,
        "minutes": found.minutes,
        "urgent": found.urgent,
        "reason": salted(session, found.reason),
        "ticket": salted(session, found.ticket),
    }


def _operator(found: Access) -> _Operator:
    return _Operator(f"support:{found.id}")


def _at_another_stage() -> Conflict:
    return Conflict("support_stage", "This support access has moved on meanwhile. Reload the page.")


def _no_way_in() -> Refused:
    return Refused(
        "support_no_way_in",
        "This way in does not count (any more): it can be used once, and only for a moment. Get a new one at the "
        "console.",
    )
