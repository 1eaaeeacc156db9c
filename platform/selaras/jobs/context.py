"""What a handler is given: its letter, transactions within its agency, and a way to tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import Database
from selaras.jobs.watch import Hold

PROGRESS_EVERY = 0.5

_FENCE = text(
    "SELECT 1 FROM selaras.job_envelope WHERE tenant_id = :tenant AND job_id = :job"
    " AND worker = :worker AND attempts = :attempt FOR SHARE"
)
_PROGRESS = text("UPDATE selaras.job SET done = :done, total = :total WHERE tenant_id = :tenant AND id = :job")


class HandedBack(BaseException):
    """The worker was asked to stop: the job goes back to the queue. Not an Exception: no handler may swallow it."""


class Lost(BaseException):
    """The job is no longer this worker's; nothing more of this run may be committed."""


class JobContext:
    """One run of one job."""

    def __init__(
        self,
        tenant_id: int,
        job_id: UUID,
        args: dict[str, Any],
        database: Database,
        hold: Hold,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.tenant_id = tenant_id
        self.job_id = job_id
        self.args = args
        self.database = database
        self._hold = hold
        self._stopping = stopping
        self._told = (0.0, -1)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction within the agency: returning commits, raising rolls back.

        It is the place where a run can end early: before it begins if the worker is asked to stop, before it commits
        if the job was given to another worker meanwhile. What was committed before stands.
        """
        self._go_on()
        with self.database.tenant(self.tenant_id) as session:
            yield session
            session.flush()
            self._fence(session)

    @contextmanager
    def elsewhere(self, tenant_id: int) -> Iterator[Session]:
        """One transaction within another agency, of a job that brings it something; never while one is open here.

        What is done there stays done if this run ends before it is noted here: it must not matter how often.
        """
        self._go_on()
        with self.database.tenant(tenant_id) as session:
            yield session
            session.flush()
            self._fence(session)

    def progress(self, done: int, total: int) -> None:
        """Tell how far the job is, in a short transaction of its own; at most two a second, and always the last."""
        self._go_on()
        at, told_total = self._told
        if done < total and total == told_total and time.monotonic() - at < PROGRESS_EVERY:
            return
        self._told = (time.monotonic(), total)
        with self.database.tenant(self.tenant_id) as session:
            session.execute(_PROGRESS, {"tenant": self.tenant_id, "job": self.job_id, "done": done, "total": total})

    def _go_on(self) -> None:
        if self._hold.lost:
            raise Lost
        if self._stopping():
            raise HandedBack

    def _fence(self, session: Session) -> None:
        """Share-locks the envelope until the commit: no other worker can take the job between look and commit."""
        if self._hold.lost or session.execute(_FENCE, self._hold.mark).first() is None:
            raise Lost


Handler: TypeAlias = Callable[[JobContext], dict[str, Any]]
