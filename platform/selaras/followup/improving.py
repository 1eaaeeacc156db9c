"""Commands on improvement cases (PP 30/2019 Ps 56-58): opening one, and every step of its path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.followup.models import ImprovementCase, ImprovementStep, Proposal
from selaras.followup.rulebooks import answering
from selaras.followup.rules import (
    CLOSED,
    ProposalState,
    Said,
    Stage,
    Standing,
    Transition,
    next_stage,
    refuse_short,
    refuse_unnumbered,
    resumed,
)
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import person
from selaras.organisation.reach import only_reached
from selaras.regulation import Registry, Rules
from selaras.tenancy.queries import agency

IMPROVEMENT = "improvement"
FARTHEST = timedelta(days=366)
_TAKEN_UP = (ProposalState.ENDORSED.value, ProposalState.DECIDED.value, ProposalState.CARRIED_OUT.value)


def open_case(
    session: Session, actor: Actor, registry: Registry, proposal_id: UUID, *, from_day: date, reason: str
) -> UUID:
    """Begin the time to improve on `from_day` out of an improvement proposal that the PyB has endorsed.

    Refused in words for whoever the law does not put on this path: other employments, high-level leaders (Ps 58).
    """
    actor.require(Permission.ENDORSE_FOLLOWUP)
    refuse_short(reason)
    reached = only_reached(session, actor, Permission.ENDORSE_FOLLOWUP, Proposal.person_id)
    proposal = session.scalar(select(Proposal).where(Proposal.id == proposal_id, reached).with_for_update())
    if proposal is None or proposal.kind != IMPROVEMENT:
        raise NotFound("followup.proposal_unknown", "There is no such proposal here; choose at least one of the list.")
    if proposal.state not in _TAKEN_UP:
        raise Conflict("improvement.not_endorsed", "The proposal is {state}; endorse it first.", state=proposal.state)
    if actor.person_id == proposal.person_id:
        raise Refused("followup.oneself", "Nobody decides what follows their own result; somebody else must.")
    if from_day > today(agency(session, tenant_of(session)).time_zone) + FARTHEST:
        raise Invalid(
            "improvement.far_ahead", "{day} lies more than a year ahead; name a nearer day.", day=from_day.isoformat()
        )
    _refuse_running(session, proposal.person_id)
    due = _time_to_improve(session, registry, proposal, from_day)
    case = ImprovementCase(
        person_id=proposal.person_id,
        proposal_id=proposal.id,
        stage=Stage.IMPROVING.value,
        opened_on=from_day,
        due_on=due,
    )
    session.add(case)
    session.flush()
    _note(session, actor, case, "open", "PP 30/2019 Ps 57", from_day, Said(reason))
    return case.id


def _refuse_running(session: Session, person_id: UUID) -> None:
    running = select(ImprovementCase.id).where(
        ImprovementCase.person_id == person_id, ImprovementCase.closed_on.is_(None)
    )
    if session.scalar(running) is not None:
        raise Conflict(
            "improvement.running", "An improvement case of this person is open already; go on with that one."
        )


def _time_to_improve(session: Session, registry: Registry, proposal: Proposal, day: date) -> date:
    line = person(session, proposal.person_id, day).line
    employment = "pns" if line.employment == "cpns" else line.employment
    rules = answering(session, registry, "path", day, employment) if employment else None
    if rules is None:
        raise Refused(
            "improvement.not_covered",
            "The path of PP 30/2019 Ps 56-58 is for permanent civil servants (PNS); the employment here is "
            "{employment}. For a PPPK the contract is decided instead.",
            employment=employment or "-",
        )
    asked = {"outcome": proposal.outcome, "post_kind": line.position_kind, "improving_from": day}
    steps = _asked(rules, asked)
    if steps["path"] == "jpt":
        raise Refused(
            "improvement.jpt", "High-level leaders (JPT) follow PP 30/2019 Ps 58 and PP 11/2017, not this path."
        )
    if steps["path"] != "perbaikan":
        raise Refused("improvement.on_target", "The result {outcome} is not below target.", outcome=proposal.outcome)
    return date.fromisoformat(str(steps["improve_until"]))


def _asked(rules: Rules, columns: Mapping[str, object]) -> dict[str, object]:
    return rules.appraise(pl.DataFrame([{"person": "1", **columns}])).person_steps.row(0, named=True)


def step(
    session: Session, actor: Actor, registry: Registry, case_id: UUID, action: str, day: date, said: Said
) -> Stage:
    """Take the case one step on (see `rules.TRANSITIONS`), with a reason, and a decree where the PPK decides."""
    reached = only_reached(session, actor, Permission.ENDORSE_FOLLOWUP, ImprovementCase.person_id)
    case = session.scalar(select(ImprovementCase).where(ImprovementCase.id == case_id, reached).with_for_update())
    if case is None:
        raise NotFound("improvement.unknown", "There is no such improvement case here.")
    standing = standing_of(case)
    transition = next_stage(standing, action, day)
    _refuse_step(session, actor, case, transition, day, said)
    if action == "pause":
        case.paused_on = day
    if action == "resume":
        case.paused_days, case.due_on = resumed(standing, day)
        case.paused_on = None
    if transition.after is Stage.COMPETENCY_TEST:
        case.due_on = None
    if transition.after is Stage.TEMPORARY:
        case.temporary_from, case.due_on = day, _temporary_until(session, registry, case, day)
    case.stage = transition.after.value
    if transition.after in CLOSED:
        case.closed_on, case.due_on = day, None
    _note(session, actor, case, action, transition.article, day, said)
    return transition.after


def standing_of(case: ImprovementCase) -> Standing:
    """The case as its next step depends on it."""
    return Standing(Stage(case.stage), case.due_on, case.paused_on, case.paused_days)


def _refuse_step(
    session: Session, actor: Actor, case: ImprovementCase, transition: Transition, day: date, said: Said
) -> None:
    actor.require(transition.permission)
    if actor.person_id == case.person_id:
        raise Refused("followup.oneself", "Nobody decides what follows their own result; somebody else must.")
    refuse_short(said.reason)
    if transition.needs_decree:
        refuse_unnumbered(said)
    last = session.scalar(
        select(ImprovementStep.on_day)
        .where(ImprovementStep.case_id == case.id)
        .order_by(ImprovementStep.on_day.desc())
        .limit(1)
    )
    if day > today(agency(session, tenant_of(session)).time_zone) or (last is not None and day < last):
        raise Invalid(
            "improvement.day", "The day {day} lies in the future or before the last step.", day=day.isoformat()
        )


def _temporary_until(session: Session, registry: Registry, case: ImprovementCase, day: date) -> date:
    rules = answering(session, registry, "temporary_until", case.opened_on, "pns")
    assert rules is not None
    return date.fromisoformat(str(_asked(rules, {"temporary_from": day})["temporary_until"]))


def _note(
    session: Session, actor: Actor, case: ImprovementCase, action: str, article: str, day: date, said: Said
) -> None:
    session.add(
        ImprovementStep(
            case_id=case.id,
            action=action,
            stage=case.stage,
            on_day=day,
            article=article,
            reason=said.reason.strip(),
            decree_number=said.decree_number.strip() or None,
            account_id=actor.account_id,
        )
    )
    payload = {"action": action, "stage": case.stage, "day": day, "reason": salted(session, said.reason.strip())}
    record(session, actor, "improvement.step", f"improvement:{case.id}", payload)
