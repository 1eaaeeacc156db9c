"""The room: a meeting held fast for one command, its seats, and the one place where an event is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.calibration.models import CalibrationCase, CalibrationEvent, CalibrationMeeting, CalibrationSeat
from selaras.calibration.rules import Kind, Quorum, Recusal, Seated, SeatRole, quorum, recusal
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day

HEARD_AGAIN = timedelta(seconds=20)
"""A seat's `seen_at` is renewed no more often than this, so that asking for news seldom writes."""

_SUPERIORS = text(
    """
    SELECT line.person_id, line.superior_id FROM selaras.reporting_line line
    WHERE line.tenant_id = :tenant AND line.person_id = ANY(:people) AND line.during @> CAST(:day AS date)
    """
)


@dataclass
class Room:
    """One meeting within one transaction, as one of its seats sees it."""

    session: Session
    actor: Actor
    meeting: CalibrationMeeting
    role: SeatRole | None
    at: datetime = field(default_factory=now)

    @property
    def person_id(self) -> UUID | None:
        """Who acts here; the performance manager who opens a meeting need not have a seat, nor be a person."""
        return self.actor.person_id

    @cached_property
    def seats(self) -> tuple[Seated, ...]:
        """Everybody who has a seat, with their own superiors."""
        rows = self.session.execute(
            select(CalibrationSeat.person_id, CalibrationSeat.role, CalibrationSeat.seen_at)
            .where(CalibrationSeat.meeting_id == self.meeting.id)
            .order_by(CalibrationSeat.person_id)
        ).all()
        values = {
            "tenant": tenant_of(self.session),
            "people": [row.person_id for row in rows],
            "day": agency_day(self.session, self.actor),
        }
        above: dict[UUID, set[UUID]] = {}
        for person, superior in self.session.execute(_SUPERIORS, values):
            above.setdefault(person, set()).add(superior)
        return tuple(
            Seated(row.person_id, SeatRole(row.role), row.seen_at, frozenset(above.get(row.person_id, ())))
            for row in rows
        )

    @property
    def quorum(self) -> Quorum:
        """Who of those with a say is there."""
        return quorum(self.seats, self.meeting.quorum_percent or 0, self.at)

    def interests(self) -> Mapping[UUID, frozenset[UUID]]:
        """Seat → the people in whom an interest was declared."""
        found: dict[UUID, set[UUID]] = {}
        rows = self.session.execute(
            select(CalibrationEvent.by_id, CalibrationEvent.person_id).where(
                CalibrationEvent.meeting_id == self.meeting.id, CalibrationEvent.kind == Kind.INTEREST.value
            )
        )
        for by, person in rows:
            if by is not None and person is not None:
                found.setdefault(by, set()).add(person)
        return {by: frozenset(people) for by, people in found.items()}

    def recusals(self, case: CalibrationCase) -> dict[UUID, Recusal]:
        """Seat → why it has no say about the case; seats that have one are left out."""
        declared = self.interests()
        superiors = (case.appraiser_id, case.superior_id)
        found = {
            seat.person_id: recusal(seat, case.person_id, superiors, declared.get(seat.person_id, frozenset()))
            for seat in self.seats
        }
        return {person: why for person, why in found.items() if why is not None}

    def voters(self, case: CalibrationCase) -> frozenset[UUID]:
        """Who is there and has a say about the case."""
        out = self.recusals(case)
        return frozenset(
            seat.person_id
            for seat in self.seats
            if seat.role.votes and seat.present(self.at) and seat.person_id not in out
        )

    def case(self, person_id: UUID) -> CalibrationCase:
        """Somebody who is spoken of, or `NotFound`."""
        found = self.session.get(CalibrationCase, (tenant_of(self.session), self.meeting.id, person_id))
        if found is None:
            raise NotFound("calibration_case_unknown", "This meeting does not speak of that person.")
        return found

    def require_say(self, case: CalibrationCase) -> None:
        """`Refused` unless the actor has a say about the case and the meeting has its quorum."""
        if self.role is None or not self.role.votes or self.person_id is None:
            raise Refused("calibration_no_vote", "Only the chair and the members have a say about a rating.")
        why = self.recusals(case).get(self.person_id)
        if why is not None:
            raise _recused(why)
        self.require_quorum()

    def require_quorum(self) -> None:
        """`Conflict` while too few are there."""
        there = self.quorum
        if not there.met:
            raise Conflict(
                "calibration_no_quorum",
                "{present} of {seats} with a say are here; {needed} must be. Nothing can be decided until then.",
                present=there.present,
                seats=there.seats,
                needed=there.needed,
            )

    def require_lead(self) -> None:
        """`Refused` unless the actor leads the talk: the chair or the facilitator."""
        if self.role not in (SeatRole.CHAIR, SeatRole.FACILITATOR):
            raise Refused("calibration_not_leading", "Only the chair or the facilitator does this.")

    def require_chair(self) -> None:
        """`Refused` unless the actor chairs the meeting."""
        if self.role is not SeatRole.CHAIR:
            raise Refused("calibration_not_chair", "Only the chair of the meeting does this.")

    def write(
        self,
        kind: Kind,
        key: UUID,
        *,
        person_id: UUID | None = None,
        outcomes: tuple[str | None, str | None] = (None, None),
        reason_code: str | None = None,
        words: str | None = None,
        answers: int | None = None,
    ) -> int:
        """Append an event and its entry in the ledger; returns its number. `outcomes`: from and to."""
        self.meeting.last += 1
        number = self.meeting.last
        self.session.add(
            CalibrationEvent(
                meeting_id=self.meeting.id,
                number=number,
                kind=kind.value,
                by_id=self.person_id,
                person_id=person_id,
                from_outcome=outcomes[0],
                to_outcome=outcomes[1],
                reason_code=reason_code,
                text=words,
                answers=answers,
                key=key,
                at=self.at,
            )
        )
        self.session.flush()
        payload: dict[str, object] = {"number": number, "by": self.person_id}
        told = {"person": person_id, "from": outcomes[0], "to": outcomes[1], "reason": reason_code, "answers": answers}
        payload |= {name: value for name, value in told.items() if value is not None}
        if words:
            payload["text"] = salted(self.session, words)
        record(self.session, self.actor, f"calibration.{kind.value}", f"calibration:{self.meeting.id}", payload)
        return number


