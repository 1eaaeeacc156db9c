"""The dispatcher's round of the agencies: once a day what an agency's providers publish is fetched anew."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.identity.actor import system
from selaras.jobs.service import enqueue

KIND = "renew_providers"
EVERY = 3_600.0

_ASK = text(
    """
    SELECT EXISTS (SELECT FROM selaras.identity_provider WHERE tenant_id = :tenant AND state = 'active')
       AND NOT EXISTS (
        SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
          AND (created_at AT TIME ZONE CAST(:zone AS text))::date = CAST(:day AS date)
    )
    """
)


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put today's job of an agency into the post, unless it is there or there is no provider; whether that was done."""
    values = {"tenant": tenant_id, "kind": KIND, "zone": zone, "day": today(zone)}
    if not session.execute(_ASK, values).scalar_one():
        return False
    enqueue(session, system(tenant_id), KIND, {})
    return True
