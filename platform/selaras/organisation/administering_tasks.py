"""What waits for whoever administers the agency: providers that must be looked at, new administrators."""

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


_TO_ANSWER = text(
    """
    SELECT count(*) AS requests, min(asked_at) AS since FROM selaras.role_request
    WHERE tenant_id = :tenant AND answer IS NULL AND expires_at > :now AND :account NOT IN (asked_by, account_id)
    """
)


def roles_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Requests of other administrators that somebody be made one, too, are one task."""
    if asked.actor.account_id is None or not asked.actor.holds_whole(Permission.GRANT_ROLES):
        return
    values = {"tenant": tenant_of(session), "now": now(), "account": asked.actor.account_id}
    found = session.execute(_TO_ANSWER, values).one()
    if found.requests:
        yield Task("roles_to_answer", asked.person_id, since=found.since, count=found.requests)


SOURCES = (
    Source(frozenset({"roles_to_answer"}), frozenset({Permission.GRANT_ROLES}), roles_to_answer, office=True),
    Source(
        frozenset({"providers_to_look_at"}), frozenset({Permission.MANAGE_SIGN_IN}), providers_to_look_at, office=True
    ),
)
