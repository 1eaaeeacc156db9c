"""A meeting replayed from the ledger alone: what a seat and a database said, held against what was sealed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.queries import entries_of
from selaras.calibration.models import CalibrationCase, CalibrationMeeting
from selaras.calibration.rules import CHANGING, Happened, Kind, Place, replay
from selaras.calibration.service import fingerprint
from selaras.db.session import tenant_of
from selaras.errors import NotFound

_NUMBERED = frozenset(f"calibration.{kind.value}" for kind in Kind)


@dataclass(frozen=True)
class Difference:
    """Somebody whom the meeting's table places elsewhere than the ledger does."""

    person_id: UUID
    kept: str
    replayed: str


@dataclass(frozen=True)
class Replay:
    """What came of it: `events` read, gaps in their numbers, who stands elsewhere, whether the opening is as sealed."""

    events: int
    missing: tuple[int, ...]
    opening_changed: bool
    differences: tuple[Difference, ...]
    places: dict[UUID, Place]

    @property
    def sound(self) -> bool:
        """Whether the ledger and the meeting say the same."""
        return not (self.missing or self.opening_changed or self.differences)


def replay_meeting(session: Session, meeting_id: UUID, *, until: int | None = None) -> Replay:
    """Replay a meeting that was opened (`NotFound` for any other), as far as event `until`: `places` are those then."""
    meeting = session.get(CalibrationMeeting, (tenant_of(session), meeting_id))
    if meeting is None or meeting.opened_at is None:
        raise NotFound("calibration_not_opened", "There is no opened meeting {meeting} here.", meeting=meeting_id)
    entries = entries_of(session, f"calibration:{meeting_id}")
    happened = [_happened(one.action, one.payload or {}) for one in entries if one.action in _NUMBERED and one.payload]
    rows = session.execute(
        select(CalibrationCase.person_id, CalibrationCase.outcome, CalibrationCase.outcome_now).where(
            CalibrationCase.meeting_id == meeting_id
        )
    ).all()
    places = replay({row.person_id: row.outcome for row in rows}, sorted(happened, key=lambda one: one.number))
    if until is not None:
        early = sorted((one for one in happened if one.number <= until), key=lambda one: one.number)
        places = replay({row.person_id: row.outcome for row in rows}, early)
    numbers = {one.number for one in happened}
    sealed = next((one.payload.get("cases") for one in entries if one.action == _FROZEN and one.payload), None)
    return Replay(
        events=len(happened),
        missing=tuple(number for number in range(1, meeting.last + 1) if number not in numbers),
        opening_changed=sealed != fingerprint(session, meeting_id),
        differences=tuple(
            Difference(row.person_id, row.outcome_now, places[row.person_id].outcome)
            for row in rows
            if row.outcome_now != places[row.person_id].outcome
        ),
        places=places,
    )


_FROZEN = "calibration.frozen"


def _happened(action: str, payload: dict[str, object]) -> Happened:
    kind = Kind(action.removeprefix("calibration."))
    person = payload.get("person")
    return Happened(
        number=int(str(payload["number"])),
        kind=kind,
        person_id=UUID(str(person)) if person and kind in CHANGING else None,
        to_outcome=str(payload["to"]) if "to" in payload else None,
        answers=int(str(payload["answers"])) if "answers" in payload else None,
    )
