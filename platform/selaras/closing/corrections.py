"""A decided objection within a closed period: the figures that leave the wall follow the correction."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.closing.summary import EMPLOYMENT
from selaras.db.session import tenant_of
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.followup import objecting
from selaras.followup.objecting import Decided, Verdict
from selaras.identity.actor import Actor
from selaras.regulation import Registry

_MOVE = text(
    f"""
    INSERT INTO selaras.outcome_summary (tenant_id, period_code, employment, outcome, people)
    SELECT o.tenant_id, :code, {EMPLOYMENT}, moved.outcome, moved.people
    FROM selaras.outcome o
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = o.tenant_id AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> :day
    CROSS JOIN (VALUES (:before, -1), (:after, 1)) moved (outcome, people)
    WHERE o.tenant_id = :tenant AND o.period_id = :period AND o.person_id = :person AND o.segment = :segment
      AND o.revision = :revision
    ON CONFLICT (tenant_id, period_code, employment, outcome)
    DO UPDATE SET people = outcome_summary.people + excluded.people
    """  # noqa: S608  # our own text
)
_PAY = text(
    """
    UPDATE selaras.close_summary s SET pay_base = paid.base, pay_amount = paid.amount
    FROM (
        SELECT coalesce(sum(newest.base), 0) AS base, coalesce(sum(newest.amount), 0) AS amount FROM (
            SELECT DISTINCT ON (r.person_id, r.segment) r.base, r.amount FROM selaras.remuneration r
            WHERE r.tenant_id = :tenant AND r.period_id = :period ORDER BY r.person_id, r.segment, r.revision DESC
        ) newest
    ) paid
    WHERE s.tenant_id = :tenant AND s.period_code = :code
    """
)


def decide(session: Session, actor: Actor, registry: Registry, person_id: UUID, code: str, verdict: Verdict) -> Decided:
    """Decide an objection (`followup.objecting.decide`); where it corrects, the period's summaries are corrected."""
    before = latest_outcome(session, person_id, code)
    decided = objecting.decide(session, actor, registry, person_id, code, verdict)
    if decided.upheld and before is not None:
        _follow(session, before, decided)
    return decided


def _follow(session: Session, before: OutcomeView, decided: Decided) -> None:
    session.flush()
    values = {
        "tenant": tenant_of(session),
        "code": before.period_code,
        "period": before.period_id,
        "day": before.ends,
    }
    if decided.outcome != before.outcome:
        moved = {"person": before.person_id, "segment": before.segment, "revision": before.revision}
        moved |= {"before": before.outcome, "after": decided.outcome}
        session.execute(_MOVE, {**values, **moved})
    session.execute(_PAY, values)
