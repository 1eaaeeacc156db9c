"""Real dispatchers and workers as processes of their own, on a clean queue and in a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from jobs.worker_process import HANDLERS
from redis import Redis

from selaras.db.session import Database
from selaras.jobs.queries import JobView, job
from selaras.jobs.service import enqueue

SCRIPT = Path(__file__).with_name("worker_process.py")
# Seconds until a test gives up on processes: no speed is measured by it, and a loaded machine starts them slowly.
PATIENCE = 120.0


@pytest.fixture(scope="module")
def urls(own_urls: Any) -> Any:
    """The dispatcher goes round all agencies there are: no others than those of these tests."""
    return own_urls


@pytest.fixture(scope="module")
def database(urls: Any) -> Iterator[Database]:
    made = Database(urls.app)
    yield made
    made.close()


@pytest.fixture(scope="module")
def console_database(urls: Any) -> Iterator[Database]:
    made = Database(urls.console)
    yield made
    made.close()


@dataclass(frozen=True)
class Somebody:
    account_id: UUID | None = None


ACTOR = Somebody()


@dataclass
class Post:
    """The queue's processes, and what a test does with jobs."""

    urls: Any
    redis_url: str
    database: Database
    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def _start(self, command: list[str], **settings: str) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
        environment |= {"SELARAS_APP_DATABASE_URL": self.urls.app, "SELARAS_REDIS_URL": self.redis_url, **settings}
        errors = (self.folder / f"{len(self.processes)}.log").open("w")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        errors.close()
        self.processes.append(process)
        assert process.stdout is not None
        assert "ready" in process.stdout.readline(), self.logs()
        return process

    def worker(self) -> subprocess.Popen[str]:
        return self._start([sys.executable, "-W", "error", str(SCRIPT)])

    def dispatcher(self, in_flight: int = 4) -> subprocess.Popen[str]:
        code = "from selaras.cli import main; main()"
        return self._start(
            [sys.executable, "-W", "error", "-c", code, "dispatcher"], SELARAS_JOBS_IN_FLIGHT=str(in_flight)
        )

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def send(self, tenant: Any, kind: str, **args: object) -> UUID:
        with self.database.tenant(tenant.tenant_id) as session:
            return enqueue(session, ACTOR, kind, args)

    def job(self, tenant: Any, job_id: UUID) -> JobView:
        with self.database.tenant(tenant.tenant_id) as session:
            return job(session, job_id)

    def ended(self, tenant: Any, job_id: UUID) -> JobView:
        return until(lambda: self.job(tenant, job_id), lambda one: one.state in ("done", "failed"))

    def envelopes(self, tenant: Any) -> list[Any]:
        """Those of the tests' jobs; the dispatcher puts in more, once on each day of an agency."""
        with psycopg.connect(self.urls.admin) as admin:
            query = (
                "SELECT e.job_id, e.state, e.attempts, e.worker FROM selaras.job_envelope e JOIN selaras.job j"
                " ON j.tenant_id = e.tenant_id AND j.id = e.job_id WHERE e.tenant_id = %s AND j.kind = ANY(%s)"
            )
            return admin.execute(query, (tenant.tenant_id, list(HANDLERS))).fetchall()

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def until(look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    """What `look` gives as soon as it is `good`; fails when patience ends."""
    limit = time.monotonic() + PATIENCE
    while not good(found := look()):
        assert time.monotonic() < limit, f"still {found!r} after {PATIENCE} s"
        time.sleep(0.1)
    return found


@contextmanager
def fresh(urls: Any, redis_url: str, database: Database, folder: Path) -> Iterator[Post]:
    """Nothing waits and nothing runs at the beginning; nothing runs at the end."""
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    with psycopg.connect(urls.admin) as admin:
        admin.execute("DELETE FROM selaras.job_envelope")
    made = Post(urls, redis_url, database, folder)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def post(urls: Any, redis_url: str, database: Database, tmp_path: Path) -> Iterator[Post]:
    with fresh(urls, redis_url, database, tmp_path) as made:
        yield made
