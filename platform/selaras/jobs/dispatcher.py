"""The dispatcher: hands waiting jobs to the queue fairly, and again whatever a queue or a worker has lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from redis.exceptions import RedisError

from selaras.db.session import Database
from selaras.jobs import admission
from selaras.jobs.admission import Admitted
from selaras.jobs.bell import Bell
from selaras.jobs.queue import JobQueue
from selaras.jobs.reach import Reach

logger = logging.getLogger(__name__)

TICK = 1.0
LOOK_EVERY = 2.0


class Dispatcher:
    """One of possibly several that do not get in each other's way. `chores` are done once a second at most."""

    def __init__(
        self, database: Database, queue: JobQueue, in_flight: int, chores: Sequence[Callable[[], None]] = ()
    ) -> None:
        self._database = database
        self._queue = queue
        self._in_flight = in_flight
        self._chores = chores
        self._looked = 0.0
        self._chored = 0.0
        self._redis = Reach("Redis")

    def run(self, bell: Bell, stopping: Callable[[], bool]) -> None:
        """Go round until asked to stop; returns within a second of it. Raises if the database is lost."""
        while not stopping():
            self.round()
            bell.wait(TICK)

    def round(self) -> int:
        """One round: look for what was lost, admit what waits, do the chores; returns how many were admitted."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.recover()
        admitted = self.admit()
        if now - self._chored >= TICK:
            self._chored = now
            for chore in self._chores:
                chore()
        return admitted

    def admit(self) -> int:
        """Admit what waits, commit, then push; what cannot be pushed waits again. Nothing while Redis is away."""
        if not self._redis.due():
            return 0
        with self._database.platform() as session:
            admitted = admission.admit(session, self._in_flight)
        if not admitted:
            return 0
        try:
            self._queue.push((one.agency, one.tenant_id, one.job_id) for one in admitted)
        except RedisError as error:
            self._redis.failed(error)
            self._put_back(admitted)
            return 0
        self._redis.answered()
        return len(admitted)

    def _put_back(self, admitted: Sequence[Admitted]) -> None:
        with self._database.platform() as session:
            admission.put_back(session, admitted)

    def recover(self) -> int:
        """Let jobs wait again whose worker is dead, or that the queue has forgotten; returns how many."""
        with self._database.platform() as session:
            stopped = admission.recover_stopped(session)
            silent = admission.unclaimed(session)
        dropped = self._dropped(silent) if silent and self._redis.due() else []
        if dropped:
            with self._database.platform() as session:
                stopped += admission.recover_dropped(session, dropped)
        if stopped:
            logger.warning("%d jobs were lost by a worker or the queue and wait again", stopped)
        return stopped

    def _dropped(self, silent: Sequence[tuple[int, UUID]]) -> list[tuple[int, UUID]]:
        try:
            known = self._queue.waiting()
        except RedisError as error:
            self._redis.failed(error)
            return []
        self._redis.answered()
        return [one for one in silent if one[1] not in known]
