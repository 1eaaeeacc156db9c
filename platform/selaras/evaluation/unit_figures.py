"""Reads: the distribution of the unit in which a person was rated, as its check found it when the outcomes were set."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.evaluation.distribution import CheckView

# The nearest unit upwards that was checked: organisation ratings are given to some units and hold for those below.
_NEAREST = text(
    """
    WITH RECURSIVE climb AS (
        SELECT CAST(:unit AS uuid) AS unit_id, 0 AS steps
        UNION ALL
        SELECT place.parent_id, climb.steps + 1
        FROM climb
        JOIN selaras.unit_placement place ON place.tenant_id = :tenant AND place.unit_id = climb.unit_id
         AND place.during @> CAST(:day AS date) AND place.parent_id IS NOT NULL
        WHERE climb.steps < 32
    )
    SELECT c.unit_id, unit.name, c.organisation_rating, c.counts, c.valid, c.trace, o.reason
    FROM climb
    JOIN selaras.distribution_check c ON c.tenant_id = :tenant AND c.unit_id = climb.unit_id
     AND c.trace->>'pooled_into' IS NULL
    JOIN selaras.outcome_batch batch ON batch.tenant_id = :tenant AND batch.id = c.batch_id
     AND batch.period_id = :period AND batch.state = 'set'
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = c.unit_id
    LEFT JOIN selaras.distribution_override o
      ON o.tenant_id = :tenant AND o.period_id = :period AND o.unit_id = c.unit_id
    ORDER BY climb.steps LIMIT 1
    """
)


def check_above(session: Session, period_id: UUID, unit_id: UUID, day: date) -> CheckView | None:
    """The check that a unit's outcomes of a period fell under, `day` being the period's last; None without one."""
    parameters: dict[str, Any] = {"tenant": tenant_of(session), "period": period_id, "unit": unit_id, "day": day}
    row = session.execute(_NEAREST, parameters).one_or_none()
    if row is None:
        return None
    return CheckView(
        unit_id=row.unit_id,
        unit_name=row.name,
        organisation_rating=row.organisation_rating,
        counts=row.counts,
        valid=row.valid,
        violations=row.trace["violations"],
        exempt=row.trace["exempt"],
        demanded=row.trace["demanded"],
        details=row.trace["details"],
        override_reason=row.reason,
    )
