"""The one RQ queue: its payload is an agency's number and a job's id, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

NAME = "selaras"
FUNCTION = "selaras.jobs.porter.carry"
# No time limit: a job ends by itself or with its worker. Results and failures are rows, not keys.
NO_LIMIT, FORGET, FORGET_SOON = -1, 0, 60


class JobQueue:
    """Admitted jobs on their way to a worker. Whatever it loses is put there again from the rows."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.rq = Queue(NAME, connection=redis, serializer=JSONSerializer)

    def push(self, admitted: Iterable[tuple[UUID, int, UUID]]) -> None:
        """Put (agency uuid, agency number, job id) at the end, in this order, in one round trip."""
        self.rq.enqueue_many(
            [
                Queue.prepare_data(
                    FUNCTION,
                    (tenant_id, str(job_id)),
                    timeout=NO_LIMIT,
                    result_ttl=FORGET,
                    failure_ttl=FORGET_SOON,
                    description=str(job_id),
                    job_id=f"{agency}_{job_id}",
                )
                for agency, tenant_id, job_id in admitted
            ]
        )

    def waiting(self) -> set[UUID]:
        """The ids of the jobs that lie in the queue."""
        return {UUID(name.rpartition("_")[2]) for name in self.rq.get_job_ids()}
