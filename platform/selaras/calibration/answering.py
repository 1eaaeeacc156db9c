"""An appraiser answers a meeting's recommendation: rates anew and so accepts it, or refuses with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.calibration.agenda import ruled
from selaras.calibration.models import CalibrationEvent, CalibrationMeeting, CalibrationResult, CalibrationSeat
from selaras.calibration.rules import SeatRole
from selaras.clock import now
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.access import Rateable, rateable
from selaras.evaluation.changes import Change
from selaras.evaluation.combining import standing_wholes
from selaras.evaluation.facts import Facts, with_inputs
from selaras.evaluation.giving import given, hold
from selaras.evaluation.models import Period
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import REASON_LENGTH, open_for_rating, refuse_bad_inputs
from selaras.identity.actor import Actor
from selaras.notices.service import tell
from selaras.regulation import Rules


@dataclass(frozen=True)
class Answer:
    """What an appraiser answers: `inputs`, ratings that come to the recommended outcome, or a `reason` to refuse."""

    inputs: Mapping[str, object] | None
    reason: str | None


def answer(
    session: Session, actor: Actor, meeting_id: UUID, person_id: UUID, given: Answer, law: Callable[[date], Rules]
) -> None:
    """Accept or refuse; `Invalid` for both or neither."""
    _waiting(session, actor, meeting_id, person_id)
    if given.inputs is not None and given.reason is None:
        accept(session, actor, meeting_id, person_id, given.inputs, law)
    elif given.reason is not None and given.inputs is None:
        refuse(session, actor, meeting_id, person_id, given.reason)
    else:
        raise Invalid("calibration_answer_one", "Give either `inputs` to accept, or a `reason` to refuse.")


def accept(
    session: Session,
    actor: Actor,
    meeting_id: UUID,
    person_id: UUID,
    inputs: Mapping[str, object],
    law: Callable[[date], Rules],
) -> None:
    """The appraiser rates anew so that the outcome is the recommended one; `Invalid` where the ratings say another.

    `law`: the rules of a day.
    """
    result, found = _waiting(session, actor, meeting_id, person_id)
    period, rules = found.period, law(found.period.ends)
    refuse_bad_inputs(person_id, inputs, rules)
    before = given(session, period.id, [person_id], found.segment)[person_id]
    changed = Change(person_id, period.code, "calibration", before.held, inputs, found.segment)
    by = found.acting.id if found.acting else None
    rated = replace(before, inputs=inputs, appraiser_id=actor.person_id, delegation_id=by)
    hold(session, actor.by(found.acting), found, rated, _words(session, result), changed)
    came_to = outcome_of(session, period, rules, person_id)
    if came_to != result.to_outcome:
        raise Invalid(
            "calibration_other_outcome",
            "These ratings come to {outcome}, the meeting recommends {recommended}. Rate so that it does, or refuse "
            "with your reason; nothing was changed.",
            outcome=_label(rules, came_to),
            recommended=_label(rules, result.to_outcome),
        )
    _answered(session, actor, result, "accepted", None)


def refuse(session: Session, actor: Actor, meeting_id: UUID, person_id: UUID, reason: str) -> None:
    """The appraiser keeps the rating, and says why in writing; the chair is told."""
    result, _ = _waiting(session, actor, meeting_id, person_id)
    said = reason.strip()
    if len(said) < REASON_LENGTH:
        raise Invalid("calibration_refusal", "Write your reason in at least {length} characters.", length=REASON_LENGTH)
    _answered(session, actor, result, "refused", said)


def outcome_of(session: Session, period: PeriodView, rules: Rules, person_id: UUID) -> str | None:
    """The outcome that the person's rating comes to now, by the expressions of the close."""
    facts, before = Facts(session, period, rules), UUID(int=person_id.int - 1)
    people = facts.people(before, person_id)
    if people.is_empty():
        wholes = standing_wholes(facts, ruled(session, period), rules, before, person_id)
        return None if wholes is None else wholes.item(0, "outcome")
    items: pl.DataFrame | None = facts.items(before, person_id) if rules.item_columns else None
    found: str | None = rules.appraise(with_inputs(people, rules), items).outcomes.item(0, "outcome")
    return found


def _waiting(session: Session, actor: Actor, meeting_id: UUID, person_id: UUID) -> tuple[CalibrationResult, Rateable]:
    """The recommendation, held fast, and what the actor rates; told as not existing to whoever does not rate them."""
    result = session.scalar(
        select(CalibrationResult)
        .where(CalibrationResult.meeting_id == meeting_id, CalibrationResult.person_id == person_id)
        .with_for_update()
    )
    if result is None:
        raise NotFound("calibration_result_unknown", "There is no such recommendation here.")
    code = session.execute(
        select(Period.code)
        .join(CalibrationMeeting, CalibrationMeeting.period_id == Period.id)
        .where(CalibrationMeeting.id == meeting_id)
    ).scalar_one()
    try:
        found = rateable(session, actor, person_id, code)
    except NotFound:
        raise NotFound("calibration_result_unknown", "There is no such recommendation here.") from None
    if actor.account_id is None:
        raise Refused("calibration_signs", "Only the appraiser in person answers a recommendation.")
    if result.state != "waiting":
        raise Conflict("calibration_result_answered", "This recommendation is {state} already.", state=result.state)
    open_for_rating(session, code)
    return result, found


def _words(session: Session, result: CalibrationResult) -> str:
    """Why the meeting wanted it, in the words of the proposal: the person reads them."""
    said = session.scalar(
        select(CalibrationEvent.text).where(
            CalibrationEvent.meeting_id == result.meeting_id, CalibrationEvent.number == result.proposal
        )
    )
    return said or ""


def _answered(session: Session, actor: Actor, result: CalibrationResult, state: str, reason: str | None) -> None:
    result.state, result.reason = state, reason
    result.answered_by, result.answered_at = actor.account_id, now()
    session.flush()
    chair = session.execute(
        select(CalibrationSeat.person_id, CalibrationMeeting.name)
        .join(CalibrationMeeting, CalibrationMeeting.id == CalibrationSeat.meeting_id)
        .where(CalibrationSeat.meeting_id == result.meeting_id, CalibrationSeat.role == SeatRole.CHAIR.value)
    ).first()
    if chair is not None:
        tell(session, chair.person_id, "calibration_answered", result.meeting_id, {"meeting": chair.name})
    payload: dict[str, object] = {"person": result.person_id, "proposal": result.proposal}
    if reason:
        payload["reason"] = salted(session, reason)
    record(session, actor, f"calibration.{state}", f"calibration:{result.meeting_id}", payload)


def _label(rules: Rules, code: str | None) -> str:
    return next((level.label["id"] for level in rules.outcomes if level.code == code), code or "–")
