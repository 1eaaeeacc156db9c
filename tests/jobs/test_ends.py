"""What becomes of a job: done with a result, or failed in words; all of it by one dispatcher and one worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jobs.conftest import Post, fresh

from selaras.db.session import Database


@pytest.fixture(scope="module")
def standing(urls: Any, redis_url: str, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with fresh(urls, redis_url, database, tmp_path_factory.mktemp("post")) as made:
        made.dispatcher()
        made.worker()
        yield made


def test_a_job_is_done_and_its_envelope_goes(standing: Post, tenant: Any) -> None:
    sent = standing.send(tenant, "quick", value=7)
    done = standing.ended(tenant, sent)
    assert (done.state, done.result, done.error) == ("done", {"echo": 7}, None)
    assert done.created_at <= (done.started_at or done.created_at) <= (done.finished_at or done.created_at)
    assert standing.envelopes(tenant) == []


def test_a_refusal_is_kept_as_code_and_parameters(standing: Post, tenant: Any) -> None:
    failed = standing.ended(tenant, standing.send(tenant, "refuse"))
    assert (failed.state, failed.result) == ("failed", None)
    assert failed.error == {
        "code": "already_closed",
        "message": "The period {period} is closed.",
        "params": {"period": "2026-TW3"},
    }


def test_an_unexpected_error_gives_a_reference_and_no_personal_data(standing: Post, tenant: Any) -> None:
    failed = standing.ended(tenant, standing.send(tenant, "broken"))
    assert failed.error is not None
    assert failed.error["code"] == "unexpected"
    reference = failed.error["params"]["reference"]
    assert f"reference {reference}: psycopg.errors.InvalidTextRepresentation 22P02" in standing.logs()
    assert "Siti" not in standing.logs()
    assert "Siti" not in str(failed.error)


def test_an_unknown_kind_fails_in_words(standing: Post, tenant: Any) -> None:
    failed = standing.ended(tenant, standing.send(tenant, "from_the_future"))
    assert failed.error is not None
    assert failed.error["code"] == "job_kind_unknown"


def test_columns_can_be_crunched_in_job_after_job(standing: Post, tenant: Any) -> None:
    sent = [standing.send(tenant, "crunch") for _ in range(3)]
    assert [standing.ended(tenant, one).result for one in sent] == [{"sum": 4999950000}] * 3
