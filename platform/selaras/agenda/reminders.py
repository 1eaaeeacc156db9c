"""Reminding an agency's people of last days: every capability says whom, set-based."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy.orm import Session

from selaras.calendar.queries import office_calendar
from selaras.clock import today
from selaras.evaluation import reminding as evaluation
from selaras.followup.improvement_plans.reminding import remind_of_improvement
from selaras.jobs.context import Handler, JobContext
from selaras.monitoring.coaching import remind_of_follow_ups
from selaras.monitoring.survey.reminding import remind_of_surveys
from selaras.organisation.reminding import Reminded, Reminder
from selaras.planning import reminding as planning
from selaras.regulation import Registry
from selaras.tenancy.queries import agency, rules_on

# A capability's reminders are added here; what they say gets its words in `notices/words.py`.
REMINDERS: Final[dict[str, Reminder]] = {
    "plans": planning.remind_of_plans,
    "progress": evaluation.remind_of_progress,
    "follow_ups": remind_of_follow_ups,
    "surveys": remind_of_surveys,
    "ratings": evaluation.remind_of_ratings,
    "answers": evaluation.remind_of_answers,
    "improvement": remind_of_improvement,
    "superiors": evaluation.tell_of_expired,
}


def remind_all(session: Session, asked: Reminded) -> dict[str, int]:
    """Tell everybody what is due; returns how many were told of what. Told again on the same day: nobody."""
    return {name: one(session, asked) for name, one in REMINDERS.items()}


def handler(registry: Registry) -> Handler:
    """The handler of this process."""

    def run(context: JobContext) -> dict[str, Any]:
        """One agency's reminders of today."""
        with context.transaction() as session:
            return remind_all(session, asked_on(session, context.tenant_id, registry))

    return run


def asked_on(session: Session, tenant_id: int, registry: Registry) -> Reminded:
    """Today at an agency, with its law."""
    whose = agency(session, tenant_id)
    return Reminded(
        today(whose.time_zone),
        whose.time_zone,
        cache(lambda on: rules_on(session, whose, on, registry)),
        registry,
        office_calendar(session),
    )
