"""The dispatcher's round of the agencies: once a day what an agency's providers publish is fetched anew."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.identity.actor import system
from selaras.jobs.rounds import ask_daily

KIND = "renew_providers"
EVERY = 3_600.0

_HAS_PROVIDER = text(
    "SELECT EXISTS (SELECT FROM selaras.identity_provider WHERE tenant_id = :tenant AND state = 'active')"
)


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put today's job of an agency into the post, unless it is there or there is no provider; whether that was done."""
    has_provider = session.execute(_HAS_PROVIDER, {"tenant": tenant_id}).scalar_one()
    return bool(has_provider) and ask_daily(session, system(tenant_id), zone, KIND)
