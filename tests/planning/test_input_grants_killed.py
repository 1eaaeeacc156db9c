"""kill -9 before and after every commit of a letter between two agencies: the job's retry brings both to the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from factories.across import LEADER, Between, between
from factories.carrying import freed
from factories.site import Home

__all__ = ["between"]

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("killed_letter.py")
COMMITS = 5


def killed(between: Between, home: Home, job: UUID, commit: int, moment: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SELARAS_APP_DATABASE_URL": between.urls.app}
    command = [sys.executable, str(SCRIPT), str(home.tenant_id), str(job), str(commit), moment]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    freed(between.urls.app, home.tenant_id, job)
    return done


def recovered(home: Home) -> None:
    """As the dispatcher does with a job whose worker is silent: it waits again."""
    home.scalar(
        "WITH one AS (UPDATE selaras.job_envelope SET state = 'waiting', worker = NULL WHERE tenant_id = :tenant"
        " AND state = 'running' RETURNING 1) SELECT count(*) FROM one"
    )


def written(between: Between) -> str:
    made = between.agreed()
    path = f"/api/v1/granted-inputs/{made}/inputs/2026-TW4"
    sent = between.receiving.as_person(LEADER).send("PUT", path, {"content": "Baik sekali."})
    assert sent.status_code == 204
    return made


def test_five_commits_carry_a_letter(between: Between) -> None:
    made = written(between)
    [job] = between.admitted(between.receiving)
    done = killed(between, between.receiving, job, 0, "before")
    assert done.stdout.split() == ["commits", str(COMMITS)], done.stderr
    assert between.ledger(between.giving, made)[-1] == ("input_grant.input", None)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, COMMITS + 1))
def test_killed_at_any_commit_it_arrives_once(between: Between, commit: int, moment: str) -> None:
    made = written(between)
    [job] = between.admitted(between.receiving)
    assert killed(between, between.receiving, job, commit, moment).returncode == -9
    recovered(between.receiving)
    left = between.admitted(between.receiving)
    if (commit, moment) == (1, "before"):
        assert left == [], "it was never claimed and is still admitted"
        done = killed(between, between.receiving, job, 0, "before")
        assert done.returncode == 0
    elif (commit, moment) == (COMMITS, "after"):
        assert left == []
    else:
        assert left == [job]
        assert killed(between, between.receiving, job, 0, "before").returncode == 0
    state = "SELECT state FROM selaras.job WHERE tenant_id = :tenant AND id = :job"
    assert between.receiving.scalar(state, job=job) == "done"
    arrived = [action for action, _ in between.ledger(between.giving, made)].count("input_grant.input")
    assert arrived == 1, "once in the ledger, however often it was brought"
    told = (
        "SELECT (revision, told_revision)::text FROM selaras.granted_input WHERE tenant_id = :tenant AND grant_id = :g"
    )
    assert between.receiving.scalar(told, g=made) == "(1,1)"
    assert between.giving.scalar(told, g=made) == "(1,1)"
