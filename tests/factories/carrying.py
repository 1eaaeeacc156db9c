"""Jobs of one agency done here and now, by the real carrier and the handlers of a worker."""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from selaras.db.session import Database
from selaras.jobs.carrying import Carrier
from selaras.jobs.context import Handler
from selaras.jobs.watch import Watch

# Seconds until the server must have noticed that a process is gone.
PATIENCE = 60.0


def freed(app_url: str, tenant_id: int, job: UUID) -> None:
    """Wait until a killed worker's lock is gone: the server lets go of it a moment after the process died.

    Whoever takes the job before that finds it held and leaves it to the dispatcher's next round.
    """
    watch, limit = Watch(app_url), time.monotonic() + PATIENCE
    try:
        while not watch.lock(tenant_id, job):
            assert time.monotonic() < limit, f"the lock of a dead worker is still held after {PATIENCE} s"
            time.sleep(0.02)
        watch.release(tenant_id, job)
    finally:
        watch.close()


def carry(database: Database, app_url: str, tenant_id: int, handlers: Mapping[str, Handler]) -> int:
    """Every waiting job of these kinds; returns how many there were."""
    with database.tenant(tenant_id) as session:
        jobs = session.execute(
            text(
                "UPDATE selaras.job_envelope e SET state = 'admitted' FROM selaras.job j WHERE e.tenant_id = :tenant"
                " AND j.tenant_id = :tenant AND j.id = e.job_id AND e.state = 'waiting' AND j.kind = ANY(:kinds)"
                " RETURNING e.job_id"
            ),
            {"tenant": tenant_id, "kinds": list(handlers)},
        ).scalars()
        waiting = list(jobs)
    watch = Watch(app_url)
    try:
        for job in waiting:
            Carrier(database, watch, handlers, lambda: False).carry(tenant_id, job)
    finally:
        watch.close()
    return len(waiting)
