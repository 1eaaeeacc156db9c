"""The dispatcher's round of the agencies: what waits for a national system is put into the post, unless paused."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.exchange.national.jobs import KIND
from selaras.identity.actor import system
from selaras.jobs.rounds import ask_daily
from selaras.jobs.service import enqueue

EVERY = 60.0

_CONNECTED = text(
    """
    SELECT stopped IS NOT NULL AND paused_until IS NULL AS waits, coalesce(paused_until > :now, false) AS paused
    FROM selaras.national_connection WHERE tenant_id = :tenant AND mode = 'primary'
    """
)
_WAITING = text(
    """
    SELECT EXISTS (SELECT FROM selaras.national_item WHERE tenant_id = :tenant
                   AND (state = 'new' OR state IN ('ready', 'sending') AND due_at <= :now))
       AND NOT EXISTS (SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
                       AND state IN ('waiting', 'running'))
    """
)


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put an agency's job into the post where something waits, and once on each day; whether that was done."""
    values = {"tenant": tenant_id, "now": now(), "kind": KIND}
    row = session.execute(_CONNECTED, values).first()
    if row is None or row.waits or row.paused:
        return False
    if session.execute(_WAITING, values).scalar_one():
        enqueue(session, system(tenant_id), KIND, {})
        return True
    # What became final overnight is written by the day's first job.
    return ask_daily(session, system(tenant_id), zone, KIND)
