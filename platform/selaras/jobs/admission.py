"""Which waiting jobs go into the queue next: round-robin by agency, at most N of each in flight; and what was lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

STALE = 10.0
UNCLAIMED = 5.0


@dataclass(frozen=True)
class Admitted:
    """A job that may go: whose it is (uuid and number of the agency) and its id."""

    agency: UUID
    tenant_id: int
    job_id: UUID


_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('selaras.dispatch', 0))")
_ANY = text("SELECT EXISTS (SELECT 1 FROM selaras.job_envelope WHERE state = 'waiting')")

# From agency to agency, a few index probes each: the cost does not grow with the length of an agency's queue.
_NEXT = text(
    """
    SELECT a.uuid, a.tenant_id, e.job_id, busy.jobs, e.waiting_since
    FROM selaras.agency a
    CROSS JOIN LATERAL (
        SELECT count(*) AS jobs FROM selaras.job_envelope b
        WHERE b.tenant_id = a.tenant_id AND b.state IN ('admitted', 'running')
    ) AS busy
    CROSS JOIN LATERAL (
        SELECT w.job_id, w.waiting_since FROM selaras.job_envelope w
        WHERE w.tenant_id = a.tenant_id AND w.state = 'waiting'
        ORDER BY w.waiting_since, w.job_id LIMIT greatest(:in_flight - busy.jobs, 0)
        FOR UPDATE SKIP LOCKED
    ) AS e
    """
)
_MARK = text(
    """
    UPDATE selaras.job_envelope e SET state = 'admitted', admitted_at = clock_timestamp(), worker = NULL
    FROM unnest(CAST(:tenants AS integer[]), CAST(:jobs AS uuid[])) AS m(tenant_id, job_id)
    WHERE e.tenant_id = m.tenant_id AND e.job_id = m.job_id
    """
)


def admit(session: Session, in_flight: int) -> list[Admitted]:
    """Mark the next jobs as admitted, in the order in which they go; nothing while another dispatcher admits.

    The k-th job in flight of an agency goes after the (k-1)-th of every other one; among equals, who waits longest.
    """
    if not session.execute(_ANY).scalar_one() or not session.execute(_LOCK).scalar_one():
        return []
    turns: dict[int, int] = {}
    queue = []
    for row in session.execute(_NEXT, {"in_flight": in_flight}):
        turn = turns[row.tenant_id] = turns.get(row.tenant_id, row.jobs) + 1
        queue.append((turn, row.waiting_since, Admitted(row.uuid, row.tenant_id, row.job_id)))
    queue.sort(key=lambda one: one[:2])
    admitted = [one for _, _, one in queue]
    if admitted:
        names = {"tenants": [one.tenant_id for one in admitted], "jobs": [one.job_id for one in admitted]}
        session.execute(_MARK, names)
    return admitted


def put_back(session: Session, admitted: Collection[Admitted]) -> None:
    """These did not reach the queue: they wait again, in their old place."""
    session.execute(
        text(
            """
            UPDATE selaras.job_envelope e SET state = 'waiting', admitted_at = NULL
            FROM unnest(CAST(:tenants AS integer[]), CAST(:jobs AS uuid[])) AS m(tenant_id, job_id)
            WHERE e.tenant_id = m.tenant_id AND e.job_id = m.job_id AND e.state = 'admitted'
            """
        ),
        {"tenants": [one.tenant_id for one in admitted], "jobs": [one.job_id for one in admitted]},
    )


def recover_stopped(session: Session) -> int:
    """Running jobs whose worker has given no sign for `STALE` seconds wait again; returns how many."""
    found = session.execute(
        text(
            "UPDATE selaras.job_envelope SET state = 'waiting', worker = NULL WHERE state = 'running'"
            " AND heartbeat_at < clock_timestamp() - make_interval(secs => :stale) RETURNING 1"
        ),
        {"stale": STALE},
    )
    return len(found.all())


def unclaimed(session: Session) -> list[tuple[int, UUID]]:
    """Jobs that were admitted more than `UNCLAIMED` seconds ago and that no worker has begun: (agency, job)."""
    found = session.execute(
        text(
            "SELECT tenant_id, job_id FROM selaras.job_envelope WHERE state = 'admitted'"
            " AND admitted_at < clock_timestamp() - make_interval(secs => :unclaimed)"
        ),
        {"unclaimed": UNCLAIMED},
    )
    return [(row.tenant_id, row.job_id) for row in found]


def recover_dropped(session: Session, dropped: Collection[tuple[int, UUID]]) -> int:
    """Admitted jobs that the queue does not know any more wait again; returns how many still were admitted."""
    found = session.execute(
        text(
            """
            UPDATE selaras.job_envelope e SET state = 'waiting', admitted_at = NULL
            FROM unnest(CAST(:tenants AS integer[]), CAST(:jobs AS uuid[])) AS m(tenant_id, job_id)
            WHERE e.tenant_id = m.tenant_id AND e.job_id = m.job_id AND e.state = 'admitted'
              AND e.admitted_at < clock_timestamp() - make_interval(secs => :unclaimed)
            RETURNING 1
            """
        ),
        {"tenants": [one[0] for one in dropped], "jobs": [one[1] for one in dropped], "unclaimed": UNCLAIMED},
    )
    return len(found.all())
