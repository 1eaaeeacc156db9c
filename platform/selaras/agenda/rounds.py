"""The dispatcher's rounds of the agencies: reminders once on each of its days, and what has ended or was answered."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.evaluation.locking import tell_ended
from selaras.identity.actor import system
from selaras.jobs.service import enqueue
from selaras.organisation.helpdesk.telling import count_tickets, tell_answers

KIND = "remind"
EVERY = 900.0
DESK_EVERY = 300.0

# Working days are counted where the agency is; its day begins there.
_ASK = text(
    """
    SELECT NOT EXISTS (
        SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
          AND (created_at AT TIME ZONE CAST(:zone AS text))::date = CAST(:day AS date)
    )
    """
)


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put today's reminders of an agency into the post, unless they are there; whether that was done."""
    values = {"tenant": tenant_id, "kind": KIND, "zone": zone, "day": today(zone)}
    if not session.execute(_ASK, values).scalar_one():
        return False
    enqueue(session, system(tenant_id), KIND, {})
    return True


def desk(session: Session, _tenant_id: int, zone: str) -> None:
    """Tell an agency's people what closed by itself and what the operator answered; count its tickets."""
    tell_ended(session)
    tell_answers(session)
    count_tickets(session, zone)
