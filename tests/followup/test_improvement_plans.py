"""What follows a result: improvement plans with days and responsible people, and the count of what nothing follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from factories.counting import statements
from factories.site import PERIOD, Home, Site
from sqlalchemy import text

from selaras.agenda.reminders import asked_on, remind_all
from selaras.clock import today
from selaras.evaluation.queries import period_by_code
from selaras.followup.improvement_plans.queries import follow_figures
from selaras.regulation import load_registry

WHY = "Dua kegiatan mundur karena data awal belum lengkap."
CAME = "Data awal lengkap; kedua kegiatan selesai tepat waktu."
TO_IMPROVE = """
    SELECT o.person_id FROM selaras.outcome o
    JOIN selaras.reporting_line l ON l.tenant_id = :tenant AND l.person_id = o.person_id
    WHERE o.tenant_id = :tenant AND l.superior_id = :head AND o.outcome = 'butuh_perbaikan' ORDER BY 1 LIMIT 1
"""
OTHER = TO_IMPROVE.replace("= 'butuh_perbaikan'", "= 'baik'")


@pytest.fixture(autouse=True)
def clean(site: Site, urls: Any) -> Iterator[None]:
    yield
    with psycopg.connect(urls.admin) as connection:
        for table in ("improvement_action", "improvement_plan", "result_talk"):
            connection.execute(f"DELETE FROM selaras.{table} WHERE tenant_id = %s", (site.closed.tenant_id,))


def one_of(home: Home, query: str = TO_IMPROVE) -> UUID:
    found: UUID = home.scalar(query, head=home.person(1))
    return found


def number_of(home: Home, person: UUID) -> int:
    source = home.scalar("SELECT source_id FROM selaras.person WHERE tenant_id = :tenant AND id = :p", p=person)
    return int(str(source).rpartition("-")[2])


def where(person: UUID, more: str = "", *, api: bool = True) -> str:
    return (
        f"/api/v1/people/{person}/follow-ups/{PERIOD}{more}" if api else f"/people/{person}/receipts/{PERIOD}/follow-up"
    )


def body(home: Home, person: UUID, **more: object) -> dict[str, Any]:
    soon = (today("Asia/Makassar") + timedelta(days=30)).isoformat()
    steps = [
        {"what": "Melengkapi data awal", "until": soon, "responsible_id": str(person)},
        {"what": "Membahas hambatan tiap pekan", "until": soon, "responsible_id": str(home.person(1))},
    ]
    return {"analysis": WHY, "steps": steps, **more}


def test_the_superior_writes_it_both_do_their_steps_and_it_is_closed_once(site: Site) -> None:
    home = site.closed
    person = one_of(home)
    head, own = home.as_person(1), home.as_person(number_of(home, person))
    assert own.get(where(person)).json["state"] == "improve_missing"
    assert any(one["code"] == "improvement_to_write" for one in head.get("/api/v1/next").json["items"])
    assert own.send("PUT", where(person), body(home, person)).status_code == 403
    made = head.send("PUT", where(person), body(home, person), headers={"If-Match": "none"}).json
    assert (made["state"], len(made["plan"]["steps"])) == ("improving", 2)
    first, second = made["plan"]["steps"]
    task = next(one for one in own.get("/api/v1/next").json["items"] if one["code"] == "improvement_steps")
    assert task["due"] == first["until"]
    assert own.send("POST", where(person, f"/steps/{second['id']}/done")).status_code == 403
    done = own.send("POST", where(person, f"/steps/{first['id']}/done")).json
    again = own.send("POST", where(person, f"/steps/{first['id']}/done")).json
    assert done == again
    assert done["plan"]["steps"][0]["done_on"] == today("Asia/Makassar").isoformat()
    assert not any(one["code"] == "improvement_steps" for one in own.get("/api/v1/next").json["items"])
    refused = head.send("POST", where(person, "/end"), {"came_of": "baik"})
    assert (refused.status_code, refused.json["code"]) == (422, "improvement_came_of")
    assert head.send("POST", where(person, "/end"), {"came_of": CAME}).json["state"] == "improved"
    assert head.send("POST", where(person, "/end"), {"came_of": CAME * 2}).json["plan"]["came_of"] == CAME
    late = head.send("PUT", where(person), body(home, person))
    assert (late.status_code, late.json["code"]) == (409, "improvement_is_closed")
    notices = "SELECT array_agg(code) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :p"
    assert {"improvement_plan", "improvement_closed"} <= set(home.scalar(notices, p=person))


def test_two_write_it_and_nothing_is_overwritten(site: Site) -> None:
    home, person = site.closed, one_of(site.closed)
    head = home.as_person(1)
    first = head.send("PUT", where(person), body(home, person), headers={"If-Match": "none"}).json["plan"]
    blind = head.send("PUT", where(person), body(home, person), headers={"If-Match": "none"})
    assert (blind.status_code, blind.json["code"]) == (409, "improvement_changed")
    kept = [{name: one[name] for name in ("id", "what", "until", "responsible_id")} for one in first["steps"][:1]]
    seen = {"If-Match": first["version"]}
    second = head.send("PUT", where(person), body(home, person, steps=kept, analysis=WHY + " Dua."), headers=seen)
    assert [one["id"] for one in second.json["plan"]["steps"]] == [first["steps"][0]["id"]]


@pytest.mark.parametrize(
    ("analysis", "step", "field"),
    [
        ("pendek", ("Melengkapi", 9, "own"), "analysis"),
        (WHY, None, "steps"),
        (WHY, ("Melengkapi", -9, "own"), "steps.0.until"),
        (WHY, ("Melengkapi", 999, "own"), "steps.0.until"),
        (WHY, ("a", 9, "own"), "steps.0.what"),
        (WHY, ("Melengkapi", 9, "other"), "steps.0.responsible_id"),
    ],
)
def test_junk_is_named_by_field(site: Site, analysis: str, step: tuple[str, int, str] | None, field: str) -> None:
    home, person = site.closed, one_of(site.closed)
    people, steps = {"own": str(person), "other": str(home.person(40))}, []
    if step:
        until = (today("Asia/Makassar") + timedelta(days=step[1])).isoformat()
        steps = [{"what": step[0], "until": until, "responsible_id": people[step[2]]}]
    refused = home.as_person(1).send("PUT", where(person), {"analysis": analysis, "steps": steps})
    assert (refused.status_code, refused.json["code"]) == (422, "improvement_form")
    assert f'"{field}"' in refused.text


def test_strangers_find_nothing(site: Site) -> None:
    home, person = site.closed, one_of(site.closed)
    head = home.as_person(1)
    step = head.send("PUT", where(person), body(home, person)).json["plan"]["steps"][0]["id"]
    for stranger in (home.as_person(25), home.as_person(21), site.open.as_person(1)):
        assert stranger.get(where(person)).status_code in (403, 404)
        assert stranger.send("PUT", where(person), body(home, person)).status_code in (403, 404)
        assert stranger.send("POST", where(person, f"/steps/{step}/done")).status_code in (403, 404)
    assert home.manager().send("PUT", where(person), body(home, person)).status_code in (403, 404)
    other = one_of(home, OTHER)
    assert head.send("POST", where(other, f"/steps/{step}/done")).status_code == 404, "a step of somebody else's plan"


def test_the_page_works_without_a_script_and_gives_back_what_was_typed(site: Site) -> None:
    home, person = site.closed, one_of(site.closed)
    head, page = home.as_person(1), where(person, api=False)
    soon = (today("Asia/Makassar") + timedelta(days=9)).isoformat()
    form = {"seen": "none", "analysis": WHY, "steps.0.what": "Melengkapi data", "steps.0.until": soon}
    form |= {"steps.0.responsible_id": str(person), "steps.1.what": "Tanpa hari", "steps.1.responsible_id": str(person)}
    refused = head.post(page, form, on=page)
    assert (refused.status_code, "Tanpa hari" in refused.text, WHY in refused.text) == (422, True, True)
    form.pop("steps.1.what")
    assert head.post(page, form, on=page).status_code == 303
    own = home.as_person(number_of(home, person))
    shown = own.page(page)
    assert WHY in shown
    assert "Simpan dan beri tahu" not in shown, "the employee reads it"
    action = home.scalar("SELECT id FROM selaras.improvement_action WHERE tenant_id = :tenant")
    assert own.post(f"{page}/steps/{action}", on=page).status_code == 303
    assert head.post(f"{page}/end", {"came_of": CAME}, on=page).status_code == 303
    assert CAME in own.page(page)
    assert page in own.page(f"/people/{person}/receipts/{PERIOD}")


def test_the_manager_counts_what_nothing_follows(site: Site) -> None:
    home, person = site.closed, one_of(site.closed)

    def counted() -> tuple[int, int, int]:
        lines = home.manager().get(f"/api/v1/periods/{PERIOD}/follow-ups/figures").json["items"]
        states = [one["states"] for one in lines]
        total = sum(one["people"] for one in lines)
        missing = sum(one.get("improve_missing", 0) for one in states)
        return total, sum(one["nothing"] for one in lines), missing

    total, nothing, missing = counted()
    assert (
        total
        == nothing
        == home.scalar("SELECT count(DISTINCT person_id) FROM selaras.outcome WHERE tenant_id = :tenant")
    )
    assert missing > 0
    home.as_person(1).send("PUT", where(person), body(home, person))
    talked = one_of(home, OTHER)
    said = {"held_on": today("Asia/Makassar").isoformat(), "agreed": "Target triwulan depan dinaikkan.", "seen": "none"}
    receipt = f"/people/{talked}/receipts/{PERIOD}"
    assert home.as_person(1).post(f"{receipt}/talk", said, on=receipt).status_code == 303
    assert counted() == (total, nothing - 2, missing - 1)
    page = home.manager().page(f"/periods/{PERIOD}/follow-up")
    assert "Unit 1" in page
    assert f"/periods/{PERIOD}/follow-up" in home.manager().page(f"/periods/{PERIOD}")
    with home.database.tenant(home.tenant_id) as session, statements(home.database) as asked:
        follow_figures(session, period_by_code(session, PERIOD), date(2026, 12, 1))
    assert len(asked) == 3, "the agency, the period, and the figures of every unit"


def test_whoever_is_responsible_is_reminded_once_for_each_step_of_time(site: Site) -> None:
    home, person = site.closed, one_of(site.closed)
    near = [{"what": "Melengkapi data", "until": today("Asia/Makassar").isoformat(), "responsible_id": str(person)}]
    home.as_person(1).send("PUT", where(person), body(home, person, steps=near))
    for expected in (1, 0):
        with home.database.tenant(home.tenant_id) as session:
            told = remind_all(session, asked_on(session, home.tenant_id, load_registry()))["improvement"]
        assert told == expected
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.improvement_action SET until = until - 3 WHERE tenant_id = :t"), {"t": home.tenant_id}
        )
    assert home.as_person(1).get(where(person)).json["state"] == "improving_late"
