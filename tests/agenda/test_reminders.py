"""Reminders of last days: whom, when, by the calendar, and never twice the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories.counting import statements
from factories.site import PERIOD, Site
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras import clock
from selaras.agenda.reminders import asked_on, remind_all
from selaras.agenda.rounds import ask
from selaras.db.session import Database
from selaras.organisation.reminding import step_on
from selaras.regulation import load_registry


def run(session: Session, day: str) -> dict[str, int]:
    """A round at noon of a day at the agency."""
    moment = datetime.fromisoformat(f"{day}T05:00").replace(tzinfo=UTC)
    with clock.fixed(moment):
        return remind_all(session, asked_on(session, session.info["tenant"], load_registry()))


def told(session: Session, code: str) -> list[Any]:
    query = (
        "SELECT person_id, params FROM selaras.notice WHERE tenant_id = :tenant AND code = :code ORDER BY created_at"
    )
    return list(session.execute(text(query), {"tenant": session.info["tenant"], "code": code}))


@pytest.mark.parametrize(
    ("day", "step"),
    [
        ("2026-01-20", None),
        ("2026-01-22", "soon"),  # seven working days before Saturday, 31 January
        ("2026-01-29", "soon"),
        ("2026-01-30", "last"),
        ("2026-01-31", "last"),
        ("2026-02-01", "late"),
        ("2026-02-14", "late"),
        ("2026-02-15", None),
    ],
)
def test_steps_are_counted_in_working_days(day: str, step: str | None) -> None:
    assert step_on(date.fromisoformat(day), date(2026, 1, 31)) == step


def test_whoever_has_no_plan_is_told_once_for_each_step(session: Session) -> None:
    create_staff(session, 20)
    session.execute(text("DELETE FROM selaras.plan WHERE tenant_id = selaras.tid() AND year = 2027"))
    assert run(session, "2027-01-04")["plans"] == 0
    first = run(session, "2027-01-22")["plans"]
    assert first > 20 - 1
    assert run(session, "2027-01-22")["plans"] == 0
    assert run(session, "2027-01-25")["plans"] == 0
    assert run(session, "2027-01-29")["plans"] == first
    assert run(session, "2027-02-01")["plans"] == first
    params = [row.params for row in told(session, "plan_due")]
    assert {one["step"] for one in params} == {"soon", "last", "late"}
    assert {one["due"] for one in params} == {"2027-01-31"}


def test_whoever_handed_a_plan_in_is_not_told_but_the_appraiser_is(session: Session) -> None:
    create_staff(session, 20)
    tenant = {"tenant": session.info["tenant"]}
    session.execute(text("DELETE FROM selaras.plan WHERE tenant_id = :tenant AND year = 2027"), tenant)
    superior = session.execute(
        text(
            "INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state, appraiser_id)"
            " SELECT :tenant, person_id, 2027, 1, 'submitted', superior_id FROM selaras.reporting_line"
            " WHERE tenant_id = :tenant AND superior_id IS NOT NULL AND upper_inf(during) LIMIT 1"
            " RETURNING person_id, appraiser_id"
        ),
        tenant,
    ).one()
    run(session, "2027-01-28")
    assert superior.person_id not in {row.person_id for row in told(session, "plan_due")}
    [waits] = told(session, "plans_to_decide_due")
    assert (waits.person_id, waits.params["count"]) == (superior.appraiser_id, 1)


def test_progress_and_ratings_of_an_open_period(site: Site) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        ends = run(session, "2026-09-28")
        after = run(session, "2026-10-02")
        again = run(session, "2026-10-05")
        superiors = told(session, "ratings_due")
    assert (after["ratings"], again["ratings"]) == (len(superiors), 0)
    [waits] = superiors
    assert (waits.params["period"], waits.params["count"]) == (PERIOD, 1)
    assert ends["ratings"] == 0


def test_the_end_of_the_time_to_object(site: Site) -> None:
    home = site.closed
    delivered = home.scalar(
        "SELECT delivered_at FROM selaras.outcome_batch WHERE tenant_id = :tenant AND state = 'set'"
    )
    with home.database.tenant(home.tenant_id) as session:
        people = session.execute(
            text("SELECT count(DISTINCT person_id) FROM selaras.outcome WHERE tenant_id = :tenant"),
            {"tenant": home.tenant_id},
        ).scalar_one()
        days = [(delivered.date().toordinal() + n) for n in range(1, 20)]
        counts = [run(session, date.fromordinal(day).isoformat())["answers"] for day in days]
        steps = {row.params["step"] for row in told(session, "answer_due")}
        session.rollback()
    assert sum(counts) == 2 * people
    assert [one for one in counts if one] == [people, people]
    assert steps == {"soon", "last"}


def test_a_job_is_asked_for_once_a_day(database: Database, tenant: Any) -> None:
    with database.tenant(tenant.tenant_id) as session:
        assert ask(session, tenant.tenant_id, "Asia/Jakarta")
        assert not ask(session, tenant.tenant_id, "Asia/Jakarta")
        session.rollback()


def test_a_round_takes_the_same_statements_for_few_and_many(database: Database, two_tenants: tuple[Any, Any]) -> None:
    counts = []
    for people, made in zip((20, 60), two_tenants, strict=True):
        with database.tenant(made.tenant_id) as session:
            create_staff(session, people)
            with statements(database) as seen:
                told_of = run(session, "2027-01-28")["plans"]
            counts.append(len(seen))
            session.rollback()
        assert told_of >= people - 1
    assert counts[0] == counts[1]
