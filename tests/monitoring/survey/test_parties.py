"""Parties to a running objection, dated reminders, and a period that is closed while its survey is open."""

from __future__ import annotations

from datetime import date, timedelta

from factories.counting import statements
from factories.surveys import Survey, day
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from selaras.agenda.reminders import asked_on
from selaras.identity.permissions import Role
from selaras.identity.service import grant_role
from selaras.monitoring.survey.reminding import remind_of_surveys
from selaras.organisation.accounts import account_of
from selaras.organisation.reminding import Reminded
from selaras.regulation import load_registry

from .conftest import PERIOD, SUBJECT, Held


def test_parties_to_an_objection_are_not_drawn_and_a_superior_is_marked(survey: Survey) -> None:
    """Person 1 is the superior of 5, 6 and 7; between 5 and each of 1, 6 and 30 an objection is running."""
    survey.choose(survey_most={"peers": 40, "subordinates": 40})
    survey.plan(1)
    survey.open((5, 1), (6, 5), (30, 5), (33, 34))
    asked = set(survey.asked())
    assert not {(5, 6), (6, 5), (5, 1)} & asked, "neither as a peer nor as a subordinate, whichever of the two objected"
    assert (7, 5) in asked
    assert (1, 5) in asked, "there is no other superior"
    marked = {(n, one.asked.code): one.disputed for n in (1, 5, 6, 7) for one in survey.results(n).perspectives}
    assert [key for key, disputed in marked.items() if disputed] == [(5, "superior")]
    pairs = "SELECT count(*) FROM selaras.survey_conflict WHERE tenant_id = :tenant"
    assert survey.scalar(pairs) == 3, "of people outside the survey nothing is kept"
    for rater, _ in survey.asked(5):
        survey.cast(rater, 5, {"loyal": 2})
    survey.close()
    assert survey.scalar(pairs) == 0
    assert survey.results(5).perspectives[0].disputed


def test_too_few_without_the_parties_are_not_asked(survey: Survey) -> None:
    survey.choose(survey_minimum=19, survey_most={"peers": 40, "subordinates": 40})
    survey.plan(1)
    survey.open((5, 6))
    states = {n: survey.results(n).perspectives[1].state for n in (5, 6, 7)}
    assert states == {5: "too_few_asked", 6: "too_few_asked", 7: "asked"}


def reminded(survey: Survey, ahead: int) -> int:
    with survey.database.tenant(survey.tenant_id) as session:
        known = asked_on(session, survey.tenant_id, load_registry())
        asked = Reminded(day() + timedelta(days=ahead), known.zone, known.law, known.registry, known.calendar)
        return remind_of_surveys(session, asked)


def test_everybody_who_was_asked_is_reminded_on_the_same_days(survey: Survey) -> None:
    survey.choose()
    survey.plan(1, last=day() + timedelta(days=40))
    survey.open()
    raters = {rater for rater, _ in survey.asked()}
    for rater, subject in survey.asked(5):
        survey.cast(rater, subject, {"loyal": 2})
    told = [reminded(survey, ahead) for ahead in range(42)]
    assert [count for count in told if count] == [len(raters)] * 2, "once weeks before, once on the eve; nobody twice"
    assert told.index(len(raters)) in range(25, 34)
    with survey.database.tenant(survey.tenant_id) as session:
        query = text(
            "SELECT params->>'step' AS step, params->>'due' AS due, count(*) AS people, count(DISTINCT created_at)"
            " FROM selaras.notice WHERE tenant_id = :t AND code = 'survey_reminder' GROUP BY 1, 2 ORDER BY 1"
        )
        rows = [tuple(row) for row in session.execute(query, {"t": survey.tenant_id})]
    due = (day() + timedelta(days=40)).isoformat()
    assert rows == [("last", due, len(raters), 1), ("soon", due, len(raters), 1)]


