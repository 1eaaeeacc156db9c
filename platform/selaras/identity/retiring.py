"""Retiring a provider: nobody signs in by it any more, and what was begun by it ends at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import once_kept
from selaras.errors import Conflict
from selaras.identity.actor import Actor
from selaras.identity.models import IdentityProvider
from selaras.identity.provider_queries import agency_of, locked_out
from selaras.identity.renewing import locked, noted
from selaras.identity.sessions import LONGEST, SessionStore


def retire(session: Session, sessions: SessionStore, actor: Actor, provider_id: UUID) -> int:
    """Nobody signs in by it any more; how many have signed in by no other. `Conflict` for the last working way in.

    Sessions that were begun by it end once this is kept, the administrator's own among them.
    """
    row = locked(session, provider_id)
    if row.state == "retired":
        return 0
    lost = locked_out(session, provider_id)
    if row.state == "active":
        _refuse_last(row, others=lost.others, admins=lost.admins)
    row.state, row.retired_at, row.tested = "retired", now(), None
    row.proposed, row.proposed_at, row.away_since = None, None, None
    session.flush()
    noted(session, actor, "provider.retire", row, only_here=lost.people)
    _sign_out(session, sessions, provider_id)
    return lost.people


def sign_out_retired(session: Session, sessions: SessionStore) -> None:
    """The same once more for providers retired while a session could still run: Redis may have been away then."""
    recent = select(IdentityProvider.id).where(
        IdentityProvider.state == "retired", IdentityProvider.retired_at > now() - LONGEST - timedelta(hours=1)
    )
    for provider_id in session.scalars(recent):
        _sign_out(session, sessions, provider_id)


def _sign_out(session: Session, sessions: SessionStore, provider_id: UUID) -> None:
    whose = agency_of(session)
    once_kept(session, lambda: _end(sessions, whose, provider_id))


def _end(sessions: SessionStore, whose: UUID, provider_id: UUID) -> None:
    sessions.end_of_provider(whose, provider_id)


def _refuse_last(row: IdentityProvider, *, others: int, admins: int) -> None:
    if not others:
        raise Conflict(
            "provider.last",
            "“{name}” is the only provider that is switched on: without it nobody could sign in any more. Switch "
            "another one on first.",
            name=row.name.get("id", ""),
        )
    if not admins:
        raise Conflict(
            "provider.no_admin_elsewhere",
            "“{name}” cannot be retired yet: no administrator of the agency has signed in by another provider that is "
            "switched on. Sign in by the other one first.",
            name=row.name.get("id", ""),
        )
