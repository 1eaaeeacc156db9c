"""The figures of a finished close: for its own overview, and without any person's key for the console."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.closing.models import Close, CloseSummary
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView
from selaras.regulation import Rules

EMPLOYMENT = """coalesce(a.employment, (
               SELECT s.employment FROM selaras.segment s
               WHERE s.tenant_id = :tenant AND s.period_id = :period AND s.person_id = o.person_id
               ORDER BY s.number DESC LIMIT 1))"""
"""Under which employment an outcome `o` counts: that of the last day (`a`), or of who had left by then, the last."""

_OUTCOMES = text(
    f"""
    INSERT INTO selaras.outcome_summary (tenant_id, period_code, employment, outcome, people)
    SELECT o.tenant_id, :code, {EMPLOYMENT}, o.outcome, count(*)
    FROM selaras.outcome o
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = o.tenant_id AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> :day
    WHERE o.tenant_id = :tenant AND o.period_id = :period AND o.batch_id = :batch
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (tenant_id, period_code, employment, outcome) DO UPDATE SET people = excluded.people
    """  # noqa: S608  # our own text
)

_FIGURES = text(
    """
    SELECT (SELECT jsonb_object_agg(outcome, people) FROM (
                SELECT outcome, sum(people)::int AS people FROM selaras.outcome_summary
                WHERE tenant_id = :tenant AND period_code = :code GROUP BY 1) counted) AS counts,
           (SELECT count(*) FROM selaras.distribution_check WHERE tenant_id = :tenant AND batch_id = :batch) AS units,
           (SELECT count(*) FROM selaras.distribution_check
             WHERE tenant_id = :tenant AND batch_id = :batch AND NOT valid) AS breaches,
           (SELECT count(*) FROM selaras.distribution_override
             WHERE tenant_id = :tenant AND period_id = :period) AS overrides,
           (SELECT coalesce(sum(r.base), 0) FROM selaras.remuneration r
             WHERE r.tenant_id = :tenant AND r.period_id = :period) AS pay_base,
           (SELECT coalesce(sum(r.amount), 0) FROM selaras.remuneration r
             WHERE r.tenant_id = :tenant AND r.period_id = :period) AS pay_amount,
           (SELECT coalesce(sum(seconds), 0) FROM selaras.close_stage
             WHERE tenant_id = :tenant AND close_id = :close) AS seconds
    """
)


def write_summary(session: Session, close: Close, period: PeriodView, rules: Rules, batch_id: UUID) -> dict[str, Any]:
    """Write both summaries; returns the figures (counts per outcome, units, breaches, overrides, pay, seconds)."""
    parameters = {
        "tenant": tenant_of(session),
        "code": period.code,
        "period": period.id,
        "batch": batch_id,
        "close": close.id,
        "day": period.ends,
    }
    session.execute(_OUTCOMES, parameters)
    row = session.execute(_FIGURES, parameters).one()
    counts: dict[str, int] = row.counts or {}
    evaluated = sum(counts.values())
    values = {
        "regulation": rules.code,
        "people": close.figures["people"],
        "evaluated": evaluated,
        "units": row.units,
        "breaches": row.breaches,
        "overrides": row.overrides,
        "pay_base": row.pay_base,
        "pay_amount": row.pay_amount,
        "seconds": row.seconds,
        "set_at": close.finished_at,
    }
    statement = insert(CloseSummary).values(tenant_id=tenant_of(session), period_code=period.code, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "period_code"], set_=values))
    return {
        "counts": counts,
        "outcomes": evaluated,
        "units": row.units,
        "breaches": row.breaches,
        "overrides": row.overrides,
        "pay_base": str(row.pay_base),
        "pay_amount": str(row.pay_amount),
        "seconds": row.seconds,
    }
