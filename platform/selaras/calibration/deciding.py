"""What is said and decided in the room: proposals, answers to them, the holding area, notes, interests.

Every command takes the sender's `key`: sent again after a lost connection it is kept once and answers the same number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.calibration.agenda import lamps
from selaras.calibration.models import CalibrationCase, CalibrationEvent
from selaras.calibration.room import Room, Sent, enter, gone, sent_before, sit_down
from selaras.calibration.rules import Happened, Kind, Place, Reason, moved, standing_opposition
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity.actor import Actor
from selaras.organisation.queries import names_of
from selaras.regulation import Rules

SHORTEST_WORDS = 20
LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Move:
    """Somebody should stand elsewhere: from the outcome that the sender sees to another; a Reason's code, and words."""

    person_id: UUID
    from_outcome: str
    to_outcome: str
    reason: str
    words: str


def propose(session: Session, actor: Actor, meeting_id: UUID, key: UUID, rules: Rules, move: Move) -> int:
    """Propose that somebody stand elsewhere on the regulation's scale.

    `Conflict` where the person has moved meanwhile or a proposal is open already; it says who was first.
    """

    def act(room: Room) -> int:
        case = room.case(move.person_id)
        room.require_say(case)
        _refuse_moved(room, case, move.from_outcome)
        if move.to_outcome not in {level.code for level in rules.outcomes} - {move.from_outcome}:
            raise Invalid("calibration_outcome", "Choose another outcome of the scale than the present one.")
        number = room.write(
            Kind.PROPOSED,
            key,
            person_id=case.person_id,
            outcomes=(move.from_outcome, move.to_outcome),
            reason_code=_reason(move.reason),
            words=_words(move.words),
        )
        _apply(room, case, Happened(number, Kind.PROPOSED, room.person_id, case.person_id, move.to_outcome))
        return number

    return _once(session, actor, meeting_id, key, Sent(Kind.PROPOSED, move.person_id, to_outcome=move.to_outcome), act)


def answer(
    session: Session, actor: Actor, meeting_id: UUID, key: UUID, proposal: int, kind: Kind, words: str = ""
) -> int:
    """Support or oppose an open proposal, or withdraw one's own. Opposing says why."""

    def act(room: Room) -> int:
        case, proposed = _open_proposal(room, proposal)
        if kind is Kind.WITHDRAWN:
            if proposed.by_id != room.person_id:
                raise Refused("calibration_not_yours", "Only who made a proposal may withdraw it.")
        else:
            room.require_say(case)
        said = _words(words) if kind is Kind.OPPOSED else words.strip()[:LONGEST_WORDS] or None
        number = room.write(kind, key, person_id=case.person_id, words=said, answers=proposal)
        if kind is Kind.WITHDRAWN:
            _apply(room, case, Happened(number, kind, room.person_id, case.person_id, answers=proposal))
        return number

    if kind not in (Kind.SUPPORTED, Kind.OPPOSED, Kind.WITHDRAWN):
        raise Invalid("calibration_answer", "A proposal is supported, opposed or withdrawn.")
    return _once(session, actor, meeting_id, key, Sent(kind, answers=proposal), act)


def agree(session: Session, actor: Actor, meeting_id: UUID, key: UUID, rules: Rules, proposal: int) -> int:
    """Whoever leads the talk records that the meeting agrees (musyawarah). `Conflict` while somebody opposes."""

    def act(room: Room) -> int:
        room.require_lead()
        room.require_quorum()
        case, proposed = _open_proposal(room, proposal)
        voters = room.voters(case)
        if not voters - {proposed.by_id}:
            raise Conflict(
                "calibration_nobody_else", "Nobody else who has a say about this person is here; wait for one."
            )
        against = standing_opposition(_words_about(room, proposal), voters)
        if against:
            raise Conflict(
                "calibration_opposed",
                "{names} oppose this. Talk on, or let the chair decide.",
                names=", ".join(sorted(names_of(room.session, against).values())),
            )
        return _take_effect(room, rules, case, proposed, Kind.AGREED, key, None)

    return _once(session, actor, meeting_id, key, Sent(Kind.AGREED, answers=proposal), act)


