"""A meeting until its room is open: preparing it, its seats, freezing who is spoken of. Nothing here erases one."""

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
    CalibrationMeeting,
    CalibrationSeat,
)
from selaras.calibration.room import Room, refuse_state
from selaras.calibration.rules import Kind, SeatRole
from selaras.clock import now
from selaras.db.bulk import insert_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import open_for_rating
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.identity.seats import seat_chair, unseat_chair
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.accounts import account_of
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
    pay_shown: bool = False
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
        pay_shown=wanted.pay_shown,
        starts_at=wanted.starts_at,
        created_by=actor.account_id,
    )
    session.add(meeting)
    session.flush()
    record(
        session,
        actor,
        "calibration.prepared",
        f"calibration:{meeting.id}",
        {"period": code, "blind": wanted.blind, "pay": wanted.pay_shown},
    )
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
    day = agency_day(session, actor)
    chair = next(person for person, role in seats.items() if role is SeatRole.CHAIR)
    seat_chair(session, actor, meeting_id, account_of(session, chair, day), day)
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
    unseat_chair(session, actor, meeting_id, agency_day(session, actor))
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
    refuse_state(meeting, "preparing")
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


def _prepared(session: Session, actor: Actor, meeting_id: UUID) -> CalibrationMeeting:
    actor.require_whole(Permission.MANAGE_CALIBRATION)
    meeting = _meeting(session, meeting_id)
    refuse_state(meeting, "preparing")
    return meeting


def _meeting(session: Session, meeting_id: UUID) -> CalibrationMeeting:
    found = session.scalar(select(CalibrationMeeting).where(CalibrationMeeting.id == meeting_id).with_for_update())
    if found is None:
        raise NotFound("calibration_unknown", "There is no such meeting here.")
    return found


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Invalid("calibration_name", "Give the meeting a name of 1 to {longest} characters.", longest=LONGEST_NAME)
    return said
