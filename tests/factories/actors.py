"""Who acts in tests of services."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.actor import Actor, system


def whole(session: Session) -> Actor:
    """Whoever may see everything of the session's agency."""
    return system(tenant_of(session))
