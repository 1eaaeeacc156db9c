"""Around the form of a plan: what it offers, who may not open it, settled years, home, and its statements."""

from __future__ import annotations

import re

from factories.desk import REASON, YEAR, Desk, clean, path, set_state, stored
from factories.site import Site
from sqlalchemy import event, text

__all__ = ["clean"]


def test_goals_of_the_unit_or_the_nearest_above_and_assignments_are_offered(site: Site) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id, "p": home.person(4), "y": YEAR}
        unit = session.execute(
            text("SELECT unit_id FROM selaras.appointment WHERE tenant_id = :t AND person_id = :p"), values
        ).scalar_one()
        session.execute(
            text(
                "INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)"
                " VALUES (:t, 'S-1', :u, :y, 'Meningkatnya literasi', 'Nilai')"
            ),
            values | {"u": unit},
        )
        session.execute(
            text(
                "INSERT INTO selaras.assignment (tenant_id, code, person_id, role, origin, unit_id, task, basis,"
                " during) VALUES (:t, 'TIM-1', :p, 'member', 'other_unit', :u, 'Satgas data', 'SK 1', '[2026-01-01,)')"
            ),
            values | {"u": unit},
        )
    desk = Desk(home, 4)
    page = desk.read()
    assert "Meningkatnya literasi" in page
    assert "Satgas data" in page
    goal = re.search(r'value="([0-9a-f-]{36})">S-1', page)
    assert goal
    assert desk.write(items__0__goal_id=goal[1]).status_code == 303
    assert stored(home, 4)["items"][0]["goal_title"] == "Meningkatnya literasi"


def test_where_the_unit_has_no_goals_those_of_the_nearest_unit_above_are_offered(site: Site) -> None:
    home = site.open
    query = (
        "SELECT x.parent_id FROM selaras.unit_placement x JOIN selaras.appointment a ON a.tenant_id = :tenant"
        " AND a.unit_id = x.unit_id AND a.person_id = :p WHERE x.tenant_id = :tenant LIMIT 1"
    )
    above = home.scalar(query, p=home.person(4))
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)"
                " VALUES (:t, 'S-9', :u, :y, 'Meningkatnya kepuasan', 'Indeks')"
            ),
            {"t": home.tenant_id, "u": above, "y": YEAR},
        )
    assert "Meningkatnya kepuasan" in Desk(home, 4).read()


def test_who_may_not(site: Site) -> None:
    home = site.open
    where = path(home, 4)
    for other in (home.as_person(1), home.manager(), home.as_person(25)):
        assert other.get(where).status_code in (403, 404)
        for to in ("/write", "/autosave", "/copy"):
            assert other.post(path(home, 4, to), {"do": "save"}, on="/").status_code in (403, 404)
    own = home.as_person(4)
    for to in ("/agreement", "/return"):
        assert own.post(path(home, 4, to), {"note": REASON}, on="/").status_code == 403
        assert home.as_person(21).post(path(home, 4, to), {"note": REASON}, on="/").status_code == 404
    elsewhere = site.closed.as_person(4)
    assert elsewhere.get(where).status_code == 404
    assert elsewhere.post(where, {"do": "save"}, on="/").status_code == 404
    assert home.visitor().get(where).status_code == 303
    assert home.as_person(4).client.post(where, base_url=f"http://{home.host}", data={"do": "save"}).status_code == 403


def test_the_plan_of_a_settled_year_is_not_written(site: Site) -> None:
    home, desk = site.open, Desk(site.open, 4)
    desk.write()
    set_state(home, 4, "submitted")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
                " VALUES (:t, '2026', 'year', '2026-01-01', '2026-12-31', 'closed')"
            ),
            {"t": home.tenant_id},
        )
    try:
        assert desk.visitor.get(path(home, 4)).status_code == 409
        for to in ("/write", "/autosave", "/copy"):
            assert desk.visitor.post(path(home, 4, to), {"do": "save"}, on="/").status_code == 409
        head = home.as_person(1)
        for to in ("/agreement", "/return"):
            assert head.post(path(home, 4, to), {"note": REASON, "seen": "x"}, on="/").status_code == 409
        assert stored(home, 4)["state"] == "submitted"
    finally:
        with home.database.tenant(home.tenant_id) as session:
            session.execute(
                text("DELETE FROM selaras.period WHERE tenant_id = :t AND code = '2026'"), {"t": home.tenant_id}
            )


def test_home_begins_with_the_plan_that_is_missing(site: Site) -> None:
    home = site.open
    page = home.as_person(4).page("/")
    assert f"/people/{home.person(4)}/plans/2026/write" in page
    assert page.index("Anda belum memiliki SKP 2026") < page.index("Yang menunggu Anda") + 600
    Desk(home, 4).write()
    assert "Anda belum memiliki SKP 2026" not in home.as_person(4).page("/")


def test_pages_take_the_same_statements_for_few_results_as_for_many(site: Site) -> None:
    desk, counted = Desk(site.open, 4), []
    desk.write()
    engine = site.app.extensions["selaras"].database.engine

    def count(*_: object) -> None:
        counted.append(1)

    event.listen(engine, "before_cursor_execute", count)

    def taken() -> tuple[int, ...]:
        found = []
        for address in (path(site.open, 4), path(site.open, 4, "")):
            counted.clear()
            desk.visitor.page(address)
            found.append(len(counted))
        return tuple(found)

    few = taken()
    desk.read()
    for _ in range(6):
        desk.press("add:utama")
        desk.read()
    many = taken()
    event.remove(engine, "before_cursor_execute", count)
    assert (many, min(few) > 3) == (few, True)
