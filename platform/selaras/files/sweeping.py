"""Removing bytes that no row names: what transactions left behind that rolled back, or that were refused."""

from __future__ import annotations

import logging
import math
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import Database, tenant_of
from selaras.files.queries import agency_uuid
from selaras.files.service import SWEEP_LOCK
from selaras.files.store import FileStore

logger = logging.getLogger(__name__)

EVERY = 86_400.0
PATIENCE = 86_400.0
"""Seconds after which a part that was never finished is nobody's any more."""


def sweep(session: Session, store: FileStore) -> int:
    """Remove the agency's bytes without a row; returns how many. Nothing while anything is being kept."""
    tenant = {"tenant": str(tenant_of(session))}
    free = session.execute(text(f"SELECT pg_try_advisory_xact_lock({SWEEP_LOCK})"), tenant).scalar_one()
    if not free:
        return 0
    whose = agency_uuid(session)
    query = text("SELECT DISTINCT sha256 FROM selaras.stored_file WHERE tenant_id = :tenant")
    named = set(session.execute(query, {"tenant": tenant_of(session)}).scalars())
    orphans = [name for name in store.names(whose) if name not in named]
    for name in orphans:
        store.remove(whose, name)
    return len(orphans) + store.drop_parts(whose, now().timestamp() - PATIENCE)


class SweepRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second does it all."""

    def __init__(self, database: Database, store: FileStore, every: float = EVERY) -> None:
        self._database = database
        self._store = store
        self._every = every
        self._due: list[int] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Sweep the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id in self._due[: self._share]:
            self._sweep(tenant_id)
        del self._due[: self._share]

    def _sweep(self, tenant_id: int) -> None:
        try:
            with self._database.tenant(tenant_id) as session:
                gone = sweep(session, self._store)
        except OSError as error:
            logger.warning("agency %d: its files cannot be swept (%s)", tenant_id, error.strerror)
            return
        if gone:
            logger.info("agency %d: %d files that nothing refers to were removed", tenant_id, gone)

    def _begin(self) -> None:
        self._began = time.monotonic()
        with self._database.platform() as session:
            self._due = list(session.execute(text("SELECT tenant_id FROM selaras.agency ORDER BY tenant_id")).scalars())
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))
