"""Who stands against whom in the objections that are running: for whoever must not ask one about the other."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

_PARTIES = text(
    """
    SELECT DISTINCT least(c.person_id, other.id) AS one, greatest(c.person_id, other.id) AS two
    FROM selaras.objection_case c
    JOIN selaras.outcome o ON o.tenant_id = :tenant AND o.period_id = c.period_id AND o.person_id = c.person_id
      AND o.segment = c.segment AND o.revision = c.revision
    CROSS JOIN LATERAL (VALUES (o.appraiser_id), (c.decider_id)) AS other (id)
    WHERE c.tenant_id = :tenant AND c.withdrawn_at IS NULL AND other.id <> c.person_id
      AND NOT EXISTS (
        SELECT FROM selaras.objection_decision d WHERE d.tenant_id = :tenant AND d.period_id = c.period_id
          AND d.person_id = c.person_id AND d.segment = c.segment AND d.revision = c.revision)
    """
)


def running_parties(session: Session) -> frozenset[tuple[UUID, UUID]]:
    """Pairs of people between whom an objection is running: who objected, with the appraiser and with who decides."""
    return frozenset((row.one, row.two) for row in session.execute(_PARTIES, {"tenant": tenant_of(session)}))
