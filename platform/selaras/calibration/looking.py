"""Reads: the room as one of its seats sees it, what is proposed in it, and what happened since an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from selaras.calibration.models import CalibrationCase, CalibrationEvent, CalibrationMeeting
from selaras.calibration.queries import EventView, MeetingView, event_view, meeting
from selaras.calibration.room import Room, heard, sit_down
from selaras.calibration.rules import Kind, Place, Quorum, Recusal, Seated, SeatRole, recusal
from selaras.calibration.staleness import Stale, stale
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.organisation.models import Unit
from selaras.organisation.queries import names_of

NEWS = 500
"""So many events at most are told at once; whoever was away for longer asks again."""
NEWEST = 15
"""So many of the last events stand on the page."""
_TALK = (Kind.SUPPORTED.value, Kind.OPPOSED.value)


@dataclass(frozen=True)
class SeatView:
    """Somebody in the room; `joined`: they entered it and have not left."""

    person_id: UUID
    name: str
    role: SeatRole
    present: bool
    joined: bool


@dataclass(frozen=True)
class CaseView:
    """Somebody who is spoken of; `recused`: why I have no say.

    In a blind round `name` and `person_id` are None until the lock: the number names them. Of myself I see where I
    stood at the opening and nothing that is said.
    """

    person_id: UUID | None
    number: int
    name: str | None
    group_key: str
    unit_id: UUID
    unit_name: str
    appraiser_id: UUID | None
    rated_at: datetime
    score: float | None
    opened_with: str
    place: Place
    recused: Recusal | None
    stale: frozenset[Stale] = frozenset()


@dataclass(frozen=True)
class ProposalView:
    """An open proposal: who made it and why, who stands for it and against it by their last word."""

    number: int
    case: int
    by_id: UUID | None
    from_outcome: str | None
    to_outcome: str | None
    reason_code: str | None
    words: str | None
    at: datetime
    supporting: tuple[UUID, ...]
    opposing: tuple[UUID, ...]


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
    """The room as one of its seats sees it; `names` are those of everybody who has a seat, `units` of judged units.

    `tally`: outcome → how many people stand there now, and how many did at the opening. `newest`: the last events.
    """

    meeting: MeetingView
    mine: SeatRole
    me: UUID
    seats: tuple[SeatView, ...]
    cases: tuple[CaseView, ...]
    proposals: tuple[ProposalView, ...]
    lamps: tuple[Any, ...]
    quorum: Quorum
    names: Mapping[UUID, str]
    units: Mapping[UUID, str]
    tally: Mapping[str, tuple[int, int]]
    newest: tuple[EventView, ...]

    @property
    def joined(self) -> bool:
        """Whether I entered the room."""
        return any(one.joined for one in self.seats if one.person_id == self.me)


@dataclass(frozen=True)
class Pulse:
    """The little that a page asks for every second: the newest event's number, the state, and who is there."""

    last: int
    state: str
    quorum: Quorum


def pulse(session: Session, actor: Actor, meeting_id: UUID) -> Pulse:
    """Whether there is news, for as few statements as can be; asking says that one is still there."""
    seat = sit_down(session, actor, meeting_id)
    heard(session, seat)
    row = session.get_one(CalibrationMeeting, (tenant_of(session), meeting_id))
    return Pulse(row.last, row.state, Room(session, actor, row, SeatRole(seat.role)).quorum)