def _recused(why: Recusal) -> Refused:
    match why:
        case Recusal.SELF:
            return Refused("calibration_recused_self", "This is about yourself: you have no say here.")
        case Recusal.SUPERIOR:
            return Refused("calibration_recused_superior", "This is your own superior: you have no say about them.")
        case Recusal.SUBORDINATE:
            return Refused(
                "calibration_recused_subordinate",
                "You rate or lead this person yourself: tell the meeting what you know, others decide.",
            )
        case Recusal.INTEREST:
            return Refused(
                "calibration_recused_interest", "You declared an interest in this person: you have no say about them."
            )


def sit_down(session: Session, actor: Actor, meeting_id: UUID) -> CalibrationSeat:
    """The actor's seat in a meeting; whoever has none is told as if there were no such meeting."""
    seat = session.get(CalibrationSeat, (tenant_of(session), meeting_id, actor.person_id)) if actor.person_id else None
    if seat is None:
        raise NotFound("calibration_unknown", "There is no such meeting here.")
    return seat


def enter(session: Session, actor: Actor, meeting_id: UUID, *, states: tuple[str, ...] = ("open",)) -> Room:
    """The room, held until the transaction ends: one command after the other. `Conflict` unless it is in `states`."""
    seat = sit_down(session, actor, meeting_id)
    meeting = session.scalars(
        select(CalibrationMeeting).where(CalibrationMeeting.id == meeting_id).with_for_update()
    ).one()
    if meeting.state not in states:
        raise Conflict(
            "calibration_state",
            "The meeting is {state}; this is possible only while it is {states}.",
            state=meeting.state,
            states=", ".join(states),
        )
    heard(session, seat)
    return Room(session, actor, meeting, SeatRole(seat.role))


def refuse_state(meeting: CalibrationMeeting, wanted: str) -> None:
    """`Conflict` unless the meeting is in the state."""
    if meeting.state != wanted:
        raise Conflict(
            "calibration_state",
            "The meeting is {state}; this is possible only while it is {states}.",
            state=meeting.state,
            states=wanted,
        )


def heard(session: Session, seat: CalibrationSeat) -> None:
    """Note that somebody is there, unless that was noted a moment ago."""
    at = now()
    if seat.seen_at is None or seat.seen_at < at - HEARD_AGAIN:
        _seen(session, seat.meeting_id, seat.person_id, at)


def gone(session: Session, meeting_id: UUID, person_id: UUID | None) -> None:
    """Note that somebody has left the room."""
    if person_id is not None:
        _seen(session, meeting_id, person_id, None)


def _seen(session: Session, meeting_id: UUID, person_id: UUID, at: datetime | None) -> None:
    here = (CalibrationSeat.meeting_id == meeting_id, CalibrationSeat.person_id == person_id)
    session.execute(update(CalibrationSeat).where(*here).values(seen_at=at))


@dataclass(frozen=True)
class Sent:
    """What a key was sent with; None: the kind does not name it."""

    kind: Kind
    person_id: UUID | None = None
    answers: int | None = None
    to_outcome: str | None = None


def sent_before(session: Session, actor: Actor, meeting_id: UUID, key: UUID, sent: Sent) -> int | None:
    """The number of the event that bears the sender's key already; `Conflict` if the key came with something else."""
    found = session.scalar(
        select(CalibrationEvent).where(CalibrationEvent.meeting_id == meeting_id, CalibrationEvent.key == key)
    )
    if found is None:
        return None
    same = [(found.kind, sent.kind.value), (found.by_id, actor.person_id)]
    named = [(found.person_id, sent.person_id), (found.answers, sent.answers), (found.to_outcome, sent.to_outcome)]
    if any(was != now_ for was, now_ in same) or any(now_ is not None and was != now_ for was, now_ in named):
        raise Conflict(
            "calibration_key_used",
            "This was sent before with something else in it, and that is what counts. Look at the room again; nothing "
            "of this was kept.",
        )
    return found.number
