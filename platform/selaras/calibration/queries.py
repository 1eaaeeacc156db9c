"""Reads: meetings, the room as a seat sees it, what happened since an event, results that wait for an appraiser."""

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
from selaras.calibration.room import Room, heard, sit_down
from selaras.calibration.rules import Happened, Kind, Place, Quorum, Recusal, Seated, SeatRole, recusal, replay
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.evaluation.models import Period
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import names_of

NEWS = 500
"""So many events at most are told at once; whoever was away for longer asks again."""


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
class SeatView:
    """Somebody in the room."""

    person_id: UUID
    name: str
    role: SeatRole
    present: bool


@dataclass(frozen=True)
class CaseView:
    """Somebody who is spoken of. `name` is None in a blind meeting before the lock; `recused`: why I have no say."""

    person_id: UUID
    number: int
    name: str | None
    group_key: str
    unit_id: UUID
    appraiser_id: UUID | None
    rated_at: datetime
    score: float | None
    opened_with: str
    place: Place
    recused: Recusal | None


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
class News:
    """What happened after an event: `last` is the newest number, `more` says that there is more than was told."""

    last: int
    state: str
    events: tuple[EventView, ...]
    more: bool
    lamps: tuple[Any, ...]
    quorum: Quorum


@dataclass(frozen=True)
class RoomView:
    """The whole room as one of its seats sees it."""

    meeting: MeetingView
    mine: SeatRole
    seats: tuple[SeatView, ...]
    cases: tuple[CaseView, ...]
    lamps: tuple[Any, ...]
    quorum: Quorum


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


def look(session: Session, actor: Actor, meeting_id: UUID) -> RoomView:
    """The room as the actor sees it from their seat, in a constant number of statements; `NotFound` without a seat."""
    seat = sit_down(session, actor, meeting_id)
    heard(session, seat)
    view = meeting(session, actor, meeting_id)
    row = session.get_one(CalibrationMeeting, (tenant_of(session), meeting_id))
    room = Room(session, actor, row, SeatRole(seat.role))
    rows = session.scalars(
        select(CalibrationCase).where(CalibrationCase.meeting_id == meeting_id).order_by(CalibrationCase.number)
    ).all()
    shown = names_of(session, [one.person_id for one in room.seats])
    hidden = view.blind and view.state == "open"
    named = {} if hidden else names_of(session, [one.person_id for one in rows])
    proposed = _proposed(session, meeting_id)
    me = next(one for one in room.seats if one.person_id == actor.person_id)
    interests = room.interests().get(me.person_id, frozenset())
    return RoomView(
        meeting=view,
        mine=SeatRole(seat.role),
        seats=tuple(
            SeatView(one.person_id, shown[one.person_id], one.role, one.present(room.at)) for one in room.seats
        ),
        cases=tuple(_case(one, named, proposed, me, interests) for one in rows),
        lamps=tuple(row.lamps or ()),
        quorum=room.quorum,
    )


def _case(
    row: CalibrationCase,
    named: Mapping[UUID, str],
    proposed: Mapping[int, str | None],
    me: Seated,
    interests: frozenset[UUID],
) -> CaseView:
    target = proposed.get(row.proposal) if row.proposal is not None else None
    return CaseView(
        person_id=row.person_id,
        number=row.number,
        name=named.get(row.person_id),
        group_key=row.group_key,
        unit_id=row.unit_id,
        appraiser_id=row.appraiser_id,
        rated_at=row.rated_at,
        score=row.score,
        opened_with=row.outcome,
        place=Place(row.outcome_now, row.held, row.discussed, row.proposal, target, row.changed),
        recused=recusal(me, row.person_id, (row.appraiser_id, row.superior_id), interests) if me.role.votes else None,
    )


def _proposed(session: Session, meeting_id: UUID) -> dict[int, str | None]:
    open_ = select(CalibrationCase.proposal).where(
        CalibrationCase.meeting_id == meeting_id, CalibrationCase.proposal.is_not(None)
    )
    rows = session.execute(
        select(CalibrationEvent.number, CalibrationEvent.to_outcome).where(
            CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.number.in_(open_)
        )
    )
    return {number: outcome for number, outcome in rows}


def changes(session: Session, actor: Actor, meeting_id: UUID, after: int) -> News:
    """What happened after event `after`; asking says that one is still there."""
    seat = sit_down(session, actor, meeting_id)
    heard(session, seat)
    row = session.get_one(CalibrationMeeting, (tenant_of(session), meeting_id))
    found: list[EventView] = []
    if row.last > after:
        events = session.scalars(
            select(CalibrationEvent)
            .where(CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.number > after)
            .order_by(CalibrationEvent.number)
            .limit(NEWS)
        )
        found = [_event(one) for one in events]
    told = found[-1].number if found else row.last
    return News(
        last=told,
        state=row.state,
        events=tuple(found),
        more=told < row.last,
        lamps=tuple(row.lamps or ()) if found else (),
        quorum=Room(session, actor, row, SeatRole(seat.role)).quorum,
    )


def _event(one: CalibrationEvent) -> EventView:
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
    return [_event(one) for one in rows]


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
