"""The job that counts a period, and the dispatcher's round that has every open period counted once an hour."""

from __future__ import annotations

import math
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.agenda.counting import count
from selaras.clock import now, today
from selaras.db.session import Database, tenant_of
from selaras.evaluation.queries import period_by_code
from selaras.identity.actor import Actor, system
from selaras.jobs.context import JobContext
from selaras.jobs.service import enqueue
from selaras.tenancy.queries import agency

KIND = "count"
EVERY = 3_600.0

_WAITS = text(
    "SELECT id FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind AND state IN ('waiting', 'running')"
    " AND args->>'period' = :period AND created_at > :since LIMIT 1"
)
# Periods that may still change, and whose count is older than an hour or was never made.
_DUE = text(
    """
    SELECT p.code FROM selaras.period p
    LEFT JOIN selaras.funnel_count c ON c.tenant_id = :tenant AND c.period_id = p.id
    WHERE p.tenant_id = :tenant AND (p.state <> 'closed' OR p.ends > CAST(:day AS date) - 120)
      AND p.starts <= :day AND (c.counted_at IS NULL OR c.counted_at < :before)
    """
)


def run(context: JobContext) -> dict[str, Any]:
    """Count one period of the agency; running again counts again."""
    with context.transaction() as session:
        zone = agency(session, context.tenant_id).time_zone
        return {"seconds": count(session, period_by_code(session, context.args["period"]), today(zone))}


def ask(session: Session, actor: Actor, code: str) -> UUID:
    """Have a period counted; whoever asks while that is waiting or under way gets the same job."""
    values = {
        "tenant": tenant_of(session),
        "kind": KIND,
        "period": code,
        "since": now() - timedelta(hours=1),
    }
    known: UUID | None = session.scalar(_WAITS, values)
    return known or enqueue(session, actor, KIND, {"period": code})


class CountRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second asks for all."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every
        self._due: list[tuple[int, str]] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Ask for the counts of the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id, zone in self._due[: self._share]:
            with self._database.tenant(tenant_id) as session:
                before = now() - timedelta(seconds=self._every)
                due = session.execute(_DUE, {"tenant": tenant_id, "day": today(zone), "before": before}).scalars().all()
                for code in due:
                    ask(session, system(tenant_id), code)
        del self._due[: self._share]

    def _begin(self) -> None:
        self._began = time.monotonic()
        with self._database.platform() as session:
            rows = session.execute(
                text("SELECT tenant_id, time_zone FROM selaras.agency WHERE status = 'active' ORDER BY tenant_id")
            )
            self._due = [(row.tenant_id, row.time_zone) for row in rows]
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))