def look(session: Session, actor: Actor, meeting_id: UUID, *, since: int | None = None) -> RoomView:
    """The room from the actor's seat, in a constant number of statements; `NotFound` without a seat.

    `since`: of the people only those whom an event after it touched, and those of whom the page speaks anyway.
    """
    room, view = _seated(session, actor, meeting_id)
    me = next(one for one in room.seats if one.person_id == actor.person_id)
    newest = _newest(session, meeting_id, view.last)
    rows = _cases(session, meeting_id, since, [one.person_id for one in newest if one.person_id])
    names = names_of(session, [one.person_id for one in room.seats])
    hidden = _hidden(view)
    named = {} if hidden else names_of(session, [one.person_id for one, _ in rows])
    found = stale(session, view, [one.person_id for one, _ in rows]) if view.state == "open" else {}
    # A proposal that arrived since the people were read comes with the next news: `last` is older than it.
    known = {one.number for one, _ in rows}
    talk = tuple(one for one in proposals(session, meeting_id, me.person_id) if one.case in known)
    targets = {one.number: one.to_outcome for one in talk}
    interests = room.interests().get(me.person_id, frozenset())
    cases = [
        replace(_case(one, unit, named, targets, me, interests), stale=found.get(one.person_id, frozenset()))
        for one, unit in rows
    ]
    joined = _joined(session, meeting_id)
    return RoomView(
        meeting=view,
        mine=me.role,
        me=me.person_id,
        seats=tuple(
            SeatView(one.person_id, names[one.person_id], one.role, one.present(room.at), one.person_id in joined)
            for one in room.seats
        ),
        cases=tuple(replace(one, person_id=None) if hidden else one for one in cases),
        proposals=talk,
        lamps=tuple(room.meeting.lamps or ()),
        quorum=room.quorum,
        names=names,
        units=_unit_names(session, [UUID(one["unit"]) for one in room.meeting.lamps or ()]),
        tally=_tally(session, meeting_id),
        newest=tuple(_for(one, view, me.person_id) for one in newest),
    )


def _newest(session: Session, meeting_id: UUID, last: int) -> list[EventView]:
    rows = session.scalars(
        select(CalibrationEvent)
        .where(CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.number > last - NEWEST)
        .order_by(CalibrationEvent.number.desc())
    )
    return [event_view(one) for one in rows]


def _unit_names(session: Session, units: Collection[UUID]) -> dict[UUID, str]:
    if not units:
        return {}
    return {unit: name for unit, name in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units)))}


def _tally(session: Session, meeting_id: UUID) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(CalibrationCase.outcome, CalibrationCase.outcome_now, func.count())
        .where(CalibrationCase.meeting_id == meeting_id)
        .group_by(CalibrationCase.outcome, CalibrationCase.outcome_now)
    )
    now, opened = Counter[str](), Counter[str]()
    for before, after, people in rows:
        opened[before] += people
        now[after] += people
    return {code: (now[code], opened[code]) for code in now | opened}


def _seated(session: Session, actor: Actor, meeting_id: UUID) -> tuple[Room, MeetingView]:
    seat = sit_down(session, actor, meeting_id)
    heard(session, seat)
    row = session.get_one(CalibrationMeeting, (tenant_of(session), meeting_id))
    return Room(session, actor, row, SeatRole(seat.role)), meeting(session, actor, meeting_id)


def _hidden(view: MeetingView) -> bool:
    return view.blind and view.state == "open"


def _cases(
    session: Session, meeting_id: UUID, since: int | None, about: Collection[UUID]
) -> list[tuple[CalibrationCase, str]]:
    query = (
        select(CalibrationCase, Unit.name)
        .join(Unit, Unit.id == CalibrationCase.unit_id)
        .where(CalibrationCase.meeting_id == meeting_id)
        .order_by(CalibrationCase.number)
    )
    if since is not None:
        query = query.where(
            or_(
                CalibrationCase.changed > since,
                CalibrationCase.proposal.is_not(None),
                CalibrationCase.person_id.in_(about),
            )
        )
    return [(one, unit) for one, unit in session.execute(query)]


def _case(
    row: CalibrationCase,
    unit: str,
    named: Mapping[UUID, str],
    targets: Mapping[int, str | None],
    me: Seated,
    interests: Collection[UUID],
) -> CaseView:
    why = recusal(me, row.person_id, (row.appraiser_id, row.superior_id), interests) if me.role.votes else None
    target = targets.get(row.proposal) if row.proposal is not None else None
    place = Place(row.outcome_now, row.held, row.discussed, row.proposal, target, row.changed)
    return CaseView(
        person_id=row.person_id,
        number=row.number,
        name=named.get(row.person_id),
        group_key=row.group_key,
        unit_id=row.unit_id,
        unit_name=unit,
        appraiser_id=row.appraiser_id,
        rated_at=row.rated_at,
        score=row.score,
        opened_with=row.outcome,
        place=Place(row.outcome) if row.person_id == me.person_id else place,
        recused=why,
    )


