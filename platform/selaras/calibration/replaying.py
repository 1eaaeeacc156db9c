"""Reads: a meeting that is over as it stood after any of its events, out of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calibration.ledger import Replay, replay_meeting
from selaras.calibration.models import CalibrationCase
from selaras.calibration.queries import EventView, MeetingView, events, meeting
from selaras.errors import Conflict
from selaras.identity.actor import Actor
from selaras.organisation.queries import names_of

LONGEST = 9


@dataclass(frozen=True)
class Moved:
    """Somebody who stands elsewhere than at the opening."""

    person_id: UUID
    opened_with: str
    stands: str


@dataclass(frozen=True)
class Scene:
    """The meeting after event `at` of `last`: how many stand where, who has moved, and what was said until then.

    `whole` is the replay of everything, held against what the meeting says; `names`: of seats and of people.
    """

    meeting: MeetingView
    at: int
    last: int
    counts: Mapping[str, int]
    opened: Mapping[str, int]
    moved: tuple[Moved, ...]
    said: tuple[EventView, ...]
    names: Mapping[UUID, str]
    whole: Replay


def scene(session: Session, actor: Actor, meeting_id: UUID, at: int | None = None) -> Scene:
    """The scene after event `at` (None: the last); `Conflict` while the meeting still talks."""
    view = meeting(session, actor, meeting_id)
    if view.state not in ("locked", "closed"):
        raise Conflict(
            "calibration_replay_open", "A meeting is replayed once it is locked; until then look at its room."
        )
    until = min(max(at if at is not None else view.last, 0), view.last)
    whole = replay_meeting(session, meeting_id)
    then = replay_meeting(session, meeting_id, until=until)
    opening = {
        person: outcome
        for person, outcome in session.execute(
            select(CalibrationCase.person_id, CalibrationCase.outcome).where(CalibrationCase.meeting_id == meeting_id)
        )
    }
    moved = [Moved(who, opening[who], place.outcome) for who, place in then.places.items()]
    moved = [one for one in moved if one.opened_with != one.stands]
    said = tuple(one for one in events(session, meeting_id) if one.number <= until)
    people = {one.person_id for one in said} | {one.by_id for one in said} | {one.person_id for one in moved}
    names = names_of(session, [person for person in people if person is not None])
    return Scene(
        meeting=view,
        at=until,
        last=view.last,
        counts=Counter(place.outcome for place in then.places.values()),
        opened=Counter(opening.values()),
        moved=tuple(sorted(moved, key=lambda one: names[one.person_id])),
        said=said[::-1],
        names=names,
        whole=whole,
    )
