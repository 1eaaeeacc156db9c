"""Commands on proposals: the PyB endorses or declines, the PPK decides by decree or rejects, then it is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound, Refused
from selaras.followup.models import Proposal, ProposalEvent
from selaras.followup.rules import MOVES, Move, ProposalState, Said, refuse_unsaid
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.reach import only_reached
from selaras.tenancy.queries import agency


def endorse(session: Session, actor: Actor, proposals: Sequence[UUID], reason: str = "") -> int:
    """The authorised official (PyB) takes proposals over towards the PPK; returns how many."""
    return move(session, actor, proposals, ProposalState.ENDORSED, Said(reason))


def decline(session: Session, actor: Actor, proposals: Sequence[UUID], reason: str) -> int:
    """The PyB turns proposals down, with a reason; they end there."""
    return move(session, actor, proposals, ProposalState.DECLINED, Said(reason))


def decide(session: Session, actor: Actor, proposals: Sequence[UUID], said: Said) -> int:
    """The appointing official (PPK) decides endorsed proposals by one decree (number and day); returns how many."""
    return move(session, actor, proposals, ProposalState.DECIDED, said)


def reject(session: Session, actor: Actor, proposals: Sequence[UUID], reason: str) -> int:
    """The PPK decides against endorsed proposals, with a reason."""
    return move(session, actor, proposals, ProposalState.REJECTED, Said(reason))


def carry_out(session: Session, actor: Actor, proposals: Sequence[UUID]) -> int:
    """The performance manager records that what was decided has been done."""
    return move(session, actor, proposals, ProposalState.CARRIED_OUT, Said())


def move(session: Session, actor: Actor, proposals: Sequence[UUID], state: ProposalState, said: Said) -> int:
    """Take proposals to a state, as `MOVES` allows it to whom and with what said; returns how many."""
    allowed = MOVES[state]
    actor.require(allowed.permission)
    if actor.account_id is None:
        raise Refused("followup.needs_official", "Only an official in person may do this; the system only proposes.")
    refuse_unsaid(allowed, said, today(agency(session, tenant_of(session)).time_zone))
    rows = _locked(session, actor, allowed.permission, proposals)
    _refuse_others(rows, allowed, actor)
    for row in rows:
        row.state = state.value
        session.add(_event(row, actor, state, said))
    # One entry for all of them: a decree covers many people.
    payload: dict[str, object] = {"proposals": sorted(row.id for row in rows), "state": state.value}
    if said.reason.strip():
        payload["reason"] = salted(session, said.reason.strip())
    if allowed.needs_decree:
        payload["decree"] = salted(session, said.decree_number.strip())
    record(session, actor, f"proposal.{state.value}", "proposals", payload)
    return len(rows)


def _locked(session: Session, actor: Actor, permission: Permission, proposals: Sequence[UUID]) -> list[Proposal]:
    """The proposals, all of them about people whom the permission reaches."""
    wanted = set(proposals)
    reached = only_reached(session, actor, permission, Proposal.person_id)
    query = select(Proposal).where(Proposal.id.in_(wanted), reached).order_by(Proposal.id).with_for_update()
    rows = list(session.scalars(query))
    if not rows or len(rows) < len(wanted):
        raise NotFound("followup.proposal_unknown", "There is no such proposal here; choose at least one of the list.")
    return rows


def _refuse_others(rows: Iterable[Proposal], move: Move, actor: Actor) -> None:
    for row in rows:
        if row.state != move.before.value:
            raise Conflict(
                "followup.proposal_state",
                "A proposal is {state} already; this step comes after {before}. Reload the list.",
                state=row.state,
                before=move.before.value,
            )
        if actor.person_id == row.person_id:
            raise Refused("followup.oneself", "Nobody decides what follows their own result; somebody else must.")


def _event(row: Proposal, actor: Actor, state: ProposalState, said: Said) -> ProposalEvent:
    return ProposalEvent(
        proposal_id=row.id,
        state=state.value,
        reason=said.reason.strip() or None,
        decree_number=said.decree_number.strip() or None,
        decree_date=said.decree_date,
        account_id=actor.account_id,
        at=now(),
    )


def withdraw(session: Session, actor: Actor, person_id: UUID, period_id: UUID, before_revision: int) -> int:
    """Take back what spoke from a result that has been corrected and was not decided yet; returns how many."""
    rows = session.scalars(
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.period_id == period_id,
            Proposal.revision < before_revision,
            Proposal.state.in_((ProposalState.PROPOSED.value, ProposalState.ENDORSED.value)),
        )
        .with_for_update()
    ).all()
    for row in rows:
        row.state = ProposalState.WITHDRAWN.value
        session.add(_event(row, actor, ProposalState.WITHDRAWN, Said("Hasil kinerja telah dikoreksi.")))
    return len(rows)
