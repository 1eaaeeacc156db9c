"""What is lost comes back: an emptied or absent Redis, killed workers, broken connections, frozen processes."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jobs.conftest import PATIENCE, Post, until
from redis import Redis

from selaras.servers.valkey import embedded_valkey

pytestmark = pytest.mark.slow


def runs(log: Path) -> list[tuple[str, int, float]]:
    lines = log.read_text().split("\n")[:-1] if log.exists() else []
    return [(word, int(pid), float(at)) for word, pid, at in (line.split() for line in lines)]


def queued(redis: Any, tenant: Any) -> list[bytes]:
    """The agency's jobs in the queue; the dispatcher also puts in what it asks of every agency daily."""
    return [one for one in redis.lrange("rq:queue:selaras", 0, -1) if str(tenant.uuid).encode() in one]


def test_a_killed_workers_job_restarts_within_thirty_seconds(post: Post, tenant: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    post.dispatcher()
    workers = {worker.pid: worker for worker in (post.worker(), post.worker())}
    sent = post.send(tenant, "steps", log=str(log), at=0, of=60)
    until(lambda: post.job(tenant, sent), lambda one: one.done > 0)
    victim = workers.pop(runs(log)[0][1])
    killed = time.time()
    victim.kill()
    word, pid, at = until(lambda: runs(log), lambda found: len(found) > 1)[1]
    assert (word, pid) == ("start", next(iter(workers)))
    assert at - killed < 30
    done = post.ended(tenant, sent)
    assert done.result == {"steps": 60}
    assert post.envelopes(tenant) == []


def test_an_emptied_redis_is_filled_from_the_rows(post: Post, tenant: Any) -> None:
    post.dispatcher(in_flight=3)
    sent = [post.send(tenant, "quick", value=number) for number in range(10)]
    with Redis.from_url(post.redis_url) as redis:
        until(lambda: queued(redis, tenant), lambda found: len(found) >= 3)
        redis.flushall()
    post.worker()
    assert [post.ended(tenant, one).result for one in sent] == [{"echo": number} for number in range(10)]


def test_redis_emptied_under_a_working_worker_harms_nothing(post: Post, tenant: Any, tmp_path: Path) -> None:
    post.dispatcher()
    post.worker()
    sent = post.send(tenant, "steps", log=str(tmp_path / "log"), at=0, of=20)
    until(lambda: post.job(tenant, sent), lambda one: one.done > 0)
    with Redis.from_url(post.redis_url) as redis:
        redis.flushall()
    assert post.ended(tenant, sent).result == {"steps": 20}
    assert post.ended(tenant, post.send(tenant, "quick", value=1)).result == {"echo": 1}
    assert [word for word, _, _ in runs(tmp_path / "log")] == ["start", "end"]


@pytest.fixture
def valkey_home() -> Iterator[Path]:
    """A folder with a path short enough for a socket in it, so that the next server there has the same address."""
    with tempfile.TemporaryDirectory(prefix="valkey-", dir="/tmp") as folder:
        yield Path(folder)


def test_without_redis_jobs_wait_in_their_rows(post: Post, tenant: Any, tmp_path: Path, valkey_home: Path) -> None:
    with embedded_valkey(valkey_home, durable=False) as server:
        post.redis_url = server.url
        post.dispatcher()
        post.worker()
        assert post.ended(tenant, post.send(tenant, "quick", value=1)).state == "done"
    sent = [post.send(tenant, "quick", value=number) for number in range(3)]
    time.sleep(3)
    assert {post.job(tenant, one).state for one in sent} == {"waiting"}
    with embedded_valkey(valkey_home, durable=False) as again:
        assert again.url == server.url
        assert [post.ended(tenant, one).result for one in sent] == [{"echo": number} for number in range(3)]
        # The jobs may be done before the dispatcher comes to saying so.
        dispatcher = until((tmp_path / "0.log").read_text, lambda said: "Redis answers again" in said)
    assert dispatcher.count("Redis does not answer") == 1
    assert dispatcher.count("Redis answers again") == 1


def test_a_job_that_kills_its_workers_is_given_up(post: Post, tenant: Any, tmp_path: Path) -> None:
    post.dispatcher()
    sent = post.send(tenant, "poison", log=str(tmp_path / "log"))
    for _ in range(3):
        worker = post.worker()
        assert worker.wait(PATIENCE) == -signal.SIGKILL
    post.worker()
    failed = post.ended(tenant, sent)
    assert failed.error is not None
    assert (failed.state, failed.error["code"], failed.error["params"]) == ("failed", "job_gave_up", {"attempts": 3})
    assert len(runs(tmp_path / "log")) == 3
    assert post.envelopes(tenant) == []


def test_a_lost_database_connection_sends_the_job_round_again(post: Post, tenant: Any, tmp_path: Path) -> None:
    post.dispatcher()
    post.worker()
    sent = post.send(tenant, "crash_in_transaction", log=str(tmp_path / "log"))
    assert post.ended(tenant, sent).result == {"first": False}


def test_every_connection_cut_and_the_queue_goes_on(post: Post, tenant: Any) -> None:
    post.dispatcher()
    post.worker()
    assert post.ended(tenant, post.send(tenant, "quick", value=1)).state == "done"
    with psycopg.connect(post.urls.admin, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'selaras_app'"
        )
    post.database.engine.dispose()
    assert post.ended(tenant, post.send(tenant, "quick", value=2)).result == {"echo": 2}


def test_a_frozen_worker_never_shares_its_job(post: Post, tenant: Any, tmp_path: Path) -> None:
    """It misses its heartbeats and holds its lock: the job goes round, and nobody else runs it until it is dead."""
    log = tmp_path / "log"
    post.dispatcher()
    workers = {worker.pid: worker for worker in (post.worker(), post.worker())}
    sent = post.send(tenant, "steps", log=str(log), at=0, of=30)
    until(lambda: post.job(tenant, sent), lambda one: one.done > 0)
    first = workers[runs(log)[0][1]]
    first.send_signal(signal.SIGSTOP)
    until(lambda: post.envelopes(tenant)[0][1], lambda state: state != "running")
    time.sleep(8)  # long enough for the second worker to have been offered it
    assert [one[0] for one in runs(log)] == ["start"]
    first.send_signal(signal.SIGCONT)
    assert post.ended(tenant, sent).result == {"steps": 30}
    starts = [one for one in runs(log) if one[0] == "start"]
    assert len(starts) == 2
    assert "this run is dropped" in post.logs()
    assert first.poll() is None
