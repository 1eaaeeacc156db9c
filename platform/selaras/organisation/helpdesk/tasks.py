"""What waits for whoever handles tickets: problems that nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reach
from selaras.organisation.tasks import Asked, Source, Task

# Whoever handles a unit's is asked about those that are there; whoever handles the agency's, about those handed on.
_WAITING = text(
    """
    SELECT count(*) AS waiting, min(t.changed_at) AS since FROM selaras.ticket t
    WHERE t.tenant_id = :tenant AND t.state = 'open' AND t.account_id IS DISTINCT FROM CAST(:account AS uuid)
      AND CASE WHEN CAST(:units AS uuid[]) IS NULL THEN t.level = 'agency'
               ELSE t.level = 'unit' AND t.unit_id = ANY(CAST(:units AS uuid[])) END
    """
)


def tickets_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Tickets of others that wait for an answer at one's own level are one task, since the oldest of them."""
    units = reach(session, asked.actor, Permission.HANDLE_TICKETS, asked.day)
    values = {
        "tenant": tenant_of(session),
        "account": asked.actor.account_id,
        "units": None if units is None else list(units),
    }
    row = session.execute(_WAITING, values).one()
    if row.waiting:
        yield Task("tickets_to_answer", asked.person_id, since=row.since, count=row.waiting)


SOURCES = (
    Source(frozenset({"tickets_to_answer"}), frozenset({Permission.HANDLE_TICKETS}), tickets_to_answer, office=True),
)
