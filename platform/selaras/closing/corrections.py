"""A decided objection within a closed period: the figures that leave the wall follow the correction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.closing.summary import EMPLOYMENT
from selaras.db.session import tenant_of
from selaras.errors import Conflict, NotFound
from selaras.evaluation.correcting import follow_sources
from selaras.evaluation.queries import OutcomeView, latest_outcome
from selaras.evaluation.rules import OutcomeState
from selaras.evaluation.service import hold_answers
from selaras.exchange.national.outbox import write as write_outbox
from selaras.followup import objecting
from selaras.followup.objecting import Decided, Verdict
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
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
_BEHIND = text(
    """
    SELECT DISTINCT ON (p.search_name, p.id) p.id, p.name, source.code, used.outcome, newest.outcome
    FROM (
        SELECT DISTINCT ON (person_id, segment) person_id, segment, source_period_id, outcome, score
        FROM selaras.segment_outcome WHERE tenant_id = :tenant AND period_id = :period
        ORDER BY person_id, segment, revision DESC
    ) used
    JOIN selaras.period source ON source.tenant_id = :tenant AND source.id = used.source_period_id
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = used.person_id
    CROSS JOIN LATERAL (
        SELECT o.outcome, o.score FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set'
        WHERE o.tenant_id = :tenant AND o.period_id = used.source_period_id AND o.person_id = used.person_id
        ORDER BY o.revision DESC LIMIT 1
    ) newest
    WHERE (newest.outcome, newest.score) IS DISTINCT FROM (used.outcome, used.score)
    ORDER BY p.search_name, p.id LIMIT :limit
    """
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


def follow(session: Session, actor: Actor, registry: Registry, person_id: UUID, code: str) -> Decided:
    """A combined result follows what was corrected in a closed period behind it, and the person is told.

    Refused while an objection to it waits, and where nothing behind it was corrected.
    """
    actor.require(Permission.CLOSE_PERIOD)
    hold_answers(session, person_id)
    before = latest_outcome(session, person_id, code)
    if before is None:
        raise NotFound("follow_unknown", "There is no result of {code} here.", code=code)
    if before.state is OutcomeState.OBJECTED:
        raise Conflict("follow_objected", "An objection to this result waits; it is decided first.")
    correction = follow_sources(session, before, objecting.law_of(session, registry, before))
    decided = objecting.after_correction(session, registry, before, correction)
    _follow(session, before, decided)
    for whom in dict.fromkeys((person_id, before.appraiser_id)):
        if whom is not None:
            tell(session, whom, "result_follows", before.period_id, {"period": code})
    payload = {"period": code, "before": before.outcome, "after": decided.outcome, "revision": decided.revision}
    record(session, actor, "outcome.follow", f"person:{person_id}", payload)
    return decided


@dataclass(frozen=True)
class Behind:
    """Somebody whose combined result rests on a closed period that was corrected since."""

    person_id: UUID
    name: str
    source: str
    before: str
    after: str


def behind(session: Session, period_id: UUID, limit: int = 200) -> tuple[Behind, ...]:
    """Whose results of a period are to follow a correction; one statement."""
    values = {"tenant": tenant_of(session), "period": period_id, "limit": limit}
    return tuple(Behind(*row) for row in session.execute(_BEHIND, values))


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
    write_outbox(session, before.period_id, before.person_id)
