"""Reads: a few people whom a demonstration offers to be, each where most can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

# The first by name of those who lead a middling team, and the first of that team: enough to see both sides.
_OFFERED = text(
    """
    WITH lead AS (
        SELECT line.superior_id AS id, count(*) AS team,
               (array_agg(line.person_id ORDER BY line.person_id))[1] AS member
        FROM selaras.reporting_line line
        WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date)
          AND NOT EXISTS (
            SELECT 1 FROM selaras.reporting_line below
            WHERE below.tenant_id = :tenant AND below.superior_id = line.person_id
              AND below.during @> CAST(:day AS date)
          )
        GROUP BY line.superior_id ORDER BY abs(count(*) - 6), line.superior_id LIMIT 1
    )
    SELECT p.id, p.name, coalesce(post.title, '') AS post, p.id = lead.id AS has_team
    FROM lead
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id IN (lead.id, lead.member)
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = :tenant AND a.person_id = p.id AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    LEFT JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = a.position_id
    ORDER BY has_team DESC
    """
)


@dataclass(frozen=True)
class Offered:
    """A person with their post of the day, and whether they have a team."""

    person_id: UUID
    name: str
    post: str
    has_team: bool


def offered(session: Session, day: date) -> list[Offered]:
    """Somebody who appraises a team of people without teams, and one of that team; empty without reporting lines."""
    rows = session.execute(_OFFERED, {"tenant": tenant_of(session), "day": day})
    return [Offered(row.id, row.name, row.post, row.has_team) for row in rows]
