"""The outbox: written with the results, in their transaction; each result stands there once, by its newest revision."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.exchange.national.endpoints import endpoint
from selaras.exchange.national.models import NationalConnection
from selaras.exchange.national.rules import Mode, When
from selaras.tenancy.legal_clock import legal_clock

# One row a person: the last segment's newest revision, as everywhere where one result of a period is meant. What is
# there already is touched only by a newer revision, and never loses its id on the other side.
_WRITE = text(
    """
    INSERT INTO selaras.national_item (tenant_id, period_id, person_id, revision, due_at)
    SELECT DISTINCT ON (o.person_id) :tenant, o.period_id, o.person_id, o.revision, :now
    FROM selaras.outcome o
    JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set'
    WHERE o.tenant_id = :tenant AND o.period_id = :period
      AND (CAST(:person AS uuid) IS NULL OR o.person_id = :person)
      AND (NOT :final OR EXISTS (
        SELECT FROM selaras.outcome_event e WHERE e.tenant_id = :tenant AND e.period_id = o.period_id
          AND e.person_id = o.person_id AND e.segment = o.segment AND e.revision = o.revision AND e.state = 'final'
      ) OR (b.id = ANY(CAST(:over AS uuid[])) AND NOT EXISTS (
        SELECT FROM selaras.outcome_event e WHERE e.tenant_id = :tenant AND e.period_id = o.period_id
          AND e.person_id = o.person_id AND e.segment = o.segment AND e.revision = o.revision AND e.state = 'objected'
      )))
    ORDER BY o.person_id, o.segment DESC, o.revision DESC
    ON CONFLICT (tenant_id, period_id, person_id) DO UPDATE
    SET revision = excluded.revision, state = 'new', causes = '{}', said = NULL, attempts = 0, due_at = excluded.due_at
    WHERE national_item.revision < excluded.revision
    """
)
_BATCHES = text(
    """
    SELECT b.id, b.delivered_at, t.description -> 'objection' AS clock FROM selaras.outcome_batch b
    JOIN selaras.rule_text t ON t.id = b.rule_id
    WHERE b.tenant_id = :tenant AND b.period_id = :period AND b.state = 'set' AND b.delivered_at IS NOT NULL
    """
)
_PERIODS = text(
    """
    SELECT p.id, p.kind, p.starts, t.regulation FROM selaras.period p
    CROSS JOIN LATERAL (
        SELECT b.rule_id FROM selaras.outcome_batch b
        WHERE b.tenant_id = :tenant AND b.period_id = p.id AND b.state = 'set' ORDER BY b.set_at LIMIT 1
    ) first
    JOIN selaras.rule_text t ON t.id = first.rule_id
    WHERE p.tenant_id = :tenant AND (CAST(:period AS uuid) IS NULL OR p.id = :period)
    ORDER BY p.ends, p.id
    """
)


def write(session: Session, period_id: UUID, person_id: UUID | None = None) -> int:
    """Put what may be told of a period (or of one person in it) into the outbox; returns how many rows are new there.

    Nothing at an agency that is not connected, or is not the source, or for a period that the endpoint does not take.
    It does not matter how often: whatever is there in its newest revision stays as it is.
    """
    row = session.scalar(select(NationalConnection))
    if row is None or row.mode != Mode.PRIMARY:
        return 0
    chosen, written = endpoint(row.endpoint), 0
    for period in session.execute(_PERIODS, {"tenant": tenant_of(session), "period": period_id}):
        if chosen.kind(period.kind, period.starts, period.regulation) is not None:
            written += _write(session, period.id, person_id, When(row.send_when))
    return written


def write_all(session: Session) -> int:
    """The same for every period: what has become final since, and what was closed before the agency was connected."""
    periods: Iterable[UUID] = session.scalars(
        text("SELECT id FROM selaras.period WHERE tenant_id = :tenant AND state = 'closed' ORDER BY ends"),
        {"tenant": tenant_of(session)},
    ).all()
    return sum(write(session, one) for one in periods)


def _write(session: Session, period_id: UUID, person_id: UUID | None, when: When) -> int:
    values = {
        "tenant": tenant_of(session),
        "period": period_id,
        "person": person_id,
        "now": now(),
        "final": when is When.FINAL,
        "over": _over(session, period_id) if when is When.FINAL else [],
    }
    return int(session.execute(_WRITE, values).rowcount)  # type: ignore[attr-defined]  # a cursor result


def _over(session: Session, period_id: UUID) -> list[UUID]:
    """The batches of a period whose time for objections is over."""
    rows = session.execute(_BATCHES, {"tenant": tenant_of(session), "period": period_id}).all()
    clock = legal_clock(session)
    return [row.id for row in rows if row.clock and clock.today() > clock.until(row.delivered_at, row.clock)]
