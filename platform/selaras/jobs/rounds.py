"""Going round the agencies that are active, a few at a time, each in a transaction of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import Database, tenant_of
from selaras.jobs.service import Sender, enqueue

Turn = Callable[[Session, int, str], object]
"""One agency's turn: its session, its number, its time zone."""

# An agency's day begins where the agency is.
_IS_ASKED = text(
    """
    SELECT EXISTS (
        SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
          AND (created_at AT TIME ZONE CAST(:zone AS text))::date = CAST(:day AS date)
    )
    """
)


def ask_daily(session: Session, actor: Sender, zone: str, kind: str) -> bool:
    """Put an agency's job of this kind into the post, once on each of its days; whether that was done."""
    if session.execute(
        _IS_ASKED, {"tenant": tenant_of(session), "kind": kind, "zone": zone, "day": today(zone)}
    ).scalar_one():
        return False
    enqueue(session, actor, kind, {})
    return True


class AgencyRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second does it all."""

    def __init__(self, database: Database, turn: Turn, every: float) -> None:
        self._database = database
        self._turn = turn
        self._every = every
        self._due: list[tuple[int, str]] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """The next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id, zone in self._due[: self._share]:
            with self._database.tenant(tenant_id) as session:
                self._turn(session, tenant_id, zone)
        del self._due[: self._share]

    def _begin(self) -> None:
        self._began = time.monotonic()
        query = text("SELECT tenant_id, time_zone FROM selaras.agency WHERE status = 'active' ORDER BY tenant_id")
        with self._database.platform() as session:
            self._due = [(row.tenant_id, row.time_zone) for row in session.execute(query)]
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))
