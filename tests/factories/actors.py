"""Who acts in tests of services."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.service import ensure_account


def whole(session: Session) -> Actor:
    """Whoever may see everything of the session's agency."""
    return system(tenant_of(session))


def appraiser_of(session: Session, person_id: UUID) -> Actor:
    """Somebody with an account of their own who appraises."""
    account = ensure_account(session, f"{person_id}@tests", "Akun penilai")
    roles = frozenset({Role.APPRAISER.value})
    return Actor(tenant_of(session), account, "Penilai", roles, permissions_of(roles), person_id=person_id)
