"""The agency's own figures on how it manages performance in a year: counts of people, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

_FIGURES = text(
    """
    WITH serving AS (
        SELECT DISTINCT a.person_id FROM selaras.appointment a
        WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    ), planned AS (
        SELECT DISTINCT p.person_id, p.agreed_at FROM selaras.plan p
        JOIN serving s ON s.person_id = p.person_id
        JOIN selaras.plan_item i ON i.tenant_id = :tenant AND i.plan_id = p.id
        WHERE p.tenant_id = :tenant AND p.year = :year AND p.state = 'agreed'
    ), rated AS (
        SELECT o.person_id, p.kind, p.id FROM selaras.period p
        JOIN selaras.outcome o ON o.tenant_id = :tenant AND o.period_id = p.id
        JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set'
        JOIN serving s ON s.person_id = o.person_id
        WHERE p.tenant_id = :tenant AND p.ends BETWEEN :first AND :last
    ), periodic AS (
        SELECT count(DISTINCT id) AS periods FROM rated WHERE kind <> 'year'
    ), objected AS (
        SELECT e.person_id, e.period_id, d.id FROM selaras.outcome_event e
        JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = e.period_id AND p.ends BETWEEN :first AND :last
        LEFT JOIN selaras.objection_decision d ON d.tenant_id = :tenant AND d.person_id = e.person_id
          AND d.period_id = e.period_id AND d.revision = e.revision
        WHERE e.tenant_id = :tenant AND e.state = 'objected'
    ), followed AS (
        SELECT q.kind, q.state FROM selaras.proposal q
        JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = q.period_id AND p.ends BETWEEN :first AND :last
        WHERE q.tenant_id = :tenant
    )
    SELECT (SELECT count(*) FROM serving) AS people,
           (SELECT count(DISTINCT person_id) FROM planned) AS with_plan,
           (SELECT count(DISTINCT person_id) FROM planned
             WHERE (agreed_at AT TIME ZONE :zone)::date <= CAST(:plan_day AS date)) AS plan_on_time,
           (SELECT count(DISTINCT person_id) FROM rated WHERE kind = 'year') AS evaluated_yearly,
           (SELECT count(*) FROM (
               SELECT person_id FROM rated WHERE kind <> 'year' GROUP BY person_id
               HAVING count(DISTINCT id) = (SELECT periods FROM periodic)
             ) every) AS evaluated_periodically,
           (SELECT periods FROM periodic) AS periodic_periods,
           (SELECT count(DISTINCT p.person_id) FROM selaras.progress g
             JOIN selaras.plan_item i ON i.tenant_id = :tenant AND i.id = g.item_id
             JOIN selaras.plan p ON p.tenant_id = :tenant AND p.id = i.plan_id
             JOIN serving s ON s.person_id = p.person_id
             WHERE g.tenant_id = :tenant AND g.on_day BETWEEN :first AND :last) AS with_progress,
           (SELECT count(DISTINCT f.person_id) FROM selaras.feedback f JOIN serving s ON s.person_id = f.person_id
             WHERE f.tenant_id = :tenant AND f.on_day BETWEEN :first AND :last) AS with_feedback,
           (SELECT count(*) FROM objected) AS objections,
           (SELECT count(id) FROM objected) AS objections_decided,
           (SELECT count(*) FROM followed WHERE state IN ('decided', 'carried_out')) AS follow_ups_decided,
           (SELECT count(*) FROM followed) AS follow_ups_proposed,
           (SELECT count(*) FROM selaras.improvement_case c WHERE c.tenant_id = :tenant
             AND c.opened_on BETWEEN :first AND :last) AS improvement_cases
    """
)
SHARES = ("with_plan", "plan_on_time", "evaluated_yearly", "evaluated_periodically")


@dataclass(frozen=True)
class Figures:
    """Counts of the year: people who serve at its end (or today), and how many of them have what."""

    people: int
    with_plan: int
    plan_on_time: int
    evaluated_yearly: int
    evaluated_periodically: int
    periodic_periods: int
    with_progress: int
    with_feedback: int
    objections: int
    objections_decided: int
    follow_ups_decided: int
    follow_ups_proposed: int
    improvement_cases: int

    def shares(self) -> dict[str, float]:
        """The answers that the figures already give, in percent of the people; empty without people."""
        if not self.people:
            return {}
        return {name: getattr(self, name) * 100 / self.people for name in SHARES}


def figures(session: Session, year: int, today: date, plan_day: date, zone: str) -> Figures:
    """The agency's figures of a year in one statement; of a year that still runs, as of today."""
    last = date(year, 12, 31)
    values = {
        "tenant": tenant_of(session),
        "year": year,
        "first": date(year, 1, 1),
        "last": last,
        "day": min(last, today),
        "plan_day": plan_day,
        "zone": zone,
    }
    return Figures(*session.execute(_FIGURES, values).one())
