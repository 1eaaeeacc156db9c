"""What is next for a person: contents, order, last days by the law, whose, words, and constant statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

import pytest
from factories.desk import Desk, clean, set_state
from factories.site import PERIOD, Home, Site
from factories.staff import create_staff
from sqlalchemy import event, text

from selaras.agenda.gathering import SOURCES, gather
from selaras.agenda.rules import Next, Urgency, ordered, urgency
from selaras.edge.task_words import WORDS
from selaras.errors import Misconfigured
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Permission, Role
from selaras.organisation.delegation import team_of
from selaras.organisation.tasks import Asked, Source, Task
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

__all__ = ["clean"]

DAY = date(2026, 12, 1)


def task(code: str, due: date | None = None, since: datetime | None = None) -> Task:
    return Task(code, UUID(int=1), due=due, since=since)


def test_the_most_urgent_comes_first() -> None:
    long_ago = datetime(2026, 11, 1, tzinfo=UTC)
    tasks = [
        task("open_without_day"),
        task("far", DAY + timedelta(days=30)),
        task("awaited_since_later", since=long_ago + timedelta(days=3)),
        task("awaited_longest", since=long_ago),
        task("within_a_week", DAY + timedelta(days=7)),
        task("today", DAY),
        task("late", DAY - timedelta(days=1)),
        task("very_late", DAY - timedelta(days=60)),
        task("awaited_and_far", DAY + timedelta(days=8), long_ago),
    ]
    found = [one.task.code for one in ordered(tasks, DAY)]
    assert found == [
        "very_late",
        "late",
        "today",
        "within_a_week",
        "awaited_and_far",
        "awaited_longest",
        "awaited_since_later",
        "far",
        "open_without_day",
    ]
    assert ordered(list(reversed(tasks)), DAY) == ordered(tasks, DAY)


@pytest.mark.parametrize(
    ("left", "expected"), [(-1, Urgency.LATE), (0, Urgency.SOON), (7, Urgency.SOON), (8, Urgency.OPEN)]
)
def test_late_begins_the_day_after_the_last_one(left: int, expected: Urgency) -> None:
    assert urgency(task("one", DAY + timedelta(days=left)), DAY) is expected


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    declared = [code for one in SOURCES for code in one.codes]
    assert len(declared) == len(set(declared)), "two sources give the same code"
    assert set(WORDS) == set(declared)


def test_a_code_that_is_not_declared_is_refused(session) -> None:
    strange = Source(frozenset({"known"}), frozenset({Permission.SEE_OWN}), lambda *_: [task("strange")])
    asked = asks(session, uuid4(), Role.EMPLOYEE)
    with pytest.raises(Misconfigured):
        gather(session, asked, (strange,))
    assert gather(session, asks(session, uuid4(), Role.AGENCY_ADMIN), (strange,)) == ()


def asks(session, person_id: UUID, role: Role, day: date = DAY) -> Asked:
    tenant, registry = session.info["tenant"], load_registry()
    who = Actor(tenant, None, "somebody", frozenset({role}), PERMISSIONS[role], person_id)
    whose = agency(session, tenant)
    law = cache(lambda on: rules_on(session, whose, on, registry))
    return Asked(who, person_id, day, whose.time_zone, law, cache(lambda: tuple(team_of(session, who, day))), registry)


@contextmanager
def counted(session) -> Iterator[list[str]]:
    sent: list[str] = []
    connection = session.connection()

    def count(conn, cursor, statement, *_: object) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    yield sent
    event.remove(connection, "before_cursor_execute", count)


def person(session, n: int) -> UUID:
    return session.execute(
        text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s"),
        {"t": session.info["tenant"], "s": f"person-{n}"},
    ).scalar_one()


def fill(session, year: int) -> None:
    """Everybody has a submitted plan with three results, nobody is rated, and the year's period is open, too."""
    values = {"t": session.info["tenant"], "year": year}
    for statement in (
        "DELETE FROM selaras.rating WHERE tenant_id = :t",
        "INSERT INTO selaras.plan (tenant_id, person_id, year, state, submitted_at)"
        " SELECT :t, id, :year, 'submitted', now() FROM selaras.person WHERE tenant_id = :t",
        "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)"
        " SELECT :t, id, n::text, 'main', 'Hasil' FROM selaras.plan, generate_series(1, 3) n WHERE tenant_id = :t",
        "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends) VALUES"
        " (:t, '2026-TW2', 'quarter', '2026-04-01', '2026-06-30'), (:t, '2025', 'year', '2025-01-01', '2025-12-31')",
    ):
        session.execute(text(statement), values)


