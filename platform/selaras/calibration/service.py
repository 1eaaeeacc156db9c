"""A meeting from its preparation to its end: seats, opening, lock, signatures, close. Nothing here erases one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.calibration.agenda import cases, others, spoken_of, standing_now
from selaras.calibration.deciding import light_up
from selaras.calibration.models import (
    CalibrationCase,
    CalibrationEvent,
    CalibrationMeeting,
    CalibrationResult,
    CalibrationSeat,
)
from selaras.calibration.room import Room, enter, sent_before
from selaras.calibration.rules import Kind, SeatRole
from selaras.clock import now
from selaras.db.bulk import insert_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import open_for_rating
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.models import Person
from selaras.organisation.reach import below
from selaras.regulation import Rules
from selaras.tenancy.rule_texts import keep_rule_text

LONGEST_NAME = 200


@dataclass(frozen=True)
class Wanted:
    """A meeting as it is prepared. `group_keys` empty: every ranking group; `unit_id`: that unit and those below."""

    name: str
    group_keys: tuple[str, ...] = ()
    unit_id: UUID | None = None
    blind: bool = False
    starts_at: datetime | None = None


def prepare(session: Session, actor: Actor, code: str, wanted: Wanted) -> UUID:
    """Prepare a meeting about the open period `code`; it has no seats yet."""
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    period = open_for_rating(session, code)
    meeting = CalibrationMeeting(
        period_id=period.id,
        name=_name(wanted.name),
        group_keys=sorted(set(wanted.group_keys)),
        unit_id=wanted.unit_id,
        blind=wanted.blind,
        starts_at=wanted.starts_at,
        created_by=actor.account_id,
    )
    session.add(meeting)
    session.flush()
    record(session, actor, "calibration.prepared", f"calibration:{meeting.id}", {"period": code, "blind": wanted.blind})
    return meeting.id


def seat(session: Session, actor: Actor, meeting_id: UUID, seats: Mapping[UUID, SeatRole]) -> None:
    """Who sits in a meeting that is not open yet, in place of who sat there before: one chair, and two with a say."""
    meeting = _prepared(session, actor, meeting_id)
    _refuse_bad_seats(session, seats)
    before = set(session.scalars(select(CalibrationSeat.person_id).where(CalibrationSeat.meeting_id == meeting_id)))
    session.execute(delete(CalibrationSeat).where(CalibrationSeat.meeting_id == meeting_id))
    session.add_all(
        CalibrationSeat(meeting_id=meeting_id, person_id=person, role=role.value) for person, role in seats.items()
    )
    session.flush()
    told = {str(person): role for person, role in seats.items()}
    record(session, actor, "calibration.seated", f"calibration:{meeting_id}", {"seats": told})
    for person in seats.keys() - before:
        tell(session, person, "calibration_invited", meeting_id, {"meeting": meeting.name, "role": seats[person].value})


def _refuse_bad_seats(session: Session, seats: Mapping[UUID, SeatRole]) -> None:
    roles = list(seats.values())
    if roles.count(SeatRole.CHAIR) != 1 or sum(role.votes for role in roles) < 3:
        raise Invalid(
            "calibration_seats",
            "A meeting has one chair and at least two members; others may facilitate or take notes.",
        )
    known = session.scalar(select(func.count()).select_from(Person).where(Person.id.in_(list(seats))))
    if known != len(seats):
        raise NotFound("person_unknown", "There is no such person here.")


def cancel(session: Session, actor: Actor, meeting_id: UUID) -> None:
    """Call off a meeting that was never opened; it stays on record."""
    meeting = _prepared(session, actor, meeting_id)
    meeting.state = "cancelled"
    record(session, actor, "calibration.cancelled", f"calibration:{meeting_id}", {})


def open_meeting(session: Session, actor: Actor, meeting_id: UUID, period: PeriodView, rules: Rules) -> int:
    """Open the room: freeze who is spoken of and how they are rated; returns how many. The chair or the manager may.

    `Conflict` where nobody is rated, or somebody is spoken of in another meeting of the period that is not closed.
    """
    meeting = _meeting(session, meeting_id)
    seated = select(CalibrationSeat.role).where(
        CalibrationSeat.meeting_id == meeting_id, CalibrationSeat.person_id == actor.person_id
    )
    if session.scalar(seated) != SeatRole.CHAIR.value:
        actor.require_whole(Permission.MANAGE_CALIBRATION)
    _refuse_state(meeting, "preparing")
    open_for_rating(session, period.code)
    if session.scalar(select(CalibrationSeat.role).where(CalibrationSeat.meeting_id == meeting_id).limit(1)) is None:
        raise Conflict("calibration_no_seats", "Nobody has a seat yet: name the chair and the members, then open.")
    # One opening after the other, so that nobody is spoken of in two rooms.
    lock = func.hashtextextended(f"selaras.calibration.{period.id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    everybody = standing_now(session, period, rules)
    units = below(session, [meeting.unit_id], period.ends) if meeting.unit_id else None
    found = spoken_of(everybody, meeting.group_keys, units)
    if found.is_empty():
        raise Conflict("calibration_nobody", "Nobody who is rated belongs to the groups and units of this meeting.")
    rows = cases(meeting_id, period.id, found, tenant_of(session))
    _refuse_twice(session, period, rows.get_column("person_id").to_list())
    insert_frame(session, "calibration_case", rows)
    meeting.state, meeting.opened_at = "open", now()
    meeting.effect, meeting.quorum_percent = rules.calibration.effect, rules.calibration.quorum_percent
    meeting.rule_id = keep_rule_text(session, rules)
    meeting.others = others(session, period, rules, everybody, found)
    room = Room(session, actor, meeting, None)
    room.write(Kind.OPENED, uuid4())
    light_up(room, rules)
    frozen = {"people": found.height, "rule": rules.hash, "cases": fingerprint(session, meeting_id)}
    record(session, actor, "calibration.frozen", f"calibration:{meeting_id}", frozen)
    return found.height


_FINGERPRINT = text(
    """
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        concat_ws('|', person_id, number, group_key, unit_id, outcome, score), E'\\n'
        ORDER BY person_id), ''), 'UTF8')), 'hex')
    FROM selaras.calibration_case WHERE tenant_id = :tenant AND meeting_id = :meeting
    """
)


def fingerprint(session: Session, meeting_id: UUID) -> str:
    found: str = session.execute(_FINGERPRINT, {"tenant": tenant_of(session), "meeting": meeting_id}).scalar_one()
    return found


def _refuse_twice(session: Session, period: PeriodView, people: Collection[str]) -> None:
    busy = session.execute(
        select(CalibrationMeeting.name, func.count())
        .join(CalibrationCase, CalibrationCase.meeting_id == CalibrationMeeting.id)
        .where(
            CalibrationMeeting.period_id == period.id,
            CalibrationMeeting.state.in_(["open", "locked"]),
            CalibrationCase.person_id.in_([UUID(person) for person in people]),
        )
        .group_by(CalibrationMeeting.name)
    ).first()
    if busy is not None:
        raise Conflict(
            "calibration_twice",
            "{people} of these people are spoken of in “{meeting}”, which is not closed yet. Take other groups or "
            "units, or close that meeting first.",
            people=busy[1],
            meeting=busy[0],
        )


def lock(session: Session, actor: Actor, meeting_id: UUID, key: UUID) -> int:
    """The chair ends the talk: nothing moves any more, and what the meeting came to goes to the appraisers.

    `Conflict` while a proposal is open, somebody is held, or too few are there. Returns how many should move.
    """
    room = enter(session, actor, meeting_id, states=("open", "locked"))
    room.require_chair()
    if sent_before(session, meeting_id, key) is None:
        _refuse_state(room.meeting, "open")
        room.require_quorum()
        _refuse_unsettled(session, meeting_id)
        room.meeting.state, room.meeting.locked_at = "locked", room.at
        room.write(Kind.LOCKED, key)
        _keep_results(room)
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


def sign(session: Session, actor: Actor, meeting_id: UUID, key: UUID, *, words: str | None = None) -> int:
    """Sign the minutes of a locked meeting, or with `words` decline to, saying why. Each once."""
    room = enter(session, actor, meeting_id, states=("locked", "closed"))
    before = sent_before(session, meeting_id, key)
    if before is not None:
        return before
    _refuse_state(room.meeting, "locked")
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
    if sent_before(session, meeting_id, key) is not None:
        return
    _refuse_state(room.meeting, "locked")
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


def _prepared(session: Session, actor: Actor, meeting_id: UUID) -> CalibrationMeeting:
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    meeting = _meeting(session, meeting_id)
    _refuse_state(meeting, "preparing")
    return meeting


def _meeting(session: Session, meeting_id: UUID) -> CalibrationMeeting:
    found = session.scalar(select(CalibrationMeeting).where(CalibrationMeeting.id == meeting_id).with_for_update())
    if found is None:
        raise NotFound("calibration_unknown", "There is no such meeting here.")
    return found


def _refuse_state(meeting: CalibrationMeeting, wanted: str) -> None:
    if meeting.state != wanted:
        raise Conflict(
            "calibration_state",
            "The meeting is {state}; this is possible only while it is {states}.",
            state=meeting.state,
            states=wanted,
        )


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Invalid("calibration_name", "Give the meeting a name of 1 to {longest} characters.", longest=LONGEST_NAME)
    return said
