"""Reminders in evaluation: results without progress, people to rate, and the end of the time to object."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.evaluation.queries import PeriodView, periods
from selaras.organisation.reminding import Reminded, remind, step_on
from selaras.organisation.tasks import legal_day
from selaras.tenancy.legal_clock import legal_clock

# How long before a period ends progress is looked for at all.
AHEAD = timedelta(days=20)

_SILENT = """
    SELECT plan.person_id, jsonb_build_object('period', CAST(:of AS text), 'count', count(*)) AS params
    FROM selaras.plan plan
    JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.plan_id = plan.id
    WHERE plan.tenant_id = :tenant AND plan.state = 'agreed' AND plan.year = extract(year FROM CAST(:ends AS date))
      AND daterange(plan.starts, plan.ends, '[]') && daterange(CAST(:starts AS date), CAST(:ends AS date), '[]')
      AND NOT EXISTS (SELECT FROM selaras.progress done WHERE done.tenant_id = :tenant AND done.item_id = item.id
                       AND done.on_day BETWEEN CAST(:starts AS date) AND CAST(:ends AS date))
      AND NOT EXISTS (SELECT FROM selaras.activity said WHERE said.tenant_id = :tenant AND said.item_id = item.id
                       AND said.on_day BETWEEN CAST(:starts AS date) AND CAST(:ends AS date))
    GROUP BY plan.person_id
"""
_UNRATED = """
    SELECT line.superior_id AS person_id,
           jsonb_build_object('period', CAST(:of AS text), 'count', count(DISTINCT line.person_id)) AS params
    FROM selaras.reporting_line line
    JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = line.person_id
     AND held.kind = 'definitive' AND held.during @> CAST(:ends AS date)
    WHERE line.tenant_id = :tenant AND line.during @> CAST(:ends AS date) AND line.superior_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM selaras.rating given WHERE given.tenant_id = :tenant
                       AND given.period_id = :period AND given.person_id = line.person_id)
    GROUP BY line.superior_id
"""
_UNANSWERED = """
    SELECT o.person_id, jsonb_build_object('period', CAST(:of AS text)) AS params
    FROM selaras.outcome o
    WHERE o.tenant_id = :tenant AND o.batch_id = :batch
      AND NOT EXISTS (SELECT FROM selaras.outcome_event e WHERE e.tenant_id = :tenant AND e.period_id = o.period_id
                       AND e.person_id = o.person_id AND e.segment = o.segment AND e.revision = o.revision
                       AND e.state IN ('accepted', 'objected', 'final'))
    GROUP BY o.person_id
"""
_EXPIRED = text(
    """
    WITH over AS (
        UPDATE selaras.superior_proposal SET state = 'expired', settled_at = :at
        WHERE tenant_id = :tenant AND state = 'open' AND expires_on < CAST(:day AS date) RETURNING id, person_id
    )
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params, created_at)
    SELECT :tenant, over.person_id, 'superior_expired', over.id, jsonb_build_object('proposal', over.id), :at
    FROM over ON CONFLICT DO NOTHING
    """
)
_DELIVERED = text(
    """
    SELECT b.id, b.delivered_at, p.code, t.description -> 'objection' AS clock
    FROM selaras.outcome_batch b
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = b.period_id
    JOIN selaras.rule_text t ON t.id = b.rule_id
    WHERE b.tenant_id = :tenant AND b.state = 'set' AND b.delivered_at > :since
    """
)


def remind_of_progress(session: Session, asked: Reminded) -> int:
    """Everybody with an agreed result on which nothing was entered in an open period that is about to end."""
    near = [one for one in periods(session) if one.state == "open" and one.ends - AHEAD <= asked.day <= one.ends]
    return sum(_about(session, asked, _SILENT, "progress_due", one, one.ends) for one in near)


def remind_of_ratings(session: Session, asked: Reminded) -> int:
    """Everybody who appraised, on the last day of an open period that is over, people who have no rating yet.

    The year's evaluation has a last day by the law; of a shorter period they are told once, when it is over.
    """
    over = [one for one in periods(session) if one.state == "open" and one.ends < asked.day]
    return sum(_about(session, asked, _UNRATED, "ratings_due", one, _last_day(asked, one)) for one in over)


def remind_of_answers(session: Session, asked: Reminded) -> int:
    """Everybody whose time to object to a result is about to end, and who has neither accepted nor objected."""
    told = 0
    values = {"tenant": tenant_of(session), "since": asked.day - timedelta(days=60)}
    clock = legal_clock(session)
    for row in session.execute(_DELIVERED, values).all():
        until = clock.until(row.delivered_at, row.clock, asked.calendar)
        step = step_on(asked.day, until, asked.calendar)
        if step in ("soon", "last"):
            told += remind(session, _UNANSWERED, "answer_due", str(row.id), until, step, batch=row.id, of=row.code)
    return told


def tell_of_expired(session: Session, asked: Reminded) -> int:
    """Whoever proposed another superior and got no answer in time is told that it is over, and can propose anew."""
    values = {"tenant": tenant_of(session), "day": asked.day, "at": now()}
    return int(session.execute(_EXPIRED, values).rowcount)  # type: ignore[attr-defined]  # a cursor result


def _about(session: Session, asked: Reminded, whom: str, code: str, period: PeriodView, due: date | None) -> int:
    step = step_on(asked.day, due, asked.calendar) if due else "over"
    if step is None:
        return 0
    values = {"period": period.id, "starts": period.starts, "ends": period.ends}
    held = {name: value for name, value in values.items() if f":{name}" in whom}
    return remind(session, whom, code, str(period.id), due, step, of=period.code, **held)


def _last_day(asked: Reminded, period: PeriodView) -> date | None:
    if period.kind != "year":
        return None
    try:
        return legal_day(asked.law(period.ends), ("appraisal", "report"), period.ends)[0]
    except NotFound:
        return None