def decide(
    session: Session, actor: Actor, meeting_id: UUID, key: UUID, rules: Rules, proposal: int, *, take: bool, words: str
) -> int:
    """The chair decides where no agreement is reached: takes a proposal or not, with the reason in words."""

    def act(room: Room) -> int:
        room.require_chair()
        case, proposed = _open_proposal(room, proposal)
        room.require_say(case)
        if take:
            return _take_effect(room, rules, case, proposed, Kind.DECIDED, key, _words(words))
        number = room.write(Kind.REJECTED, key, person_id=case.person_id, words=_words(words), answers=proposal)
        _apply(room, case, Happened(number, Kind.REJECTED, room.person_id, case.person_id, answers=proposal))
        return number

    return _once(session, actor, meeting_id, key, Sent(Kind.DECIDED if take else Kind.REJECTED, answers=proposal), act)


def set_aside(session: Session, actor: Actor, meeting_id: UUID, key: UUID, person_id: UUID, *, hold: bool) -> int:
    """Put somebody into the holding area, or take them out of it; nobody may be left there at the lock."""
    return _mark(session, actor, meeting_id, key, person_id, Kind.HELD if hold else Kind.RELEASED)


def discussed(session: Session, actor: Actor, meeting_id: UUID, key: UUID, person_id: UUID) -> int:
    """Whoever leads the talk notes that somebody was spoken of and stays where they are."""
    return _mark(session, actor, meeting_id, key, person_id, Kind.DISCUSSED)


def _mark(session: Session, actor: Actor, meeting_id: UUID, key: UUID, person_id: UUID, kind: Kind) -> int:
    def act(room: Room) -> int:
        case = room.case(person_id)
        if kind is Kind.DISCUSSED or room.role is None or not room.role.votes:
            room.require_lead()
        if kind is not Kind.DISCUSSED and case.held == (kind is Kind.HELD):
            raise Conflict("calibration_held", "Somebody did that already; look at the room again.")
        number = room.write(kind, key, person_id=person_id)
        _apply(room, case, Happened(number, kind, room.person_id, person_id))
        return number

    return _once(session, actor, meeting_id, key, Sent(kind, person_id), act)


def note(session: Session, actor: Actor, meeting_id: UUID, key: UUID, person_id: UUID | None, words: str) -> int:
    """Write a note about somebody, or about the meeting; everybody in the room reads it, and so do the minutes."""

    def act(room: Room) -> int:
        if person_id is not None:
            room.case(person_id)
        said = words.strip()
        if not said or len(said) > LONGEST_WORDS:
            raise Invalid("calibration_note", "Write 1 to {longest} characters.", longest=LONGEST_WORDS)
        return room.write(Kind.NOTED, key, person_id=person_id, words=said)

    return _once(session, actor, meeting_id, key, Sent(Kind.NOTED, person_id), act)


def declare_interest(session: Session, actor: Actor, meeting_id: UUID, key: UUID, person_id: UUID, words: str) -> int:
    """Say that one has an interest in somebody (kinship, a quarrel): one has no say about them from now on."""

    def act(room: Room) -> int:
        room.case(person_id)
        return room.write(Kind.INTEREST, key, person_id=person_id, words=_words(words))

    return _once(session, actor, meeting_id, key, Sent(Kind.INTEREST, person_id), act)


def come_or_go(session: Session, actor: Actor, meeting_id: UUID, key: UUID, *, come: bool) -> int:
    """Enter the room or leave it; who leaves no longer counts for the quorum."""

    def act(room: Room) -> int:
        number = room.write(Kind.JOINED if come else Kind.LEFT, key)
        if not come:
            gone(session, meeting_id, room.person_id)
        return number

    return _once(session, actor, meeting_id, key, Sent(Kind.JOINED if come else Kind.LEFT), act)


def _once(session: Session, actor: Actor, meeting_id: UUID, key: UUID, sent: Sent, act: Callable[[Room], int]) -> int:
    """What was kept before answers as it did, whatever became of the meeting since; else do it, one after the other."""
    sit_down(session, actor, meeting_id)
    before = sent_before(session, actor, meeting_id, key, sent)
    if before is not None:
        return before
    room = enter(session, actor, meeting_id)
    before = sent_before(session, actor, meeting_id, key, sent)
    return before if before is not None else act(room)


