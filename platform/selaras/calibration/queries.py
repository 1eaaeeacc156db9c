"""Reads: meetings and their seats, their events and what these replay to, results that wait for an appraiser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.calibration.models import (
    CalibrationCase,
    CalibrationEvent,
    CalibrationMeeting,
    CalibrationResult,
    CalibrationSeat,
)
from selaras.calibration.room import sit_down
from selaras.calibration.rules import Happened, Kind, Place, SeatRole, replay
from selaras.errors import NotFound
from selaras.evaluation.access import rateable
from selaras.evaluation.models import Period
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of


@dataclass(frozen=True)
class MeetingView:
    """A meeting; `people` are those spoken of, `last` the number of the newest event."""

    id: UUID
    name: str
    period_id: UUID
    period_code: str
    state: str
    effect: str | None
    quorum_percent: int | None
    blind: bool
    pay_shown: bool
    group_keys: tuple[str, ...]
    unit_id: UUID | None
    starts_at: datetime | None
    opened_at: datetime | None
    locked_at: datetime | None
    closed_at: datetime | None
    last: int
    people: int
    minutes_id: UUID | None


@dataclass(frozen=True)
class EventView:
    """One event, in the words that were written."""

    number: int
    kind: Kind
    by_id: UUID | None
    person_id: UUID | None
    from_outcome: str | None
    to_outcome: str | None
    reason_code: str | None
    text: str | None
    answers: int | None
    at: datetime


@dataclass(frozen=True)
class ResultView:
    """What a meeting wants changed of somebody's rating, and what the appraiser answered."""

    meeting_id: UUID
    meeting_name: str
    period_code: str
    person_id: UUID
    person_name: str
    appraiser_id: UUID | None
    from_outcome: str
    to_outcome: str
    reason_code: str | None
    words: str | None
    state: str
    reason: str | None
    answered_at: datetime | None


def meetings(session: Session, actor: Actor) -> list[MeetingView]:
    """The meetings that the actor may know of: the manager's all, else those with a seat; the newest first."""
    query = _meetings().order_by(CalibrationMeeting.created_at.desc())
    if not actor.holds_whole(Permission.MANAGE_CALIBRATION):
        seats = select(CalibrationSeat.meeting_id).where(CalibrationSeat.person_id == actor.person_id)
        query = query.where(CalibrationMeeting.id.in_(seats))
    return [_meeting(row) for row in session.execute(query)]


def meeting(session: Session, actor: Actor, meeting_id: UUID) -> MeetingView:
    """One meeting, if the actor may know of it, else `NotFound`."""
    if not actor.holds_whole(Permission.MANAGE_CALIBRATION):
        sit_down(session, actor, meeting_id)
    row = session.execute(_meetings().where(CalibrationMeeting.id == meeting_id)).one_or_none()
    if row is None:
        raise NotFound("calibration_unknown", "There is no such meeting here.")
    return _meeting(row)


def _meetings() -> Any:
    people = (
        select(func.count())
        .select_from(CalibrationCase)
        .where(
            CalibrationCase.tenant_id == CalibrationMeeting.tenant_id,
            CalibrationCase.meeting_id == CalibrationMeeting.id,
        )
        .scalar_subquery()
    )
    return select(CalibrationMeeting, Period.code, people.label("people")).join(
        Period, Period.id == CalibrationMeeting.period_id
    )


def _meeting(row: Any) -> MeetingView:
    one: CalibrationMeeting = row[0]
    return MeetingView(
        id=one.id,
        name=one.name,
        period_id=one.period_id,
        period_code=row.code,
        state=one.state,
        effect=one.effect,
        quorum_percent=one.quorum_percent,
        blind=one.blind,
        pay_shown=one.pay_shown,
        group_keys=tuple(one.group_keys),
        unit_id=one.unit_id,
        starts_at=one.starts_at,
        opened_at=one.opened_at,
        locked_at=one.locked_at,
        closed_at=one.closed_at,
        last=one.last,
        people=row.people,
        minutes_id=one.minutes_id,
    )


