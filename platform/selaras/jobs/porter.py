"""The RQ worker: takes one job after the other out of the queue, in this process, and stops when asked.

Never RQ's forking worker: a fork after Polars has run hangs. Not its spawning worker either: it hands its settings
over by pickle and starts an interpreter for every job (docs/decisions/0016-jobs.md has the figures).
"""

from __future__ import annotations

from threading import Event
from types import FrameType
from uuid import UUID

from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.worker.base import WorkerStatus

from selaras.jobs.carrying import Carrier
from selaras.jobs.queue import JobQueue

_carriers: list[Carrier] = []


def carry(tenant_id: int, job_id: str) -> None:
    """What RQ calls by name: the carrier of this process takes the job."""
    _carriers[-1].carry(tenant_id, UUID(job_id))


class _NoLimit(BaseDeathPenalty):
    """A job has no time limit, so no alarm is set."""

    def setup_death_penalty(self) -> None:
        return

    def cancel_death_penalty(self) -> None:
        return


class Porter(SimpleWorker):
    """RQ's worker loop with our way of stopping, and deaf to commands that arrive through Redis."""

    death_penalty_class: type[BaseDeathPenalty] = _NoLimit
    stop: Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # RQ's signature
        """SIGTERM or Ctrl-C: end at once when idle, else at the job's next transaction. Touches no connection."""
        if self.stop.is_set():
            return
        self.stop.set()
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def subscribe(self) -> None:
        """RQ would let anybody who reaches Redis stop jobs; there is no such channel here."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""


def work(queue: JobQueue, carrier: Carrier, stop: Event) -> None:
    """Carry jobs until asked to stop (`stop` is set then), or until Redis goes away in the middle (it is not)."""
    porter = Porter([queue.rq], connection=queue.redis, serializer=JSONSerializer, log_job_description=False)
    porter.stop = stop
    _carriers.append(carrier)
    try:
        porter.work(logging_level="WARNING")
    finally:
        _carriers.remove(carrier)
