"""Commands on improvement plans: written by whoever appraises today, steps done by who is responsible, then closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.followup.improvement_plans.models import ImprovementAction, ImprovementPlan
from selaras.followup.improvement_plans.rules import LONGEST, SHORTEST, Step, faults
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.delegation import acting_for
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of

NOTHING = "none"


@dataclass(frozen=True)
class Sides:
    """Who takes part in what follows a result today: the person, and who appraises them."""

    person_id: UUID
    superior_id: UUID | None

    @property
    def people(self) -> frozenset[UUID]:
        """The two, who may be responsible for a step."""
        return frozenset({self.person_id, *((self.superior_id,) if self.superior_id else ())})


def sides(session: Session, person_id: UUID, day: date) -> Sides:
    """The two of today."""
    return Sides(person_id, superior_of(session, person_id, day))


def may_write(session: Session, actor: Actor, who: Sides, day: date) -> bool:
    """Whether the actor appraises the person today, or acts for who does; nobody writes about themself."""
    if actor.person_id is None or actor.person_id == who.person_id or Permission.RATE_TEAM not in actor.permissions:
        return False
    return actor.person_id == who.superior_id or (
        acting_for(session, actor, Permission.RATE_TEAM, who.person_id, day) is not None
    )


def write_plan(
    session: Session,
    actor: Actor,
    person_id: UUID,
    code: str,
    analysis: str,
    steps: Sequence[Step],
    *,
    seen: str | None = None,
) -> None:
    """Keep the analysis and the steps; the person is told, and whoever else is responsible for something.

    `seen`: the version that was read. `Conflict` where somebody else changed it meanwhile, or it is closed. A step that
    is done is neither changed nor taken out.
    """
    outcome, who, day = _written_by(session, actor, person_id, code)
    found = faults(analysis, steps, day, who.people)
    if found:
        raise Invalid(
            "improvement_form", "The improvement plan is not complete: {count} fields.", faults=found, count=len(found)
        )
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    row = _row(session, person_id, outcome.period_id)
    _refuse_other(row, seen)
    if row is None:
        row = ImprovementPlan(person_id=person_id, period_id=outcome.period_id)
    row.analysis, row.edited_at = analysis.strip(), now()
    row.written_by = actor.person_id if actor.person_id is not None else person_id
    session.add(row)
    session.flush()
    _write_steps(session, row.id, steps)
    for one in {person_id, *(step.responsible_id for step in steps)} - {actor.person_id}:
        tell(session, one, "improvement_plan", row.id, _params(outcome))
    payload = {"period": code, "steps": len(steps), "analysis": salted(session, row.analysis)}
    record(session, actor, "improvement.plan", f"person:{person_id}", payload)


def done(session: Session, actor: Actor, person_id: UUID, code: str, action_id: UUID) -> None:
    """Whoever is responsible for a step, or appraises, says that it is done; again, it changes nothing."""
    outcome = _outcome(session, person_id, code)
    day = agency_day(session, actor)
    who, row = sides(session, person_id, day), _row(session, person_id, outcome.period_id)
    step = session.scalar(
        select(ImprovementAction)
        .where(ImprovementAction.id == action_id, ImprovementAction.plan_id == (row.id if row else None))
        .with_for_update()
    )
    if row is None or step is None:
        raise NotFound("improvement_step_unknown", "There is no such step here.")
    if actor.person_id != step.responsible_id and not may_write(session, actor, who, day):
        raise Refused("improvement_not_yours", "Whoever is responsible for the step, or appraises, says it is done.")
    if step.done_on is not None:
        return
    if row.closed_on is not None:
        raise _closed()
    step.done_on = day
    for one in who.people - {actor.person_id}:
        tell(session, one, "improvement_done", row.id, _params(outcome))
    record(session, actor, "improvement.done", f"person:{person_id}", {"period": code, "step": str(action_id)})


def close_plan(session: Session, actor: Actor, person_id: UUID, code: str, came_of: str) -> None:
    """Whoever appraises says what came of it; again, it changes nothing."""
    outcome, _who, day = _written_by(session, actor, person_id, code)
    row = _row(session, person_id, outcome.period_id)
    if row is None:
        raise NotFound("improvement_none", "No improvement plan is written yet.")
    if row.closed_on is not None:
        return
    if not SHORTEST <= len(came_of.strip()) <= LONGEST:
        raise Invalid(
            "improvement_came_of",
            "Say what came of it, in {least} to {most} characters.",
            field="came_of",
            least=SHORTEST,
            most=LONGEST,
        )
    row.closed_on, row.came_of = day, came_of.strip()
    tell(session, person_id, "improvement_closed", row.id, _params(outcome))
    payload = {"period": code, "came_of": salted(session, row.came_of)}
    record(session, actor, "improvement.closed", f"person:{person_id}", payload)


def _written_by(session: Session, actor: Actor, person_id: UUID, code: str) -> tuple[OutcomeView, Sides, date]:
    outcome, day = _outcome(session, person_id, code), agency_day(session, actor)
    who = sides(session, person_id, day)
    if not may_write(session, actor, who, day):
        raise Refused("improvement_by_superior", "The improvement plan is written by who appraises the person today.")
    return outcome, who, day


def _outcome(session: Session, person_id: UUID, code: str) -> OutcomeView:
    found = latest_outcome(session, person_id, code)
    if found is None or found.delivered_at is None:
        raise NotFound("improvement_no_result", "No result of this person for {code} has been told yet.", code=code)
    return found


def _row(session: Session, person_id: UUID, period_id: UUID) -> ImprovementPlan | None:
    return session.scalar(
        select(ImprovementPlan)
        .where(ImprovementPlan.person_id == person_id, ImprovementPlan.period_id == period_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _refuse_other(row: ImprovementPlan | None, seen: str | None) -> None:
    if row is not None and row.closed_on is not None:
        raise _closed()
    if seen is not None and seen != (row.edited_at.isoformat() if row else NOTHING):
        raise Conflict(
            "improvement_changed",
            "The improvement plan was changed meanwhile; nothing was overwritten. Read it again, then decide.",
        )


def _closed() -> Conflict:
    return Conflict("improvement_is_closed", "The improvement plan is closed; it stays as it is.")


def _write_steps(session: Session, plan_id: UUID, steps: Sequence[Step]) -> None:
    rows = session.scalars(select(ImprovementAction).where(ImprovementAction.plan_id == plan_id)).all()
    held = {one.id: one for one in rows}
    named = {step.id for step in steps if step.id is not None}
    if named - set(held):
        raise NotFound("improvement_step_unknown", "There is no such step here.")
    for gone in set(held) - named:
        if held[gone].done_on is None:
            session.delete(held[gone])
    for place, step in enumerate(steps, 1):
        row = held[step.id] if step.id is not None else ImprovementAction(plan_id=plan_id)
        row.place = place
        if row.done_on is None:
            row.what, row.until, row.responsible_id = step.what.strip(), step.until, step.responsible_id
        session.add(row)
    session.flush()


def _params(outcome: OutcomeView) -> dict[str, str]:
    return {"period": outcome.period_code, "person": str(outcome.person_id)}