def seats(session: Session, meeting_id: UUID) -> dict[UUID, SeatRole]:
    """Who sits in a meeting, and as what."""
    rows = session.execute(
        select(CalibrationSeat.person_id, CalibrationSeat.role).where(CalibrationSeat.meeting_id == meeting_id)
    )
    return {person: SeatRole(role) for person, role in rows}


def event_view(one: CalibrationEvent) -> EventView:
    """An event as it is read."""
    return EventView(
        number=one.number,
        kind=Kind(one.kind),
        by_id=one.by_id,
        person_id=one.person_id,
        from_outcome=one.from_outcome,
        to_outcome=one.to_outcome,
        reason_code=one.reason_code,
        text=one.text,
        answers=one.answers,
        at=one.at,
    )


def events(session: Session, meeting_id: UUID) -> list[EventView]:
    """Every event of a meeting in order, for the minutes and the replay."""
    rows = session.scalars(
        select(CalibrationEvent).where(CalibrationEvent.meeting_id == meeting_id).order_by(CalibrationEvent.number)
    )
    return [event_view(one) for one in rows]


def replayed(session: Session, meeting_id: UUID) -> dict[UUID, Place]:
    """Where everybody stands by the events alone."""
    opening = session.execute(
        select(CalibrationCase.person_id, CalibrationCase.outcome).where(CalibrationCase.meeting_id == meeting_id)
    )
    happened = (
        Happened(one.number, one.kind, one.by_id, one.person_id, one.to_outcome, one.answers)
        for one in events(session, meeting_id)
    )
    return replay({person: outcome for person, outcome in opening}, happened)


def results(
    session: Session, *, meeting_id: UUID | None = None, appraiser_id: UUID | None = None, state: str | None = None
) -> list[ResultView]:
    """What meetings want changed, of one meeting or for one appraiser; those that wait first, then by name."""
    wanted = [
        column == value
        for column, value in (
            (CalibrationResult.meeting_id, meeting_id),
            (CalibrationResult.appraiser_id, appraiser_id),
            (CalibrationResult.state, state),
        )
        if value is not None
    ]
    rows = session.execute(
        select(CalibrationResult, CalibrationMeeting.name, Period.code, CalibrationEvent)
        .join(CalibrationMeeting, CalibrationMeeting.id == CalibrationResult.meeting_id)
        .join(Period, Period.id == CalibrationMeeting.period_id)
        .join(
            CalibrationEvent,
            (CalibrationEvent.meeting_id == CalibrationResult.meeting_id)
            & (CalibrationEvent.number == CalibrationResult.proposal),
        )
        .where(*wanted)
    ).all()
    names = names_of(session, [row[0].person_id for row in rows])
    found = [_result(row, names) for row in rows]
    return sorted(found, key=lambda one: (one.state != "waiting", one.person_name))


def minutes_of(session: Session, actor: Actor, meeting_id: UUID) -> UUID:
    """The file of a meeting's minutes, for its seats and the performance manager; `NotFound` where none are drafted."""
    found = meeting(session, actor, meeting_id).minutes_id
    if found is None:
        raise NotFound("calibration_no_minutes_yet", "The minutes of this meeting are not drafted yet.")
    return found


def result_for(session: Session, actor: Actor, meeting_id: UUID, person_id: UUID) -> ResultView:
    """What a meeting recommends about somebody, for who rated them (or acts for them); else `NotFound`."""
    found = next((one for one in results(session, meeting_id=meeting_id) if one.person_id == person_id), None)
    if found is None:
        raise NotFound("calibration_result_unknown", "There is no such recommendation here.")
    try:
        rateable(session, actor, person_id, found.period_code)
    except NotFound:
        raise NotFound("calibration_result_unknown", "There is no such recommendation here.") from None
    return found


def _result(row: Any, names: Mapping[UUID, str]) -> ResultView:
    one, event = row[0], row[3]
    return ResultView(
        meeting_id=one.meeting_id,
        meeting_name=row.name,
        period_code=row.code,
        person_id=one.person_id,
        person_name=names[one.person_id],
        appraiser_id=one.appraiser_id,
        from_outcome=one.from_outcome,
        to_outcome=one.to_outcome,
        reason_code=event.reason_code,
        words=event.text,
        state=one.state,
        reason=one.reason,
        answered_at=one.answered_at,
    )
