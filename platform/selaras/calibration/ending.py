"""The end of a meeting: the lock with what it came to, signatures under the minutes, and its close."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.calibration.gate import keep_warnings, refuse_unanswered
from selaras.calibration.models import (
    CalibrationCase,
    CalibrationEvent,
    CalibrationMeeting,
    CalibrationResult,
)
from selaras.calibration.room import Room, Sent, enter, refuse_state, sent_before
from selaras.calibration.rules import Kind
from selaras.errors import Conflict, Invalid
from selaras.evaluation.decided import decide_outcomes
from selaras.evaluation.models import Period
from selaras.evaluation.queries import PeriodView
from selaras.identity.actor import Actor
from selaras.identity.seats import unseat_chair
from selaras.notices.service import tell
from selaras.organisation.access import agency_day

SHORTEST_WORDS = 20


def lock(session: Session, actor: Actor, meeting_id: UUID, key: UUID) -> int:
    """The chair ends the talk: nothing moves any more, and what the meeting came to goes to the appraisers.

    `Conflict` while a proposal is open, somebody is held, or too few are there. Returns how many should move.
    """
    room = enter(session, actor, meeting_id, states=("open", "locked"))
    room.require_chair()
    if sent_before(session, actor, meeting_id, key, Sent(Kind.LOCKED)) is None:
        refuse_state(room.meeting, "open")
        room.require_quorum()
        _refuse_unsettled(session, meeting_id)
        room.meeting.state, room.meeting.locked_at = "locked", room.at
        room.write(Kind.LOCKED, key)
        _keep_results(room)
        keep_warnings(room)
    moved = select(func.count()).select_from(CalibrationResult).where(CalibrationResult.meeting_id == meeting_id)
    return session.scalar(moved) or 0


def _refuse_unsettled(session: Session, meeting_id: UUID) -> None:
    here = CalibrationCase.meeting_id == meeting_id
    open_, held = session.execute(
        select(func.count(CalibrationCase.proposal), func.count().filter(CalibrationCase.held)).where(here)
    ).one()
    if open_ or held:
        raise Conflict(
            "calibration_unsettled",
            "{open} proposals are open and {held} people are in the holding area. Decide on them, then lock.",
            open=open_,
            held=held,
        )


def _keep_results(room: Room) -> None:
    moved = room.session.scalars(
        select(CalibrationCase)
        .where(CalibrationCase.meeting_id == room.meeting.id, CalibrationCase.outcome_now != CalibrationCase.outcome)
        .order_by(CalibrationCase.number)
    ).all()
    state = "decided" if room.meeting.effect == "decides" else "waiting"
    by = _proposals(room)
    for case in moved:
        room.session.add(
            CalibrationResult(
                meeting_id=room.meeting.id,
                person_id=case.person_id,
                appraiser_id=case.appraiser_id,
                from_outcome=case.outcome,
                to_outcome=case.outcome_now,
                proposal=by[case.person_id],
                state=state,
            )
        )
    if state == "decided":
        came_to = {case.person_id: case.outcome_now for case in moved}
        decide_outcomes(room.session, room.meeting.period_id, room.meeting.id, came_to)
    _tell_people(room, moved)
    waiting: dict[UUID, int] = {}
    for case in moved:
        if case.appraiser_id is not None:
            waiting[case.appraiser_id] = waiting.get(case.appraiser_id, 0) + 1
    for appraiser, people in waiting.items():
        tell(
            room.session,
            appraiser,
            "calibration_result",
            room.meeting.id,
            {"meeting": room.meeting.name, "people": people},
        )


def _tell_people(room: Room, moved: Sequence[CalibrationCase]) -> None:
    """Whose outcome the meeting itself decided is told so; else they are told once their appraiser has rated anew."""
    code = room.session.scalar(select(Period.code).where(Period.id == room.meeting.period_id))
    for case in moved if room.meeting.effect == "decides" else ():
        tell(
            room.session,
            case.person_id,
            "calibration_decided",
            room.meeting.id,
            {"meeting": room.meeting.name, "period": str(code)},
        )


def _proposals(room: Room) -> dict[UUID, int]:
    """Person → the number of the last proposal that took effect."""
    rows = room.session.execute(
        select(CalibrationEvent.person_id, CalibrationEvent.answers)
        .where(
            CalibrationEvent.meeting_id == room.meeting.id,
            CalibrationEvent.kind.in_([Kind.AGREED.value, Kind.DECIDED.value]),
        )
        .order_by(CalibrationEvent.number)
    )
    return {person: proposal for person, proposal in rows if person is not None and proposal is not None}


def declining(words: str) -> str:
    """Why somebody does not sign, in words that can be kept; `Invalid` for too few."""
    said = words.strip()
    if len(said) < SHORTEST_WORDS:
        raise Invalid(
            "calibration_declining", "Say why you do not sign, in at least {length} characters.", length=SHORTEST_WORDS
        )
    return said


def sign(session: Session, actor: Actor, meeting_id: UUID, key: UUID, *, words: str | None = None) -> int:
    """Sign the minutes of a locked meeting, or with `words` decline to, saying why. Each once."""
    room = enter(session, actor, meeting_id, states=("locked", "closed"))
    before = sent_before(session, actor, meeting_id, key, Sent(Kind.DECLINED if words else Kind.SIGNED))
    if before is not None:
        return before
    refuse_state(room.meeting, "locked")
    if room.role is None or not room.role.votes:
        raise Conflict("calibration_signers", "The chair and the members sign the minutes.")
    if room.meeting.minutes_id is None:
        raise Conflict("calibration_no_minutes", "The minutes are not drafted yet; they can be signed then.")
    if room.person_id in signed_by(session, meeting_id):
        raise Conflict("calibration_signed", "You have answered for these minutes already.")
    return room.write(Kind.DECLINED if words else Kind.SIGNED, key, words=words)


def signed_by(session: Session, meeting_id: UUID) -> frozenset[UUID]:
    """Who has signed the minutes or declined to."""
    kinds = [Kind.SIGNED.value, Kind.DECLINED.value]
    rows = session.scalars(
        select(CalibrationEvent.by_id).where(
            CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.kind.in_(kinds)
        )
    )
    return frozenset(person for person in rows if person is not None)


def close(session: Session, actor: Actor, meeting_id: UUID, key: UUID) -> None:
    """The chair closes a meeting in which everybody with a say answered for the minutes and no result waits."""
    room = enter(session, actor, meeting_id, states=("locked", "closed"))
    room.require_chair()
    if sent_before(session, actor, meeting_id, key, Sent(Kind.CLOSED)) is not None:
        return
    refuse_state(room.meeting, "locked")
    refuse_unanswered(session, meeting_id)
    missing = {one.person_id for one in room.seats if one.role.votes} - signed_by(session, meeting_id)
    waiting = session.scalar(
        select(func.count())
        .select_from(CalibrationResult)
        .where(CalibrationResult.meeting_id == meeting_id, CalibrationResult.state == "waiting")
    )
    if missing or waiting:
        raise Conflict(
            "calibration_not_done",
            "{unsigned} have not answered for the minutes and {waiting} results wait for their appraiser.",
            unsigned=len(missing),
            waiting=waiting or 0,
        )
    room.meeting.state, room.meeting.closed_at = "closed", room.at
    room.write(Kind.CLOSED, key)
    unseat_chair(session, actor, meeting_id, agency_day(session, actor))


def refuse_uncalibrated(session: Session, period: PeriodView) -> None:
    """`Conflict` while a meeting of the period is open, or a result of one still waits for its appraiser."""
    waits = (CalibrationResult.meeting_id == CalibrationMeeting.id) & (CalibrationResult.state == "waiting")
    waiting = select(func.count()).select_from(CalibrationResult).where(waits).scalar_subquery()
    open_ = CalibrationMeeting.state == "open"
    found = session.execute(
        select(CalibrationMeeting.name, waiting)
        .where(CalibrationMeeting.period_id == period.id, CalibrationMeeting.state.in_(["open", "locked"]))
        .where(open_ | (waiting > 0))
        .order_by(CalibrationMeeting.name)
        .limit(1)
    ).first()
    if found is not None:
        raise Conflict(
            "close_uncalibrated",
            "The calibration meeting “{meeting}” is not done: it is open, or {waiting} of its results wait for their "
            "appraiser. End it, then close {period}.",
            meeting=found[0],
            waiting=found[1],
            period=period.code,
        )
