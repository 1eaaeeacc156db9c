"""The dispatcher's round of the agencies: once on each of its days an agency's people are reminded of last days."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.identity.actor import system
from selaras.jobs.service import enqueue

KIND = "remind"
EVERY = 900.0

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
