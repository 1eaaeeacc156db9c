"""Closing a survey: killed at any commit it comes to the same; a lost key asks for the phrase again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from factories.carrying import freed
from factories.site import ENCRYPTION_KEY
from factories.staff import create_staff
from factories.surveys import Survey, day
from sqlalchemy import event, text

from selaras.identity.actor import system
from selaras.monitoring.survey import access, jobs
from selaras.monitoring.survey.ballots import questions

from .conftest import VALUES

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("killed_worker.py")
TOKEN = {"survey_figure": "answers, mean, spread, behaviour, perspective", "survey_result": "state, answered, asked"}


def figures(survey: Survey) -> list[object]:
    """What a close left, named by what does not differ from run to run."""
    found = []
    with survey.database.tenant(survey.tenant_id) as session:
        for table, columns in TOKEN.items():
            query = f"SELECT {columns}, p.source_id FROM selaras.{table} f JOIN selaras.person p" + (
                " ON p.tenant_id = f.tenant_id AND p.id = f.person_id WHERE f.tenant_id = :t ORDER BY p.source_id, 1, 2"
            )
            found += [tuple(row) for row in session.execute(text(query), {"t": survey.tenant_id})]
        comments = "SELECT content FROM selaras.survey_comment WHERE tenant_id = :t ORDER BY 1"
        found += list(session.execute(text(comments), {"t": survey.tenant_id}).scalars())
    return sorted(map(str, found))


def killed(survey: Survey, job: UUID, commit: int, moment: str) -> int:
    command = [sys.executable, str(SCRIPT), str(survey.tenant_id), str(job), str(commit), moment]
    more = {"SELARAS_APP_DATABASE_URL": survey.urls.app, "SELARAS_ENCRYPTION_KEYS": ENCRYPTION_KEY}
    status = subprocess.run(command, env=os.environ | more, check=False, timeout=240).returncode
    freed(survey.urls.app, survey.tenant_id, job)
    return status


def admitted(survey: Survey) -> UUID:
    return survey.scalar(
        "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"
    )


@pytest.mark.parametrize(("commit", "moment"), [(2, "before"), (2, "after"), (3, "before")])
def test_a_close_that_is_killed_is_done_once(survey: Survey, commit: int, moment: str) -> None:
    survey.running(1)
    for n, (rater, subject) in enumerate(survey.asked()):
        survey.cast(rater, subject, dict.fromkeys(VALUES, 1 + n % 3), f"Kata {n}.")
    survey.order_close()
    assert killed(survey, admitted(survey), commit, moment) == -9
    done = survey.state() == "closed"
    assert done is (commit == 3 or moment == "after")
    after_the_kill = figures(survey)
    survey.carry()
    assert survey.state() == "closed"
    left = figures(survey)
    assert len(left) > 100
    assert not done or left == after_the_kill
    assert survey.scalar("SELECT count(*) FROM selaras.survey_ballot WHERE tenant_id = :tenant") == 0
    ended = survey.scalar(
        "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'survey.close'"
    )
    assert ended == 1


def test_a_lost_key_asks_for_the_phrase_again(survey: Survey) -> None:
    """As after a crash of the database, which empties the table that is not logged."""
    survey.running(1)
    rater = survey.asked(5, "peers")[0][0]
    survey.cast(rater, 5, {"loyal": 2})
    survey.order_close()
    survey.scalar("DELETE FROM selaras.survey_opening WHERE tenant_id = :tenant RETURNING 1")
    survey.carry()
    assert survey.state() == "open"
    survey.close()
    assert survey.state() == "closed"


def test_a_ballot_in_nobodys_place_is_not_counted(survey: Survey) -> None:
    survey.running(1)
    for rater, _ in survey.asked(5, "peers")[:3]:
        survey.cast(rater, 5, {"loyal": 3})
    survey.scalar(
        "INSERT INTO selaras.survey_ballot SELECT tenant_id, campaign_id, gen_random_uuid(), sealed"
        " FROM selaras.survey_ballot WHERE tenant_id = :tenant LIMIT 1 RETURNING 1"
    )
    survey.close()
    assert survey.results(5).perspectives[1].answered == 3


def counted(survey: Survey, work) -> int:  # type: ignore[no-untyped-def]  # what passes through is not looked at
    sent = []
    listen = (survey.database.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    event.listen(*listen)
    try:
        work()
    finally:
        event.remove(*listen)
    return len(sent)


def test_statements_do_not_grow_with_the_answers(database, urls, two_tenants) -> None:
    figures = {}
    for people, tenant in zip((40, 200), two_tenants, strict=True):
        with database.tenant(tenant.tenant_id) as session:
            create_staff(session, people)
        other = Survey(database, urls, tenant.tenant_id)
        other.choose()
        other.plan()
        opening = counted(other, other.open)
        other.everybody(lambda *_: 2, VALUES[:2])
        asked = counted(other, lambda other=other: _mine(other))
        other.order_close()
        figures[people] = (opening, asked, counted(other, other.carry))
    assert figures[40] == figures[200], figures


def _mine(survey: Survey) -> None:
    with survey.database.tenant(survey.tenant_id) as session:
        assert questions(session, survey.actor(2), survey.vault, day())


def test_comments_wait_for_a_moderator_who_sees_nothing_beside_them(survey: Survey) -> None:
    survey.running(1, moderated=True)
    for n, (rater, _) in enumerate(survey.asked(5, "peers")[:3]):
        survey.cast(rater, 5, {"loyal": 3}, f"Kata {n}.")
    survey.close()
    with survey.database.tenant(survey.tenant_id) as session:
        who = system(survey.tenant_id)
        waiting = access.waiting_comments(session, who, survey.id)
        assert survey.results(5).perspectives[1].comments == ()
        access.moderate(session, who, survey.id, waiting[0][0], shown=True)
        access.moderate(session, who, survey.id, waiting[1][0], shown=False)
    assert survey.results(5).perspectives[1].comments == (waiting[0][1],)
    assert survey.scalar("SELECT count(*) FROM selaras.survey_comment WHERE tenant_id = :tenant AND content = ''") == 1
    assert jobs.BATCH > 0
