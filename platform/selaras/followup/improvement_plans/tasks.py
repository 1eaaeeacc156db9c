"""What waits for a person after results: improvement plans to write, and steps that one is responsible for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task

LOOKS_BACK = timedelta(days=365)
"""How long a result that nothing follows is called to mind."""

_TO_WRITE = text(
    """
    SELECT count(*) AS people, min(result.delivered_at) AS since FROM (
        SELECT DISTINCT ON (o.period_id, o.person_id) o.person_id, o.period_id, o.outcome, b.rule_id, b.delivered_at
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set'
        JOIN selaras.reporting_line line ON line.tenant_id = :tenant AND line.person_id = o.person_id
         AND line.superior_id = :person AND line.during @> CAST(:day AS date)
        WHERE o.tenant_id = :tenant AND b.delivered_at > :after
        ORDER BY o.period_id, o.person_id, o.segment DESC, o.revision DESC
    ) result
    WHERE EXISTS (
        SELECT FROM selaras.rule_text t, jsonb_array_elements(t.description -> 'consequences') said
        WHERE t.id = result.rule_id AND said ->> 'outcome' = result.outcome AND said ->> 'code' = 'improvement')
      AND NOT EXISTS (
        SELECT FROM selaras.improvement_plan plan WHERE plan.tenant_id = :tenant AND plan.person_id = result.person_id
         AND plan.period_id = result.period_id)
      AND NOT EXISTS (
        SELECT FROM selaras.proposal p
        JOIN selaras.improvement_case c ON c.tenant_id = :tenant AND c.proposal_id = p.id
        WHERE p.tenant_id = :tenant AND p.person_id = result.person_id AND p.period_id = result.period_id)
    """
)
_MINE = text(
    """
    SELECT plan.person_id, period.code, count(*) AS steps, min(a.until) AS due, min(plan.edited_at) AS since
    FROM selaras.improvement_action a
    JOIN selaras.improvement_plan plan ON plan.tenant_id = :tenant AND plan.id = a.plan_id AND plan.closed_on IS NULL
    JOIN selaras.period period ON period.tenant_id = :tenant AND period.id = plan.period_id
    WHERE a.tenant_id = :tenant AND a.responsible_id = :person AND a.done_on IS NULL
    GROUP BY plan.person_id, period.code ORDER BY min(a.until)
    """
)


def plans_to_write(session: Session, asked: Asked) -> Iterator[Task]:
    """All results of the team that are to be improved and about which nothing is written are one task."""
    values = {"tenant": tenant_of(session), "person": asked.person_id, "day": asked.day}
    row = session.execute(_TO_WRITE, {**values, "after": asked.day - LOOKS_BACK}).one()
    if row.people:
        yield Task("improvement_to_write", asked.person_id, since=row.since, count=row.people)


def own_steps(session: Session, asked: Asked) -> Iterator[Task]:
    """The open steps of one improvement plan are one task, until the day of the first of them."""
    for row in session.execute(_MINE, {"tenant": tenant_of(session), "person": asked.person_id}):
        params = {"person_id": str(row.person_id), "period": row.code}
        yield Task("improvement_steps", row.person_id, params, due=row.due, since=row.since, count=row.steps)


SOURCES = (
    Source(frozenset({"improvement_to_write"}), frozenset({Permission.RATE_TEAM}), plans_to_write),
    Source(frozenset({"improvement_steps"}), frozenset({Permission.SEE_OWN, Permission.RATE_TEAM}), own_steps),
)
