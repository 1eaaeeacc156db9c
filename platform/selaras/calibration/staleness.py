"""What is out of date about somebody who is spoken of: a rating that moved on, evidence that came later or lacks."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calibration.queries import MeetingView
from selaras.db.session import tenant_of


class Stale(StrEnum):
    """Why one should look again before speaking of somebody."""

    RATED_SINCE = "rated_since"
    EVIDENCE_SINCE = "evidence_since"
    NO_EVIDENCE = "no_evidence"


_STALE = text(
    """
    WITH spoken AS (
        SELECT c.person_id, c.rated_at, p.id AS period_id, p.starts, p.ends
        FROM selaras.calibration_case c
        JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = c.period_id
        WHERE c.tenant_id = :tenant AND c.meeting_id = :meeting AND c.person_id = ANY(:people)
    ), held AS (
        SELECT s.person_id, max(e.made_at) AS latest
        FROM spoken s
        JOIN selaras.activity a ON a.tenant_id = :tenant AND a.person_id = s.person_id
         AND a.on_day BETWEEN s.starts AND s.ends
        JOIN selaras.evidence e ON e.tenant_id = :tenant AND e.activity_id = a.id
        GROUP BY 1
    ), noted AS (
        SELECT DISTINCT s.person_id
        FROM spoken s
        JOIN selaras.plan plan ON plan.tenant_id = :tenant AND plan.person_id = s.person_id
         AND plan.year = extract(year FROM s.ends)
        JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.plan_id = plan.id
        JOIN selaras.progress done ON done.tenant_id = :tenant AND done.item_id = item.id
         AND done.on_day BETWEEN s.starts AND s.ends AND done.evidence IS NOT NULL
    )
    SELECT s.person_id,
           bool_or(r.rated_at > s.rated_at) AS rated_since,
           bool_or(coalesce(held.latest > s.rated_at, false)) AS evidence_since,
           bool_and(held.person_id IS NULL AND noted.person_id IS NULL) AS no_evidence
    FROM spoken s
    LEFT JOIN selaras.rating r ON r.tenant_id = :tenant AND r.period_id = s.period_id AND r.person_id = s.person_id
    LEFT JOIN held ON held.person_id = s.person_id
    LEFT JOIN noted ON noted.person_id = s.person_id
    GROUP BY 1
    """
)


def stale(session: Session, meeting: MeetingView, people: Collection[UUID]) -> dict[UUID, frozenset[Stale]]:
    """Person → what is out of date, for those of `people` of whom something is; one statement."""
    if not people:
        return {}
    values = {"tenant": tenant_of(session), "meeting": meeting.id, "people": list(people)}
    found = {
        row.person_id: frozenset(one for one in Stale if getattr(row, one.value))
        for row in session.execute(_STALE, values)
    }
    return {person: why for person, why in found.items() if why}
