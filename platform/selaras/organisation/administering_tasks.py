"""What waits for whoever administers the agency: identity providers that must be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task

PATIENCE = timedelta(days=1)
"""How long a provider may be away before an administrator is told."""

_TO_LOOK_AT = text(
    """
    SELECT count(*) AS providers, min(coalesce(proposed_at, away_since, checked_at)) AS since
    FROM selaras.identity_provider
    WHERE tenant_id = :tenant AND state = 'active'
      AND (proposed IS NOT NULL OR away_since < :long_ago
           OR (away_since IS NULL AND checks @> CAST('[{"state": "bad"}]' AS jsonb)))
    """
)


def providers_to_look_at(session: Session, asked: Asked) -> Iterator[Task]:
    """Providers that publish something else, fail a check, or have been away for a day, are one task."""
    values = {"tenant": tenant_of(session), "long_ago": now() - PATIENCE}
    found = session.execute(_TO_LOOK_AT, values).one()
    if found.providers:
        yield Task("providers_to_look_at", asked.person_id, since=found.since, count=found.providers)


SOURCES = (
    Source(
        frozenset({"providers_to_look_at"}), frozenset({Permission.MANAGE_SIGN_IN}), providers_to_look_at, office=True
    ),
)
