"""Which agency a host name belongs to: looked up before anything else, remembered for a moment."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from selaras.db.session import Database
from selaras.tenancy.queries import AgencyView, agency_by_host
from selaras.tenancy.rules import host_name_or_none

SECONDS = 15.0
MOST = 4096


class Hosts:
    """Host name → agency, read from the database and kept for some seconds; hosts that are unknown are not kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, AgencyView]] = OrderedDict()

    def agency(self, header: str) -> AgencyView | None:
        """The agency reached by a Host header, or None."""
        host = host_name_or_none(header)
        if host is None:
            return None
        with self._lock:
            kept = self._kept.get(host)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        with self._database.platform() as session:
            found = agency_by_host(session, host)
        self._keep(host, found)
        return found

    def forget(self) -> None:
        """Look every host up anew."""
        with self._lock:
            self._kept.clear()

    def _keep(self, host: str, found: AgencyView | None) -> None:
        with self._lock:
            self._kept.pop(host, None)
            if found is not None:
                self._kept[host] = (time.monotonic() + SECONDS, found)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
