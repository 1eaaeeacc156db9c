"""The dispatcher's round of the agencies: whose last day has come loses access, also when nobody asks."""

from __future__ import annotations

import logging
import math
import time

from sqlalchemy import text

from selaras.clock import today
from selaras.db.session import Database
from selaras.errors import Unavailable
from selaras.identity.actor import system
from selaras.identity.retiring import sign_out_retired
from selaras.identity.sessions import SessionStore
from selaras.organisation.settling import settle, sign_out_closed

logger = logging.getLogger(__name__)

EVERY = 3_600.0


class LeaverRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second does it all."""

    def __init__(self, database: Database, sessions: SessionStore, every: float = EVERY) -> None:
        self._database = database
        self._sessions = sessions
        self._every = every
        self._due: list[tuple[int, str]] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Settle the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id, zone in self._due[: self._share]:
            self._settle(tenant_id, zone)
        del self._due[: self._share]

    def _settle(self, tenant_id: int, zone: str) -> None:
        try:
            with self._database.tenant(tenant_id) as session:
                settled = settle(session, system(tenant_id), today(zone))
                sign_out_closed(session, self._sessions)
                sign_out_retired(session, self._sessions)
        except Unavailable as error:
            # Closed is closed: every request asks the database. The sessions go in the next round.
            logger.warning("agency %d: sessions of closed accounts are still there (%s)", tenant_id, error.code)
            return
        if settled.closed:
            logger.info("agency %d: %d accounts closed, their holders have left", tenant_id, settled.closed)

    def _begin(self) -> None:
        self._began = time.monotonic()
        with self._database.platform() as session:
            rows = session.execute(text("SELECT tenant_id, time_zone FROM selaras.agency ORDER BY tenant_id"))
            self._due = [(row.tenant_id, row.time_zone) for row in rows]
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))
