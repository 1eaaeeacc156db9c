"""Commands: “this is not my superior”, the two answers to it, and the change of the reporting line that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.forming import form_one
from selaras.evaluation.models import Period
from selaras.evaluation.superior_queries import ProposalView, proposal
from selaras.evaluation.superior_rules import AHEAD, LIFETIME, SIDES
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.models import Person, SuperiorAnswer, SuperiorProposal
from selaras.organisation.queries import superior_of
from selaras.organisation.superiors import change_superior, refuse_unfit
from selaras.planning.moving import follow_superior
from selaras.tenancy.queries import Followed

SHORTEST, LONGEST = 10, 1_000
LawOf = Callable[[date, date], Sequence[Followed]]
"""The regulations that the agency follows between two days."""


def propose(
    session: Session, actor: Actor, person_id: UUID, proposed_id: UUID, effective_on: date, reason: str
) -> UUID:
    """The employee names the right superior, since when, and why; both superiors are told. One proposal at a time.

    The same proposal sent again is the one that is there.
    """
    _require_own(actor, person_id)
    today = agency_day(session, actor)
    _said(reason)
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    _end_expired(session, person_id, today)
    known = session.scalars(
        select(SuperiorProposal).where(SuperiorProposal.person_id == person_id, SuperiorProposal.state == "open")
    ).first()
    if known is not None:
        if (known.proposed_id, known.effective_on) == (proposed_id, effective_on):
            return known.id
        raise Conflict(
            "superior_proposal_open", "Your proposal of {day} waits for answers; withdraw it first.", day=known.made_on
        )
    if effective_on > today + timedelta(days=AHEAD):
        raise Invalid("superior_day_late", "Choose a day within the next {days} days.", days=AHEAD, field="day")
    refuse_unfit(session, person_id, proposed_id, effective_on)
    _refuse_settled(session, effective_on)
    row = SuperiorProposal(
        person_id=person_id,
        proposed_id=proposed_id,
        present_id=superior_of(session, person_id, effective_on),
        effective_on=effective_on,
        reason=reason.strip(),
        made_at=now(),
        made_on=today,
        expires_on=today + timedelta(days=LIFETIME),
    )
    session.add(row)
    session.flush()
    for one in {row.proposed_id, row.present_id} - {None}:
        tell(session, one, "superior_asked", row.id, {"proposal": str(row.id)})  # type: ignore[arg-type]  # None is taken out
    payload = {"proposed": proposed_id, "since": effective_on, "reason": salted(session, reason.strip())}
    record(session, actor, "superior.proposed", f"person:{person_id}", payload)
    return row.id


def answer(
    session: Session, actor: Actor, proposal_id: UUID, law_of: LawOf, *, agrees: bool, reason: str = "", side: str = ""
) -> str:
    """Answer for one side; with both in agreement the line changes at once. Returns the proposal's state.

    A no needs a reason and ends the proposal. The same answer given again changes nothing.
    """
    view, row = _locked(session, actor, proposal_id)
    given = next((one for one in view.answers if one.given_by == actor.account_id), None)
    if given is not None and given.agrees == agrees and side in ("", given.side):
        return view.state
    if view.state != "open":
        raise _over(view)
    chosen = side or next(iter(view.sides), "")
    if chosen not in view.sides or actor.account_id is None:
        raise Refused(
            "superior_not_asked",
            "Nothing is asked of you here: the proposed and the present superior answer, each for themself; the "
            "performance manager where one of them has left or stays silent.",
        )
    if not agrees:
        _said(reason)
    made = SuperiorAnswer(
        proposal_id=row.id,
        party=chosen,
        agrees=agrees,
        reason=reason.strip() or None,
        given_by=actor.account_id,
        given_as=view.sides[chosen],
        given_at=now(),
    )
    session.add(made)
    session.flush()
    payload: dict[str, object] = {"side": chosen, "as": made.given_as, "agrees": agrees}
    record(session, actor, "superior.answered", f"superior_proposal:{row.id}", payload)
    agreed = {one.side for one in view.answers if one.agrees} | {chosen}
    if not agrees:
        _settle(session, row, "refused", "superior_refused")
    elif agreed >= set(SIDES):
        _carry_out(session, actor, row, law_of)
    else:
        tell(session, row.person_id, "superior_answered", row.id, {"proposal": str(row.id)})
    return row.state


def withdraw(session: Session, actor: Actor, proposal_id: UUID) -> None:
    """The employee takes the proposal back; taken back twice, it is taken back once."""
    view, row = _locked(session, actor, proposal_id)
    if view.person_id != actor.person_id:
        raise Refused("superior_not_made", "Only the employee who made the proposal takes it back.")
    if row.state == "withdrawn":
        return
    if view.state != "open":
        raise _over(view)
    row.state, row.settled_at = "withdrawn", now()
    session.flush()
    for one in {row.proposed_id, row.present_id} - {None}:
        tell(session, one, "superior_withdrawn", row.id, {"proposal": str(row.id)})  # type: ignore[arg-type]  # None is taken out
    record(session, actor, "superior.withdrawn", f"superior_proposal:{row.id}", {"person": row.person_id})


def _locked(session: Session, actor: Actor, proposal_id: UUID) -> tuple[ProposalView, SuperiorProposal]:
    """The proposal as it stands once nobody else answers it; whom it does not concern is told that there is none."""
    row = session.scalars(
        select(SuperiorProposal).where(SuperiorProposal.id == proposal_id).with_for_update()
    ).one_or_none()
    view = proposal(session, actor, proposal_id, agency_day(session, actor)) if row else None
    if row is None or view is None:
        raise NotFound("superior_proposal_unknown", "There is no such proposal here.")
    return view, row


def _carry_out(session: Session, actor: Actor, row: SuperiorProposal, law_of: LawOf) -> None:
    """Line, plans and the parts of open periods follow; everybody concerned is told."""
    _refuse_settled(session, row.effective_on)
    before = change_superior(session, row.person_id, row.proposed_id, row.effective_on)
    follow_superior(session, row.person_id, row.proposed_id, row.effective_on)
    for period in _open_since(session, row.effective_on):
        law = law_of(period.starts, period.ends)
        if law and law[-1].until > period.ends:
            form_one(session, actor, period.code, row.person_id, law)
    _settle(session, row, "done", "superior_changed")
    for one in {row.proposed_id, row.present_id, before} - {None}:
        tell(session, one, "superior_changed", row.id, {"proposal": str(row.id)})  # type: ignore[arg-type]  # None is taken out
    payload = {"from": before, "to": row.proposed_id, "since": row.effective_on}
    record(session, actor, "superior.changed", f"person:{row.person_id}", payload)


def _settle(session: Session, row: SuperiorProposal, state: str, notice: str) -> None:
    row.state, row.settled_at = state, now()
    session.flush()
    tell(session, row.person_id, notice, row.id, {"proposal": str(row.id)})


def _require_own(actor: Actor, person_id: UUID) -> None:
    actor.require(Permission.PLAN_OWN)
    if actor.person_id != person_id:
        raise Refused("superior_not_own", "Only the employee themself says that their superior is another.")


def _said(reason: str) -> None:
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        raise Invalid(
            "superior_reason",
            "Say why, in {least} to {most} characters.",
            least=SHORTEST,
            most=LONGEST,
            field="reason",
        )


def _end_expired(session: Session, person_id: UUID, today: date) -> None:
    session.execute(
        update(SuperiorProposal)
        .where(
            SuperiorProposal.person_id == person_id,
            SuperiorProposal.state == "open",
            SuperiorProposal.expires_on < today,
        )
        .values(state="expired", settled_at=now())
    )


def _refuse_settled(session: Session, day: date) -> None:
    """A period that is being closed, or was closed, keeps who rated in it; a close that begins now waits for us."""
    rows = session.scalars(
        select(Period).where(Period.ends >= day).order_by(Period.ends.desc()).with_for_update(read=True)
    )
    for period in rows:
        if period.state != "open":
            raise Conflict(
                "superior_period_settled",
                "Period {code} is {state}; who appraised in it stays. Choose a day after {day}.",
                code=period.code,
                state=period.state,
                day=period.ends,
            )


def _open_since(session: Session, day: date) -> Sequence[Period]:
    return session.scalars(
        select(Period).where(Period.ends >= day, Period.state == "open").order_by(Period.starts)
    ).all()


def _over(view: ProposalView) -> Conflict:
    """Why an answer comes too late."""
    if view.state == "done":
        return Conflict("superior_proposal_done", "This proposal was agreed and carried out already.")
    if view.state == "refused":
        return Conflict(
            "superior_proposal_refused", "This proposal was refused already; the employee can propose anew."
        )
    if view.state == "withdrawn":
        return Conflict("superior_proposal_withdrawn", "The employee has taken this proposal back.")
    return Conflict(
        "superior_proposal_over",
        "This proposal is over: not everybody answered by {day}. The employee can propose anew.",
        day=view.expires_on,
    )
