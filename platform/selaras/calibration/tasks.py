"""What waits for a person in calibration: a room to enter or open, minutes to draft and sign, recommendations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from selaras.calibration.models import CalibrationMeeting, CalibrationResult, CalibrationSeat
from selaras.calibration.rules import SeatRole
from selaras.db.session import tenant_of
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task

_SEATED = text(
    """
    SELECT m.id, m.name, m.state, m.starts_at, m.opened_at, m.locked_at, m.minutes_id, seat.role,
           EXISTS (SELECT FROM selaras.calibration_event said WHERE said.tenant_id = :tenant
                   AND said.meeting_id = m.id AND said.by_id = :person AND said.kind IN ('signed', 'declined'))
           AS signed
    FROM selaras.calibration_seat seat
    JOIN selaras.calibration_meeting m ON m.tenant_id = :tenant AND m.id = seat.meeting_id
    WHERE seat.tenant_id = :tenant AND seat.person_id = :person AND m.state IN ('preparing', 'open', 'locked')
    ORDER BY m.created_at
    """
)


def seats(session: Session, asked: Asked) -> Iterator[Task]:
    """Meetings in which one has a seat, as long as there is something to do there; one statement."""
    for row in session.execute(_SEATED, {"tenant": tenant_of(session), "person": asked.person_id}):
        role = SeatRole(row.role)
        params: dict[str, str | int] = {"meeting": row.name, "meeting_id": str(row.id)}
        if row.state == "open":
            yield Task("calibration_open", row.id, params, since=row.opened_at)
        elif row.state == "preparing" and role is SeatRole.CHAIR:
            yield Task("calibration_to_open", row.id, params, due=row.starts_at.date() if row.starts_at else None)
        elif row.state == "locked" and row.minutes_id and role.votes and not row.signed:
            yield Task("calibration_to_sign", row.id, params, since=row.locked_at)
        elif row.state == "locked" and role is SeatRole.CHAIR:
            yield Task("calibration_to_end", row.id, params)


def recommendations(session: Session, asked: Asked) -> Iterator[Task]:
    """What meetings recommend about those whom one rated; one task for all."""
    count, since = session.execute(
        select(func.count(), func.min(CalibrationMeeting.locked_at))
        .select_from(CalibrationResult)
        .join(CalibrationMeeting, CalibrationMeeting.id == CalibrationResult.meeting_id)
        .where(CalibrationResult.appraiser_id == asked.person_id, CalibrationResult.state == "waiting")
    ).one()
    if count:
        yield Task("calibration_results", asked.person_id, since=since, count=count)


def unseated(session: Session, asked: Asked) -> Iterator[Task]:
    """Meetings that are prepared and in which nobody has a seat; one task a meeting."""
    if not asked.actor.holds_whole(Permission.MANAGE_CALIBRATION):
        return
    seat = select(CalibrationSeat.person_id).where(CalibrationSeat.meeting_id == CalibrationMeeting.id).exists()
    rows = session.execute(
        select(CalibrationMeeting.id, CalibrationMeeting.name)
        .where(CalibrationMeeting.state == "preparing", ~seat)
        .order_by(CalibrationMeeting.created_at)
    )
    for meeting_id, name in rows:
        yield Task("calibration_to_seat", meeting_id, {"meeting": name, "meeting_id": str(meeting_id)})


SOURCES = (
    Source(
        frozenset({"calibration_open", "calibration_to_open", "calibration_to_sign", "calibration_to_end"}),
        frozenset({Permission.SEE_OWN}),
        seats,
    ),
    Source(frozenset({"calibration_results"}), frozenset({Permission.RATE_TEAM}), recommendations),
    Source(frozenset({"calibration_to_seat"}), frozenset({Permission.MANAGE_CALIBRATION}), unseated),
)
