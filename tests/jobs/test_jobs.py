"""Jobs from row to end, with real processes: what their letters give away, how far they are, how processes stop."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest
from jobs.conftest import ACTOR, PATIENCE, Post, until
from redis import Redis

from selaras.db.session import Database
from selaras.errors import NotFound
from selaras.jobs.queries import job, latest_jobs
from selaras.jobs.service import enqueue


def test_without_a_commit_there_is_no_job(post: Post, database: Database, tenant: Any) -> None:
    def fail() -> None:
        with database.tenant(tenant.tenant_id) as session:
            enqueue(session, ACTOR, "quick", {})
            raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError):
        fail()
    assert post.envelopes(tenant) == []
    with database.tenant(tenant.tenant_id) as session:
        assert latest_jobs(session) == ()


def test_progress_is_seen_while_it_runs(post: Post, tenant: Any, tmp_path: Any) -> None:
    post.dispatcher()
    post.worker()
    sent = post.send(tenant, "steps", log=str(tmp_path / "log"), at=0, of=40)
    seen = until(lambda: post.job(tenant, sent), lambda one: one.done > 0)
    assert (seen.state, seen.total) == ("running", 40)
    assert post.ended(tenant, sent).done == 40


def test_a_letter_is_the_agencys_own(post: Post, database: Database, two_tenants: tuple[Any, Any]) -> None:
    ours, theirs = two_tenants
    sent = post.send(ours, "quick", value="secret")
    with database.tenant(theirs.tenant_id) as session:
        with pytest.raises(NotFound):
            job(session, sent)
        assert latest_jobs(session) == ()


def test_the_queue_holds_only_the_agency_and_the_job(post: Post, tenant: Any) -> None:
    post.dispatcher()
    sent = post.send(tenant, "quick", value="secret")
    with Redis.from_url(post.redis_url) as redis:
        key = f"rq:job:{tenant.uuid}_{sent}"
        until(lambda: redis.exists(key), bool)
        dump = b"".join(b"%s=%s;" % pair for pair in redis.hgetall(key).items())
    assert b"secret" not in dump
    assert b"pickle" not in dump


@pytest.mark.parametrize("kind", ["worker", "dispatcher"])
def test_sigterm_ends_an_idle_process_cleanly(post: Post, kind: str) -> None:
    process = getattr(post, kind)()
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in post.logs()


def test_sigterm_hands_the_job_back_at_its_next_transaction(post: Post, tenant: Any, tmp_path: Any) -> None:
    dispatcher, worker = post.dispatcher(), post.worker()
    sent = post.send(tenant, "steps", log=str(tmp_path / "log"), at=0, of=150)
    until(lambda: post.job(tenant, sent), lambda one: one.done > 0)
    dispatcher.send_signal(signal.SIGTERM)
    assert dispatcher.wait(PATIENCE) == 0
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert post.job(tenant, sent).state == "waiting"
    assert [(one[1], one[2]) for one in post.envelopes(tenant)] == [("waiting", 0)]
    post.dispatcher()
    post.worker()
    assert post.ended(tenant, sent).result == {"steps": 150}
    assert "Traceback" not in post.logs()
