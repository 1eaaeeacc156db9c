"""Holding a job while it runs: a lock that dies with the process, and a heartbeat, on a connection of their own."""

from __future__ import annotations

import logging
import threading
from typing import Any
from uuid import UUID

import psycopg

logger = logging.getLogger(__name__)

BEAT = 2.0
_KEY = "hashtextextended('selaras.job.' || %(tenant)s || '.' || %(job)s, 0)"


class Hold:
    """One job held by one worker in one attempt; `lost` becomes true when it is not held any more."""

    def __init__(self, tenant_id: int, job_id: UUID, worker: str, attempt: int) -> None:
        self.mark: dict[str, Any] = {"tenant": tenant_id, "job": job_id, "worker": worker, "attempt": attempt}
        self.lost = False


class Watch:
    """The worker's second connection, outside any transaction: session locks and heartbeats.

    A lock of the session, not of a row: an open transaction of many minutes would hold back vacuum and the ledger's
    seals. The server drops it when the process dies.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None
        self._beating: tuple[threading.Event, threading.Thread] | None = None

    def lock(self, tenant_id: int, job_id: UUID) -> bool:
        """Take the job's lock, or False while another process has it."""
        query = f"SELECT pg_try_advisory_lock({_KEY})"  # our own constant
        values = {"tenant": str(tenant_id), "job": str(job_id)}
        try:
            return bool(self._query(query, values))
        except psycopg.OperationalError:
            # The connection had died while it was idle, and every lock with it; a new one knows better.
            self.close()
            return bool(self._query(query, values))

    def _query(self, query: str, values: dict[str, str]) -> Any:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True, application_name="selaras watch")
        row = self._connection.execute(query, values).fetchone()
        return row[0] if row else None

    def start(self, hold: Hold) -> None:
        """Beat for a job until `release`."""
        stop = threading.Event()
        thread = threading.Thread(target=self._beat, args=(hold, stop), name="selaras-heartbeat", daemon=True)
        self._beating = (stop, thread)
        thread.start()

    def release(self, tenant_id: int, job_id: UUID) -> None:
        """Stop beating and give the lock back; if that cannot be said, the connection goes, and the lock with it."""
        if self._beating is not None:
            stop, thread = self._beating
            stop.set()
            thread.join()
            self._beating = None
        try:
            self._query(
                f"SELECT pg_advisory_unlock({_KEY})",  # our own constant
                {"tenant": str(tenant_id), "job": str(job_id)},
            )
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        """Let go of the connection and of whatever it holds."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _beat(self, hold: Hold, stop: threading.Event) -> None:
        connection = self._connection
        assert connection is not None
        while not stop.wait(BEAT):
            try:
                beaten = connection.execute(
                    "UPDATE selaras.job_envelope SET heartbeat_at = clock_timestamp()"
                    " WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND worker = %(worker)s"
                    " AND attempts = %(attempt)s",
                    hold.mark,
                ).rowcount
            except psycopg.Error as error:
                logger.warning("job %s: the heartbeat failed (%s)", hold.mark["job"], type(error).__name__)
                beaten = 0
            if not beaten:
                hold.lost = True
                return
