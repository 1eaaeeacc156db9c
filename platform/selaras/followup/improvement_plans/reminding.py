"""Reminders of the days of improvement plans, to whoever is responsible for a step."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.followup.improvement_plans.models import ImprovementAction
from selaras.organisation.reminding import LATE_FOR, Reminded, remind, step_on

_AHEAD = timedelta(days=20)
_DUE = """
    SELECT a.responsible_id AS person_id, jsonb_build_object('count', count(*)) AS params
    FROM selaras.improvement_action a
    JOIN selaras.improvement_plan plan ON plan.tenant_id = :tenant AND plan.id = a.plan_id AND plan.closed_on IS NULL
    WHERE a.tenant_id = :tenant AND a.done_on IS NULL AND a.until = CAST(:on AS date)
    GROUP BY a.responsible_id
"""


def remind_of_improvement(session: Session, asked: Reminded) -> int:
    """Whoever has a step to do whose day is near, or was not long ago."""
    near = ImprovementAction.until.between(asked.day - LATE_FOR, asked.day + _AHEAD)
    days = session.scalars(select(ImprovementAction.until).where(ImprovementAction.done_on.is_(None), near).distinct())
    told = 0
    for due in sorted(days):
        step = step_on(asked.day, due, asked.calendar)
        if step is not None:
            told += remind(session, _DUE, "improvement_due", due.isoformat(), due, step, on=due)
    return told
