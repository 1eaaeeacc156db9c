"""The dispatcher's round of the agencies: once on each of its days an agency's people are reminded of last days."""

from __future__ import annotations

import math
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.jobs.service import enqueue

KIND = "remind"
EVERY = 900.0

# Working days are counted where the agency is; its day begins there.
_ASK = text(
    """
    SELECT NOT EXISTS (
        SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
          AND (created_at AT TIME ZONE CAST(:zone AS text))::date = CAST(:day AS date)
    )
    """
)


class ReminderRounds:
    """Called about once a second; every agency's reminders are asked for once on each of its days."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every
        self._due: list[tuple[int, str]] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Ask for the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id, zone in self._due[: self._share]:
            with self._database.tenant(tenant_id) as session:
                ask(session, tenant_id, zone)
        del self._due[: self._share]

    def _begin(self) -> None:
        self._began = time.monotonic()
        query = text("SELECT tenant_id, time_zone FROM selaras.agency WHERE status = 'active' ORDER BY tenant_id")
        with self._database.platform() as session:
            self._due = [(row.tenant_id, row.time_zone) for row in session.execute(query)]
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put today's reminders of an agency into the post, unless they are there; whether that was done."""
    values = {"tenant": tenant_id, "kind": KIND, "zone": zone, "day": today(zone)}
    if not session.execute(_ASK, values).scalar_one():
        return False
    enqueue(session, system(tenant_id), KIND, {})
    return True
