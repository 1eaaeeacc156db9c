"""Jobs of one agency done here and now, by the real carrier and the handlers of a worker."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from selaras.db.session import Database
from selaras.jobs.carrying import Carrier
from selaras.jobs.context import Handler
from selaras.jobs.watch import Watch


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
