"""What waits for a person in evaluation: results without progress, people to rate, one's own result, and proposals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.evaluation.lock_queries import may_approve, unlocks
from selaras.evaluation.locking import APPROVERS
from selaras.evaluation.queries import history
from selaras.evaluation.rules import OutcomeState
from selaras.evaluation.superior_queries import proposals
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task, legal_day

# How long before a period ends one is told what is still missing in it.
AHEAD = timedelta(days=14)

# Of the period that is under way or over and not yet closed: agreed results on which nothing was entered within it.
_SILENT = text(
    """
    SELECT p.code, p.id, p.ends, count(*) AS results
    FROM selaras.period p
    JOIN selaras.plan plan ON plan.tenant_id = :tenant AND plan.person_id = :person AND plan.state = 'agreed'
     AND plan.year = extract(year FROM p.ends)
     AND daterange(plan.starts, plan.ends, '[]') && daterange(p.starts, p.ends, '[]')
    JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.plan_id = plan.id
    WHERE p.tenant_id = :tenant AND p.state = 'open' AND p.starts <= :day AND p.ends <= :horizon
      AND (item.stopped_on IS NULL OR item.stopped_on > p.ends)
      AND NOT EXISTS (SELECT FROM selaras.progress done WHERE done.tenant_id = :tenant AND done.item_id = item.id
                       AND done.on_day BETWEEN p.starts AND p.ends)
      AND NOT EXISTS (SELECT FROM selaras.activity said WHERE said.tenant_id = :tenant AND said.item_id = item.id
                       AND said.on_day BETWEEN p.starts AND p.ends)
    GROUP BY p.code, p.id, p.ends ORDER BY p.ends LIMIT 1
    """
)
# Of every open period that is over: those whom the person appraised on its last day, or acts for, without a rating.
_UNRATED = text(
    """
    SELECT p.code, p.id, p.kind, p.ends, count(DISTINCT line.person_id) AS people
    FROM selaras.period p
    JOIN selaras.reporting_line line ON line.tenant_id = :tenant AND line.during @> p.ends
     AND (line.superior_id = :person OR line.person_id = ANY(:others))
    JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = line.person_id
     AND held.kind = 'definitive' AND held.during @> p.ends
    WHERE p.tenant_id = :tenant AND p.state = 'open' AND p.ends <= :day
      AND NOT EXISTS (SELECT FROM selaras.rating given WHERE given.tenant_id = :tenant
                       AND given.period_id = p.id AND given.person_id = line.person_id)
    GROUP BY p.code, p.id, p.kind, p.ends ORDER BY p.ends
    """
)


def silent_results(session: Session, asked: Asked) -> Iterator[Task]:
    """Results of one's agreed plan on which nothing was entered in the period, from two weeks before its end on."""
    values = {"tenant": tenant_of(session), "person": asked.person_id, "day": asked.day, "horizon": asked.day + AHEAD}
    for row in session.execute(_SILENT, values):
        params: dict[str, str | int] = {
            "period": row.code,
            "person_id": str(asked.person_id),
            "year": row.ends.year,
            "count": row.results,
        }
        yield Task("progress_missing", row.id, params, row.ends, count=row.results)


def people_to_rate(session: Session, asked: Asked) -> Iterator[Task]:
    """Whom one has not rated yet in periods that are over; one task a period."""
    others = [line.person_id for line in asked.team() if line.superior_id != asked.person_id]
    values = {"tenant": tenant_of(session), "person": asked.person_id, "day": asked.day, "others": others}
    for row in session.execute(_UNRATED, values):
        due, article = _last_day(asked, row.kind, row.ends)
        yield Task("people_to_rate", row.id, {"period": row.code}, due, article, count=row.people)


def own_results(session: Session, asked: Asked) -> Iterator[Task]:
    """One's results that are neither accepted nor objected to, while that can still be done."""
    for one in history(session, asked.person_id):
        if one.state is OutcomeState.DELIVERED and one.objection_until is not None:
            params: dict[str, str | int] = {"period": one.period_code, "person_id": str(one.person_id)}
            article = asked.law(one.ends).objection.source.article
            yield Task("result_to_answer", one.period_id, params, one.objection_until, article)


def superiors_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Proposals of another superior that wait for one's answer; one task, until the first of them is over."""
    found = proposals(session, asked.actor, asked.day, waiting=True)
    if found:
        due, since = min(one.expires_on for one in found), min(one.made_at for one in found)
        yield Task("superiors_to_answer", asked.person_id, due=due, since=since, count=len(found))


def unlocks_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Requests of others to open something locked; one task for all of them."""
    if not may_approve(asked.actor):
        return
    found = [one for one in unlocks(session, asked.actor) if one.state == "waiting" and not one.own]
    found = [one for one in found if one.person_id != asked.person_id]
    if found:
        since = min(one.asked_at for one in found)
        yield Task("unlocks_to_answer", asked.person_id, since=since, count=len(found))


def _last_day(asked: Asked, kind: str, ends: date) -> tuple[date | None, str | None]:
    """The law names a day for the year's evaluation; for shorter periods it names none."""
    try:
        return legal_day(asked.law(ends), ("appraisal", "report"), ends) if kind == "year" else (None, None)
    except NotFound:
        return None, None


SOURCES = (
    Source(frozenset({"progress_missing"}), frozenset({Permission.PLAN_OWN}), silent_results),
    Source(frozenset({"people_to_rate"}), frozenset({Permission.RATE_TEAM}), people_to_rate),
    Source(frozenset({"result_to_answer"}), frozenset({Permission.SEE_OWN}), own_results),
    Source(frozenset({"unlocks_to_answer"}), frozenset(APPROVERS), unlocks_to_answer),
    Source(frozenset({"superiors_to_answer"}), frozenset({Permission.SEE_OWN}), superiors_to_answer),
)