def _open_proposal(room: Room, number: int) -> tuple[CalibrationCase, CalibrationEvent]:
    proposed = room.session.scalar(
        select(CalibrationEvent).where(
            CalibrationEvent.meeting_id == room.meeting.id,
            CalibrationEvent.number == number,
            CalibrationEvent.kind == Kind.PROPOSED.value,
        )
    )
    if proposed is None or proposed.person_id is None:
        raise Invalid("calibration_proposal_unknown", "There is no proposal {number} in this meeting.", number=number)
    case = room.case(proposed.person_id)
    if case.proposal != number:
        raise Conflict("calibration_answered", "The proposal was answered meanwhile; look at the room again.")
    return case, proposed


def _refuse_moved(room: Room, case: CalibrationCase, seen: str) -> None:
    if case.proposal is None and case.outcome_now == seen:
        return
    last = room.session.scalar(
        select(CalibrationEvent.by_id).where(
            CalibrationEvent.meeting_id == room.meeting.id, CalibrationEvent.number == case.changed
        )
    )
    if last is None:
        raise Conflict(
            "calibration_stands", "The person stands at another outcome than you see. Look at the room again."
        )
    raise Conflict(
        "calibration_moved",
        "{name} was first: the person stands elsewhere now, or a proposal about them is open. Look at the room again; "
        "nothing of yours was kept.",
        name=names_of(room.session, [last])[last],
    )


def _take_effect(
    room: Room,
    rules: Rules,
    case: CalibrationCase,
    proposed: CalibrationEvent,
    kind: Kind,
    key: UUID,
    words: str | None,
) -> int:
    outcomes = (case.outcome_now, proposed.to_outcome)
    number = room.write(
        kind,
        key,
        person_id=case.person_id,
        outcomes=outcomes,
        reason_code=proposed.reason_code,
        words=words,
        answers=proposed.number,
    )
    _apply(room, case, Happened(number, kind, room.person_id, case.person_id, proposed.to_outcome, proposed.number))
    light_up(room, rules)
    return number


def _apply(room: Room, case: CalibrationCase, event: Happened) -> None:
    place = moved(Place(case.outcome_now, case.held, case.discussed, case.proposal, None, case.changed), event)
    case.outcome_now, case.held, case.discussed = place.outcome, place.held, place.discussed
    case.proposal, case.changed = place.proposal, place.changed
    room.session.flush()


def light_up(room: Room, rules: Rules) -> None:
    """Work the distribution out anew, once for everybody who asks."""
    rows = room.session.execute(
        select(CalibrationCase.judged_unit_id, CalibrationCase.outcome_now, func.count())
        .where(CalibrationCase.meeting_id == room.meeting.id, CalibrationCase.judged_unit_id.is_not(None))
        .group_by(CalibrationCase.judged_unit_id, CalibrationCase.outcome_now)
    )
    shape = {"unit": pl.String, "outcome": pl.String, "people": pl.Int64}
    inside = pl.DataFrame([(str(unit), outcome, people) for unit, outcome, people in rows], shape, orient="row")
    room.meeting.lamps = lamps(rules, room.meeting.others or [], inside)


def _words_about(room: Room, proposal: int) -> list[tuple[UUID, Kind]]:
    rows = room.session.execute(
        select(CalibrationEvent.by_id, CalibrationEvent.kind)
        .where(
            CalibrationEvent.meeting_id == room.meeting.id,
            CalibrationEvent.answers == proposal,
            CalibrationEvent.kind.in_([Kind.SUPPORTED.value, Kind.OPPOSED.value]),
        )
        .order_by(CalibrationEvent.number)
    )
    return [(by, Kind(kind)) for by, kind in rows if by is not None]


def _reason(code: str) -> str:
    try:
        return Reason(code).value
    except ValueError:
        raise Invalid(
            "calibration_reason", "Choose a reason: {known}.", known=", ".join(one.value for one in Reason)
        ) from None


def _words(words: str) -> str:
    said = words.strip()
    if not SHORTEST_WORDS <= len(said) <= LONGEST_WORDS:
        raise Invalid(
            "calibration_words",
            "Say why in {shortest} to {longest} characters; it goes into the minutes.",
            shortest=SHORTEST_WORDS,
            longest=LONGEST_WORDS,
        )
    return said