def test_reminding_takes_the_same_statements_for_few_and_many(survey: Survey) -> None:
    counts = []
    for unit in (1, None):
        survey.choose() if unit else None
        survey.plan(unit)
        survey.open()
        with statements(survey.database) as seen:
            assert reminded(survey, 0) > 1
        counts.append(len(seen))
        done = "UPDATE selaras.survey_campaign SET state = 'closed' WHERE tenant_id = :tenant AND id = :c RETURNING 1"
        survey.scalar(done, c=survey.id)
    assert counts[0] == counts[1]


def test_a_period_is_not_closed_past_an_open_survey_unless_it_is_said(held: Held) -> None:
    home, survey = held.home, held.survey
    manager = home.manager()
    ready = manager.get(f"/api/v1/periods/{PERIOD}/readiness").json
    [one] = ready["surveys"]
    assert (ready["ready"], one["running"], one["fills"], one["share"]) == (False, True, False, 0)
    assert one["too_few_asked"] > 0
    assert one["too_few_answers"] == 0
    page = manager.page(f"/periods/{PERIOD}/close")
    assert 'name="without_surveys"' in page
    assert "1 survei periode ini masih berlangsung." in page
    assert "survei 360°" in manager.page(f"/periods/{PERIOD}").lower()
    refused = manager.send("POST", "/api/v1/closes", {"period": PERIOD})
    assert (refused.status_code, refused.json["code"]) == (409, "close_surveys_open")
    unsaid = manager.post(f"/periods/{PERIOD}/close", {}, on=f"/periods/{PERIOD}/close")
    assert unsaid.status_code == 409
    assert home.scalar("SELECT state FROM selaras.period WHERE tenant_id = :tenant AND code = :c", c=PERIOD) == "open"
    for role in (Role.AGENCY_ADMIN, Role.AUDITOR):
        assert home.as_role(role).get(f"/api/v1/periods/{PERIOD}/readiness").status_code == 403
    for rater, _ in survey.asked(SUBJECT, "peers")[:2]:
        held.answer(rater, 2)
    survey.close()
    after = manager.get(f"/api/v1/periods/{PERIOD}/readiness").json
    [one] = after["surveys"]
    assert (after["ready"], one["running"], one["state"]) == (True, False, "closed")
    assert 0 < one["too_few_answers"] <= one["groups"] - one["too_few_asked"]
    page = manager.page(f"/periods/{PERIOD}/close")
    assert "terlalu sedikit yang menjawab" in page
    assert 'name="without_surveys"' not in page


def test_said_so_the_period_is_closed_without_the_survey(held: Held) -> None:
    home = held.home
    manager = home.manager()
    started = manager.send("POST", "/api/v1/closes", {"period": PERIOD, "without_surveys": True})
    assert started.status_code == 202, started.text
    after = manager.get(f"/api/v1/periods/{PERIOD}/readiness").json
    assert (after["state"], after["ready"]) == ("closing", False)
    undo = (
        "WITH a AS (DELETE FROM selaras.close WHERE tenant_id = :tenant), b AS (DELETE FROM selaras.outcome_batch WHERE"
        " tenant_id = :tenant), c AS (DELETE FROM selaras.job_envelope WHERE tenant_id = :tenant), d AS (UPDATE"
        " selaras.period SET state = 'open' WHERE tenant_id = :tenant RETURNING 1) SELECT count(*) FROM d"
    )
    assert home.scalar(undo) == 1


def test_a_survey_that_is_over_waits_for_whoever_runs_it(held: Held) -> None:
    home = held.home
    person = 11
    with home.database.tenant(home.tenant_id) as session:
        account = account_of(session, home.person(person), day())
        assert account is not None
        grant_role(session, account, Role.PERFORMANCE_MANAGER, Range(date(2020, 1, 1), None))
    assert "menunggu dihitung" not in home.as_person(person).page("/")
    home.scalar(
        "UPDATE selaras.survey_campaign SET opens = opens - 9, closes = closes - 9 WHERE tenant_id = :tenant"
        " AND state = 'open' RETURNING 1"
    )
    assert "1 survei 360° telah berakhir dan menunggu dihitung" in home.as_person(person).page("/")
    assert "menunggu dihitung" not in home.as_person(12).page("/")