def test_statements_are_the_same_for_a_team_of_one_and_of_forty(session) -> None:
    create_staff(session, 60)
    one, many = person(session, 30), person(session, 1)
    session.execute(
        text("UPDATE selaras.reporting_line SET superior_id = :many WHERE tenant_id = :t AND person_id <> :many"),
        {"t": session.info["tenant"], "many": many},
    )
    session.execute(
        text("UPDATE selaras.reporting_line SET superior_id = :one WHERE tenant_id = :t AND person_id = :below"),
        {"t": session.info["tenant"], "one": one, "below": person(session, 31)},
    )
    taken = {}
    for name, who in (("one", one), ("many", many)):
        with counted(session) as sent:
            gather(session, asks(session, who, Role.APPRAISER))
        taken[name] = len(sent)
    fill(session, 2026)
    with counted(session) as sent:
        found = gather(session, asks(session, many, Role.APPRAISER))
    assert {one.task.code: one.task.count for one in found}["plans_to_decide"] > 40
    assert taken["one"] == taken["many"]
    # A period more asks for the rules of its last day, once.
    assert len(sent) <= taken["many"] + 2
    assert all(":t" not in statement for statement in sent)


def test_last_days_are_the_laws(session) -> None:
    create_staff(session, 20)
    fill(session, 2025)
    found = {one.task.code: one.task for one in gather(session, asks(session, person(session, 1), Role.APPRAISER))}
    assert (found["plan_missing"].due, found["plan_missing"].article) == (
        date(2026, 1, 31),
        "PermenPANRB 6/2022 (penetapan SKP)",
    )
    rate = [
        one.task for one in gather(session, asks(session, person(session, 1), Role.APPRAISER))
        if one.task.code == "people_to_rate"
    ]  # fmt: skip
    assert {one.params["period"]: one.due for one in rate} == {
        "2025": date(2026, 1, 10),  # the year's evaluation
        "2026-TW2": None,  # the law names no day for a quarter
        PERIOD: None,
    }
    assert {one.count for one in rate} == {19}


def test_results_without_progress_are_told_two_weeks_before_the_period_ends(session) -> None:
    create_staff(session, 20)
    fill(session, 2026)
    who = person(session, 5)
    values = {"t": session.info["tenant"]}
    session.execute(text("UPDATE selaras.plan SET state = 'agreed' WHERE tenant_id = :t"), values)
    session.execute(text("DELETE FROM selaras.period WHERE tenant_id = :t AND code <> '2026-TW3'"), values)

    def missing(day: date) -> list[Next]:
        asked = asks(session, who, Role.EMPLOYEE, day)
        return [one for one in gather(session, asked) if one.task.code == "progress_missing"]

    assert missing(date(2026, 9, 15)) == []
    [told] = missing(date(2026, 9, 16))
    assert (told.task.count, told.task.due, told.days_left) == (3, date(2026, 9, 30), 14)
    session.execute(
        text(
            "INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)"
            " SELECT :t, i.id, 'quantity', '2026-07-01', 1 FROM selaras.plan_item i"
            " JOIN selaras.plan p ON p.tenant_id = :t AND p.id = i.plan_id AND p.person_id = :p"
            " WHERE i.tenant_id = :t AND i.code = '1'"
        ),
        values | {"p": who},
    )
    [told] = missing(date(2026, 9, 30))
    assert told.task.count == 2


def codes(home: Home, n: int) -> list[str]:
    return [one["code"] for one in home.as_person(n).get("/api/v1/next").json["items"]]


def test_home_shows_what_is_next_and_a_thing_that_was_done_is_gone(site: Site) -> None:
    home, desk = site.open, Desk(site.open, 4)
    assert codes(home, 4) == ["plan_missing"]
    assert desk.write().status_code == 303
    page = home.as_person(4).page("/")
    assert "SKP 2026 Anda masih draf" in page
    assert f'href="/people/{home.person(4)}/plans/2026/write"' in page
    assert codes(home, 4) == ["plan_draft"]
    set_state(home, 4, "submitted")
    assert codes(home, 4) == []
    assert "Tidak ada yang menunggu Anda" in home.as_person(4).page("/")
    mine = {one["code"]: one for one in home.as_person(1).get("/api/v1/next").json["items"]}
    assert (mine["plans_to_decide"]["count"], mine["plans_to_decide"]["page"]) == (1, "/team")
    assert mine["people_to_rate"]["title"] == "1 orang belum dinilai untuk Triwulan III 2026"
    assert "plans_to_decide" not in codes(home, 21), "a team of somebody else"


def test_a_result_waits_for_its_answer_until_the_last_day_to_object(site: Site) -> None:
    home = site.closed
    visitor = home.as_person(9)
    [answer] = [one for one in visitor.get("/api/v1/next").json["items"] if one["code"] == "result_to_answer"]
    assert (answer["article"], answer["days_left"]) == ("PP 30/2019 Ps 59", 14)
    assert answer["page"] == f"/people/{home.person(9)}/receipts/{PERIOD}"
    assert visitor.post(f"{answer['page']}/acceptance", on=answer["page"]).status_code == 303
    assert "result_to_answer" not in codes(home, 9)


def test_whoever_is_nobody_here_has_nothing_to_do_and_a_client_is_told_so(site: Site) -> None:
    manager = site.open.manager()
    assert manager.get("/api/v1/next").json == {"items": []}
    assert site.open.visitor().get("/api/v1/next").status_code == 401
