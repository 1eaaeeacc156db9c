"""What the agency demands before a rating holds: dated rows, each with its reason; without any, the briefing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.errors import Conflict, Invalid
from selaras.evaluation.rating_models import RatingProcedure
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day

REASON_LENGTH = 20


@dataclass(frozen=True)
class Procedure:
    """`review`: a rating counts only once the appraiser's superior confirmed it. Without a choice `since` is None.

    `briefing`: whoever rates has read the year's briefing before the first rating is submitted; so it is by default.
    """

    review: bool = False
    briefing: bool = True
    since: date | None = None
    until: date | None = None
    reason: str = ""


def procedure_on(session: Session, day: date) -> Procedure:
    """What is demanded on a day."""
    row = session.scalar(select(RatingProcedure).where(RatingProcedure.during.contains(day)))
    return _view(row) if row else Procedure()


def procedures(session: Session) -> list[Procedure]:
    """Every choice, the newest first."""
    rows = session.scalars(select(RatingProcedure).order_by(func.lower(RatingProcedure.during).desc()))
    return [_view(row) for row in rows]


def choose_procedure(session: Session, actor: Actor, wanted: Procedure, start: date) -> None:
    """From `start` (today or later) on this is demanded; `wanted.reason` says why. The same day replaces the choice."""
    actor.require_whole(Permission.CHOOSE_RULES)
    if len(wanted.reason.strip()) < REASON_LENGTH:
        raise Invalid("procedure.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    if start < agency_day(session, actor):
        raise Invalid("procedure.day", "Choose today or a later day; what was rated before stays as it was.")
    for one in session.scalars(select(RatingProcedure).with_for_update()):
        since = one.during.lower or date.min
        if since > start:
            raise Conflict(
                "procedure.later", "A choice from {day} on stands already; choose that day or a later one.", day=since
            )
        if since == start:
            session.delete(one)
        elif one.during.upper is None:
            one.during = Range(one.during.lower, start)
    session.flush()
    reason = wanted.reason.strip()
    row = RatingProcedure(
        review=wanted.review,
        briefing=wanted.briefing,
        reason=reason,
        account_id=actor.account_id,
        during=Range(start, None),
    )
    session.add(row)
    session.flush()
    payload = {
        "review": wanted.review,
        "briefing": wanted.briefing,
        "from": start.isoformat(),
        "reason": salted(session, reason),
    }
    record(session, actor, "rating_procedure.choose", f"procedure:{row.id}", payload)


def _view(row: RatingProcedure) -> Procedure:
    return Procedure(row.review, row.briefing, row.during.lower, row.during.upper, row.reason)
