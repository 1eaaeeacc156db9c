"""What the dispatcher's round does about tickets: whoever reported hears of operators' answers; figures are counted."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

# The console cannot write to an agency, so the agency looks for what was answered; each answer is told once.
_TELL = text(
    """
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params)
    SELECT :tenant, t.person_id, 'ticket_answered', r.id, jsonb_build_object('ticket', t.id)
    FROM selaras.ticket_reply r
    JOIN selaras.ticket t ON t.tenant_id = :tenant AND t.forwarded_id = r.forwarded_id
    WHERE r.tenant_id = :tenant AND r.at > now() - interval '14 days' AND t.person_id IS NOT NULL
    ON CONFLICT DO NOTHING
    """
)
_COUNT = text(
    """
    INSERT INTO selaras.ticket_figure (tenant_id, month, category, told, open, forwarded)
    SELECT :tenant, date_trunc('month', t.at AT TIME ZONE :zone)::date, t.category, count(*),
           count(*) FILTER (WHERE t.state <> 'closed'), count(*) FILTER (WHERE t.level = 'operator')
    FROM selaras.ticket t WHERE t.tenant_id = :tenant GROUP BY 2, 3
    ON CONFLICT (tenant_id, month, category) DO UPDATE
      SET told = excluded.told, open = excluded.open, forwarded = excluded.forwarded
      WHERE (ticket_figure.told, ticket_figure.open, ticket_figure.forwarded)
        IS DISTINCT FROM (excluded.told, excluded.open, excluded.forwarded)
    """
)


def tell_answers(session: Session) -> int:
    """Tell whoever reported a problem that the operator answered it; returns how many were told."""
    told = session.execute(_TELL, {"tenant": tenant_of(session)})
    return int(told.rowcount)  # type: ignore[attr-defined]  # a cursor result


def count_tickets(session: Session, zone: str) -> None:
    """Write how many problems were told by month and cluster, for the agency's console figures; one statement."""
    session.execute(_COUNT, {"tenant": tenant_of(session), "zone": zone})