def _joined(session: Session, meeting_id: UUID) -> frozenset[UUID]:
    rows = session.execute(
        select(CalibrationEvent.by_id, CalibrationEvent.kind)
        .where(
            CalibrationEvent.meeting_id == meeting_id,
            CalibrationEvent.kind.in_([Kind.JOINED.value, Kind.LEFT.value]),
        )
        .order_by(CalibrationEvent.number)
    )
    last = {by: kind for by, kind in rows if by is not None}
    return frozenset(by for by, kind in last.items() if kind == Kind.JOINED.value)


def proposals(session: Session, meeting_id: UUID, me: UUID | None) -> tuple[ProposalView, ...]:
    """The open proposals, the oldest first; none about oneself."""
    made = session.execute(
        select(CalibrationEvent, CalibrationCase.number)
        .join(
            CalibrationCase,
            (CalibrationCase.meeting_id == CalibrationEvent.meeting_id)
            & (CalibrationCase.proposal == CalibrationEvent.number),
        )
        .where(CalibrationEvent.meeting_id == meeting_id, CalibrationCase.person_id != me)
        .order_by(CalibrationEvent.number)
    ).all()
    said = _said(session, meeting_id, [event.number for event, _ in made])
    return tuple(
        ProposalView(
            number=event.number,
            case=case,
            by_id=event.by_id,
            from_outcome=event.from_outcome,
            to_outcome=event.to_outcome,
            reason_code=event.reason_code,
            words=event.text,
            at=event.at,
            supporting=tuple(who for who, word in said.get(event.number, {}).items() if word == Kind.SUPPORTED),
            opposing=tuple(who for who, word in said.get(event.number, {}).items() if word == Kind.OPPOSED),
        )
        for event, case in made
    )


def _said(session: Session, meeting_id: UUID, numbers: Collection[int]) -> dict[int, dict[UUID, str]]:
    """Proposal → person → their last word about it."""
    found: dict[int, dict[UUID, str]] = {}
    if numbers:
        rows = session.execute(
            select(CalibrationEvent.answers, CalibrationEvent.by_id, CalibrationEvent.kind)
            .where(
                CalibrationEvent.meeting_id == meeting_id,
                CalibrationEvent.answers.in_(numbers),
                CalibrationEvent.kind.in_(_TALK),
            )
            .order_by(CalibrationEvent.number)
        )
        for proposal, by, kind in rows:
            if proposal is not None and by is not None:
                found.setdefault(proposal, {})[by] = kind
    return found


def changes(session: Session, actor: Actor, meeting_id: UUID, after: int) -> News:
    """What happened after event `after`; asking says that one is still there."""
    room, view = _seated(session, actor, meeting_id)
    row = room.meeting
    found = told(session, view, actor.person_id, after=after, most=NEWS) if row.last > after else ()
    last = found[-1].number if found else row.last
    return News(
        last=last,
        state=row.state,
        events=found,
        more=last < row.last,
        lamps=tuple(row.lamps or ()) if found else (),
        quorum=room.quorum,
    )


def told(
    session: Session,
    view: MeetingView,
    me: UUID | None,
    *,
    after: int = 0,
    about: UUID | None = None,
    most: int | None = None,
) -> tuple[EventView, ...]:
    """The events after a number, in their order, as somebody may read them; `about`: those about one person only."""
    query = (
        select(CalibrationEvent)
        .where(CalibrationEvent.meeting_id == view.id, CalibrationEvent.number > after)
        .order_by(CalibrationEvent.number)
        .limit(most)
    )
    if about is not None:
        query = query.where(CalibrationEvent.person_id == about)
    return tuple(_for(event_view(one), view, me) for one in session.scalars(query))


def _for(one: EventView, view: MeetingView, me: UUID | None) -> EventView:
    """Of oneself one learns nothing while the meeting talks, and of others no id in a blind round."""
    if view.state == "open" and one.person_id is not None and one.person_id == me:
        return replace(one, by_id=None, from_outcome=None, to_outcome=None, reason_code=None, text=None)
    return replace(one, person_id=None) if _hidden(view) else one


def case_of(session: Session, actor: Actor, meeting_id: UUID, number: int) -> UUID:
    """The person who bears a number in a meeting in which the actor has a seat; `NotFound` where nobody does."""
    sit_down(session, actor, meeting_id)
    found = session.scalar(
        select(CalibrationCase.person_id).where(
            CalibrationCase.meeting_id == meeting_id, CalibrationCase.number == number
        )
    )
    if found is None:
        raise NotFound("calibration_case_unknown", "This meeting does not speak of that person.")
    return found
