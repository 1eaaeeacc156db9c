"""Counting a period once for everybody who asks: by unit with everything below, and by appraiser. Set-based."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.agenda.models import FunnelCount
from selaras.agenda.standing import EVERYBODY
from selaras.clock import now
from selaras.db.bulk import set_based
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView

_STAFF = """
    CREATE TEMPORARY TABLE funnel_staff ON COMMIT DROP AS
    WITH staff AS (
        SELECT a.person_id, a.unit_id FROM selaras.appointment a
        WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    )
"""
_STANDING = _STAFF + EVERYBODY + " SELECT * FROM standing"  # noqa: S608  # our own text
# Every unit with each unit above it, itself included: a person counts once in each of them.
_UNITS = """
    WITH RECURSIVE place AS MATERIALIZED (
        SELECT unit_id, parent_id FROM selaras.unit_placement
        WHERE tenant_id = :tenant AND during @> CAST(:day AS date)
    ), above AS (
        SELECT unit_id, unit_id AS top FROM place
        UNION
        SELECT above.unit_id, place.parent_id FROM above JOIN place ON place.unit_id = above.top
        WHERE place.parent_id IS NOT NULL
    ), own AS (
        SELECT unit_id, count(*) AS people, count(plan_state) AS planned,
               count(*) FILTER (WHERE plan_state = 'submitted') AS submitted,
               count(*) FILTER (WHERE plan_state = 'agreed') AS agreed,
               count(*) FILTER (WHERE logged) AS logged, count(*) FILTER (WHERE rated) AS rated,
               count(*) FILTER (WHERE delivered) AS delivered, count(*) FILTER (WHERE accepted) AS accepted,
               count(*) FILTER (WHERE objected) AS objected
        FROM funnel_staff GROUP BY unit_id
    ), children AS (SELECT parent_id, count(*) AS below FROM place GROUP BY parent_id)
    INSERT INTO selaras.funnel_unit (tenant_id, period_id, unit_id, parent_id, below, people, planned, submitted,
        agreed, logged, rated, delivered, accepted, objected)
    SELECT :tenant, :period, place.unit_id, place.parent_id, coalesce(children.below, 0), sum(own.people),
           sum(own.planned), sum(own.submitted), sum(own.agreed), sum(own.logged), sum(own.rated),
           sum(own.delivered), sum(own.accepted), sum(own.objected)
    FROM place
    JOIN above ON above.top = place.unit_id
    JOIN own ON own.unit_id = above.unit_id
    LEFT JOIN children ON children.parent_id = place.unit_id
    GROUP BY place.unit_id, place.parent_id, children.below
"""
_APPRAISERS = """
    INSERT INTO selaras.funnel_appraiser (tenant_id, period_id, person_id, unit_id, plans, plans_since, ratings)
    SELECT :tenant, :period, line.superior_id, held.unit_id,
           count(*) FILTER (WHERE s.plan_state = 'submitted'),
           min(s.submitted_at) FILTER (WHERE s.plan_state = 'submitted'),
           count(*) FILTER (WHERE :over AND NOT s.rated)
    FROM funnel_staff s
    JOIN selaras.reporting_line line ON line.tenant_id = :tenant AND line.person_id = s.person_id
     AND line.during @> CAST(:day AS date)
    LEFT JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = line.superior_id
     AND held.kind = 'definitive' AND held.during @> CAST(:day AS date)
    WHERE s.plan_state = 'submitted' OR (:over AND NOT s.rated)
    GROUP BY line.superior_id, held.unit_id
"""
_CLEAR = ("funnel_unit", "funnel_appraiser")


def count(session: Session, period: PeriodView, today: date) -> float:
    """Count a period anew and keep it; two at once count one after the other. Returns the seconds it took.

    Of an open period everybody counts who is in service today, of one that is over those of its last day.
    """
    began = time.perf_counter()
    row = _locked(session, period)
    values = _values(session, period, today)
    for table in _CLEAR:
        session.execute(
            text(f"DELETE FROM selaras.{table} WHERE tenant_id = :tenant AND period_id = :period"),  # noqa: S608  # ours
            values,
        )
    session.execute(text("DROP TABLE IF EXISTS pg_temp.funnel_staff"))
    with set_based(session):
        session.execute(text(_STANDING), values)
        session.execute(text("ANALYZE funnel_staff"))
        for statement in (_UNITS, _APPRAISERS):
            session.execute(text(statement), values)
    session.execute(text("DROP TABLE pg_temp.funnel_staff"))
    row.counted_at, row.seconds = now(), time.perf_counter() - began
    session.flush()
    return row.seconds


def _locked(session: Session, period: PeriodView) -> FunnelCount:
    session.execute(
        insert(FunnelCount).values(tenant_id=tenant_of(session), period_id=period.id).on_conflict_do_nothing()
    )
    return session.scalars(select(FunnelCount).where(FunnelCount.period_id == period.id).with_for_update()).one()


def _values(session: Session, period: PeriodView, today: date) -> Mapping[str, object]:
    return {
        "tenant": tenant_of(session),
        "period": period.id,
        "year": period.ends.year,
        "starts": period.starts,
        "ends": period.ends,
        "day": min(today, period.ends),
        "over": today >= period.ends and period.state == "open",
    }
