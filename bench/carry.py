"""One close, carried as a worker carries it, in a process of its own: seconds per stage, and its peak memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import text

from bench.ground import Ground
from selaras.closing import jobs, service
from selaras.closing.queries import overview
from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

PERIOD = "2026-TW3"
DAY = date(2026, 9, 30)


@dataclass(frozen=True)
class Carried:
    """Seconds of the manager's start, of the whole job and of each stage; memory in MB before and at its peak."""

    people: int
    start: float
    job: float
    stages: dict[str, float] = field(default_factory=dict)
    resting_mb: float = 0.0
    peak_mb: float = 0.0

    @property
    def whole(self) -> float:
        """From the manager's click to the end of the job."""
        return self.start + self.job


def carried(place: Ground, tenant: int) -> Carried:
    """Close the agency's quarter in a fresh process."""
    command = [sys.executable, "-m", "bench.carry", place.app, str(tenant)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Carried(**json.loads(said.splitlines()[-1]))


def carry(url: str, tenant: int) -> Carried:
    """Close the agency's quarter in this process."""
    database, watch = Database(url), Watch(url)
    try:
        load_registry()
        with database.tenant(tenant) as session:
            rules_on(session, agency(session, tenant), DAY, load_registry())
        resting = peak_mb()
        begun = time.perf_counter()
        job = _start(database, tenant)
        started = time.perf_counter()
        Carrier(database, watch, {service.JOB: jobs.run}, lambda: False).carry(tenant, job)
        ended = time.perf_counter()
        with database.tenant(tenant) as session:
            seen = overview(session, PERIOD)
    finally:
        watch.close()
        database.close()
    if seen.state != "set":
        raise SystemExit(f"the close ended {seen.state}: {seen.problem}")
    stages = {stage.stage.value: stage.seconds for stage in seen.stages}
    return Carried(seen.appraised, started - begun, ended - started, stages, resting, peak_mb())


def _start(database: Database, tenant: int) -> UUID:
    with database.tenant(tenant) as session:
        rules = rules_on(session, agency(session, tenant), DAY, load_registry())
        service.start(session, system(tenant), PERIOD, rules)
    admit = text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id")
    with database.tenant(tenant) as session:
        job: UUID = session.execute(admit, {"tenant": tenant}).scalar_one()
        return job


def peak_mb() -> float:
    """The peak of this process's resident memory. Linux hands the parent's peak on to ru_maxrss, so VmHWM first."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    print(json.dumps(asdict(carry(sys.argv[1], int(sys.argv[2])))))
