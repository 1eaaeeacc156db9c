"""kill -9 before and after every commit of a close: it goes on where it stopped and comes to the same result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from factories.carrying import freed
from sqlalchemy import text

from selaras.closing.rules import Stage

from .conftest import Closing

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("killed_worker.py")
CHUNK = 25
PEOPLE = 60
# Claiming and settling the job, one commit per stage, three chunks of people instead of one.
COMMITS = 2 + (len(Stage) - 1) + 3

# Ids differ from agency to agency, so rows are named by what the agencies share.
LEFT_BEHIND = """
    WITH named AS (SELECT tenant_id, id, source_id FROM selaras.person WHERE tenant_id = :tenant)
    SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
        SELECT concat_ws('|', 'outcome', n.source_id, o.segment, o.revision, o.outcome, o.score,
                         o.organisation_rating, o.group_key) AS line
        FROM selaras.outcome o JOIN named n ON n.tenant_id = o.tenant_id AND n.id = o.person_id
        WHERE o.tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'steps', n.source_id, s.numbers, s.codes, s.inputs, s.items)
        FROM selaras.outcome_steps s JOIN named n ON n.tenant_id = s.tenant_id AND n.id = s.person_id
        WHERE s.tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'pay', n.source_id, r.percent, r.base, r.amount)
        FROM selaras.remuneration r JOIN named n ON n.tenant_id = r.tenant_id AND n.id = r.person_id
        WHERE r.tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'notice', n.source_id, x.code, x.params)
        FROM selaras.notice x JOIN named n ON n.tenant_id = x.tenant_id AND n.id = x.person_id
        WHERE x.tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'ledger', actor, action, split_part(subject, ':', 1), payload - 'outcomes' - 'sha256')
        FROM selaras.ledger_entry WHERE tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'job', kind, state, done, total, result, error) FROM selaras.job WHERE tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'summary', employment, outcome, people)
        FROM selaras.outcome_summary WHERE tenant_id = :tenant
        UNION ALL
        SELECT concat_ws('|', 'file', name, media_type, purpose) FROM selaras.stored_file WHERE tenant_id = :tenant
    ) rows
"""


def prepared(closing: Closing) -> None:
    closing.staff(PEOPLE)
    closing.start()
    with closing.database.tenant(closing.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.job SET args = args || CAST(:chunk AS jsonb) WHERE tenant_id = :tenant").bindparams(
                chunk=f'{{"chunk": {CHUNK}}}', tenant=closing.tenant_id
            )
        )


def run(closing: Closing, commit: int, moment: str) -> subprocess.CompletedProcess[str]:
    job = closing.admit()
    environment = os.environ | {"SELARAS_APP_DATABASE_URL": closing.urls.app}
    command = [sys.executable, str(SCRIPT), str(closing.tenant_id), str(job), str(commit), moment]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    freed(closing.urls.app, closing.tenant_id, job)
    return done


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, object]:
    """What a close that nobody killed left behind, kept for the module's other tests."""
    return {}


def left_by_an_undisturbed_close(closing: Closing, kept: dict[str, object]) -> object:
    if "rows" not in kept:
        prepared(closing)
        done = run(closing, 0, "before")
        assert done.returncode == 0, done.stderr
        assert closing.overview().state == "set", (done.stdout, done.stderr)
        # Progress notes are commits too, and are left out when they come too fast.
        assert int(done.stdout.split()[1]) >= COMMITS
        kept["rows"] = closing.scalar(LEFT_BEHIND)
    return kept["rows"]


def test_every_commit_is_counted(closing: Closing, undisturbed: dict[str, object]) -> None:
    assert left_by_an_undisturbed_close(closing, undisturbed)
    assert closing.overview().state == "set"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", range(1, COMMITS + 1))
def test_killed_at_any_commit_it_comes_to_the_same(
    closing: Closing, two_tenants, undisturbed: dict[str, object], commit: int, moment: str
) -> None:
    expected = left_by_an_undisturbed_close(
        Closing(closing.database, closing.urls, two_tenants[0].tenant_id), undisturbed
    )
    prepared(closing)
    assert run(closing, commit, moment).returncode == -9
    if closing.scalar("SELECT count(*) FROM selaras.job_envelope WHERE tenant_id = :tenant"):
        closing.carry()
    assert closing.overview().state == "set"
    assert closing.scalar(LEFT_BEHIND) == expected
