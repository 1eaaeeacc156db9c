"""The limits of the agency that is asked: read from its rows, remembered for some seconds in each process."""

from __future__ import annotations

import threading
import time

from selaras.db.session import Database
from selaras.identity.access_limits import AccessLimits, limits_of

SECONDS = 15.0


class KnownLimits:
    """Agency → its limits. A change counts in every process after some seconds, in the one that made it at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[float, AccessLimits]] = {}

    def of(self, tenant_id: int) -> AccessLimits:
        """The limits of an agency."""
        with self._lock:
            kept = self._kept.get(tenant_id)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        with self._database.tenant(tenant_id) as session:
            found = limits_of(session)
        with self._lock:
            self._kept[tenant_id] = (time.monotonic() + SECONDS, found)
        return found

    def forget(self, tenant_id: int) -> None:
        """Read an agency's limits anew."""
        with self._lock:
            self._kept.pop(tenant_id, None)
