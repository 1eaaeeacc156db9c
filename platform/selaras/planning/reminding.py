"""Reminders of the day by which plans are set: to whoever has not handed one in, and to whoever must decide on one."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.organisation.reminding import Reminded, remind, step_on
from selaras.organisation.tasks import legal_day

_NOT_SUBMITTED = """
    SELECT a.person_id, jsonb_build_object('year', CAST(:year AS integer)) AS params
    FROM selaras.appointment a
    WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
      AND NOT EXISTS (SELECT FROM selaras.plan p WHERE p.tenant_id = :tenant AND p.person_id = a.person_id
                       AND p.year = :year AND p.state <> 'draft')
    GROUP BY a.person_id
"""
_NOT_DECIDED = """
    SELECT p.appraiser_id AS person_id, jsonb_build_object('year', CAST(:year AS integer), 'count', count(*)) AS params
    FROM selaras.plan p
    WHERE p.tenant_id = :tenant AND p.year = :year AND p.state = 'submitted' AND p.appraiser_id IS NOT NULL
    GROUP BY p.appraiser_id
"""


def remind_of_plans(session: Session, asked: Reminded) -> int:
    """Everybody whose plan of the year is not handed in, and everybody on whose decision one waits."""
    year = asked.day.year
    try:
        due, _article = legal_day(asked.law(date(year, 12, 31)), ("plan",), date(year, 12, 31))
    except NotFound:
        return 0
    step = step_on(asked.day, due, asked.calendar) if due else None
    if step is None:
        return 0
    values = {"year": year, "day": asked.day}
    told = remind(session, _NOT_SUBMITTED, "plan_due", str(year), due, step, **values)
    return told + remind(session, _NOT_DECIDED, "plans_to_decide_due", str(year), due, step, year=year)
