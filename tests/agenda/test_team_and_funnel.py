"""A team at one look, the agency's funnel by unit, who waits for whom; and that a count counts right, once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from factories.desk import Desk, clean, set_state
from factories.site import PERIOD, Site
from factories.staff import create_staff
from sqlalchemy import event, text

from selaras.agenda.counting import count
from selaras.agenda.funnel import STEPS, funnel, waited_for
from selaras.agenda.jobs import CountRounds
from selaras.agenda.team import Stage, team_state
from selaras.clock import now
from selaras.evaluation.queries import period_by_code
from selaras.identity.actor import system
from selaras.identity.permissions import Role, ScopeKind
from selaras.identity.roles import Granting, Scope, grant
from selaras.identity.service import ensure_account
from selaras.organisation.queries import team

__all__ = ["clean"]
DAY = date(2026, 10, 1)


def run(session, statement: str, **values: object) -> None:
    session.execute(text(statement), {"t": session.info["tenant"], **values})


def plan(
    session, n: int, state: str | None, *, note: str | None = None, logged: bool = False, since: str = "1 day"
) -> None:
    """The last plan of person `n`; an older segment of the same year, which does not count, is there, too."""
    person = "(SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s)"
    run(
        session,
        "INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state, note, submitted_at, starts, ends)"
        f" VALUES (:t, {person}, 2026, 1, 'submitted', NULL, now() - interval '9 years', '2026-01-01', '2026-03-31'),"
        f" (:t, {person}, 2026, 2, :state, :note, now() - CAST(:since AS interval), '2026-04-01', '2026-12-31')",
        s=f"person-{n}",
        state=state,
        note=note,
        since=since,
    )
    run(
        session,
        "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)"
        f" SELECT :t, id, '1', 'main', 'Hasil' FROM selaras.plan WHERE tenant_id = :t AND person_id = {person}",
        s=f"person-{n}",
    )
    if logged:
        run(
            session,
            "INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)"
            " SELECT :t, i.id, one.aspect, '2026-08-01', 1 FROM selaras.plan_item i JOIN selaras.plan p"
            f" ON p.tenant_id = :t AND p.id = i.plan_id AND p.person_id = {person} AND p.segment = 2"
            " CROSS JOIN (VALUES ('quantity'), ('time')) one (aspect) WHERE i.tenant_id = :t",
            s=f"person-{n}",
        )


@pytest.fixture
def staffed(session):
    """Two units of twenty; nobody of the second is rated, and plans are at every stage."""
    create_staff(session, 40)
    run(
        session,
        "DELETE FROM selaras.rating r USING selaras.person p WHERE r.tenant_id = :t AND p.tenant_id = :t"
        " AND p.id = r.person_id AND substr(p.source_id, 8)::int > 20",
    )
    plan(session, 22, "draft")
    plan(session, 23, "draft", note="Tambahkan indikator kualitas.")
    plan(session, 24, "submitted")
    plan(session, 25, "agreed")
    plan(session, 26, "agreed", logged=True)
    plan(session, 27, "submitted", since="5 days")
    plan(session, 2, "agreed", logged=True)
    return session


def unit(session, n: int) -> UUID:
    return session.execute(
        text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = :s"),
        {"t": session.info["tenant"], "s": f"unit-{n}"},
    ).scalar_one()


def person(session, n: int) -> UUID:
    return session.execute(
        text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s"),
        {"t": session.info["tenant"], "s": f"person-{n}"},
    ).scalar_one()


def test_a_team_shows_who_needs_the_appraiser_first_then_who_is_behind(staffed) -> None:
    head = person(staffed, 21)
    people = [line.person_id for line in team(staffed, head, DAY)]
    before = team_state(staffed, period_by_code(staffed, PERIOD), people, date(2026, 9, 1))
    named = {one.name: (one.stage, one.needs) for one in before.members}
    assert named["Orang 22"] == (Stage.DRAFT, None)
    assert named["Orang 23"] == (Stage.RETURNED, None)
    assert named["Orang 24"] == (Stage.SUBMITTED, "decide")
    assert named["Orang 25"] == (Stage.AGREED, None)
    assert named["Orang 26"] == (Stage.LOGGED, None)
    assert named["Orang 28"] == (Stage.NO_PLAN, None)
    assert [one.name for one in before.members][:2] == ["Orang 24", "Orang 27"]
    assert before.members[-1].name == "Orang 26", "nothing is missing there"
    assert before.counts[Stage.NO_PLAN] == 13
    assert sum(before.counts.values()) == len(people) == 19
    over = team_state(staffed, period_by_code(staffed, PERIOD), people, date(2026, 9, 30))
    assert over.needing == 19, "on the last day of the period everybody is to be rated"
    assert {one.needs for one in over.members} == {"decide", "rate"}


def test_a_count_counts_each_person_once_in_every_unit_above(staffed) -> None:
    period = period_by_code(staffed, PERIOD)
    count(staffed, period, DAY)
    found = funnel(staffed, period, None, None)
    [top] = found.tops
    assert {step: getattr(top, step) for step in STEPS} == {
        "people": 40,
        "planned": 7,
        "agreed": 3,
        "logged": 2,
        "rated": 20,
        "delivered": 0,
        "accepted": 0,
    }
    assert (top.submitted, top.below, found.rows) == (2, 2, 2)
    by_name = {one.name: one for one in found.units}
    assert (by_name["Unit 1"].people, by_name["Unit 1"].agreed, by_name["Unit 1"].rated) == (20, 1, 20)
    assert (by_name["Unit 2"].people, by_name["Unit 2"].agreed, by_name["Unit 2"].rated) == (20, 2, 0)
    assert sum(one.people for one in found.units) == top.people
    alone = funnel(staffed, period, unit(staffed, 2), None)
    assert [one.name for one in alone.tops] == ["Unit 2"]
    assert alone.units == ()
    again = count(staffed, period, DAY)
    assert again >= 0
    assert funnel(staffed, period, None, None).tops == found.tops, "counting again changes nothing"


def test_somebody_who_came_after_the_period_is_not_counted_in_it(staffed) -> None:
    run(
        staffed,
        "UPDATE selaras.appointment SET during = '[2026-11-01,)' WHERE tenant_id = :t AND person_id = :p",
        p=person(staffed, 30),
    )
    period = period_by_code(staffed, PERIOD)
    count(staffed, period, date(2026, 12, 1))
    assert funnel(staffed, period, None, None).tops[0].people == 39


def test_who_waits_for_whom_by_number_and_by_time(staffed) -> None:
    period = period_by_code(staffed, PERIOD)
    count(staffed, period, date(2026, 9, 1))
    [only] = waited_for(staffed, period, None)
    assert (only.name, only.plans, only.ratings) == ("Orang 21", 2, 0)
    assert (now() - only.since).days == 5  # type: ignore[operator]  # wrong on purpose, or known better here
    count(staffed, period, DAY)
    found = waited_for(staffed, period, None)
    assert [(one.name, one.plans, one.ratings) for one in found] == [("Orang 21", 2, 19), ("Orang 1", 0, 1)]
    assert [one.name for one in waited_for(staffed, period, None, "longest")][:1] == ["Orang 1"]
    assert waited_for(staffed, period, [unit(staffed, 1)]) == found[1:]


def test_nothing_is_there_before_the_first_count(staffed) -> None:
    found = funnel(staffed, period_by_code(staffed, PERIOD), None, None)
    assert (found.tops, found.units, found.counted_at) == ((), (), None)


def counted(home) -> None:
    with home.database.tenant(home.tenant_id) as session:
        count(session, period_by_code(session, PERIOD), date(2026, 12, 1))


def test_the_manager_sees_the_funnel_drills_down_and_has_it_counted(site: Site) -> None:
    home, manager = site.closed, site.closed.manager()
    page = f"/periods/{PERIOD}/funnel"
    assert "Belum dihitung" in manager.page(page)
    assert manager.post(page, on=page).headers["Location"] == f"{page}?note=counting"
    assert manager.post(page, on=page).status_code == 303
    jobs = "SELECT count(*) FROM selaras.job WHERE tenant_id = :tenant AND kind = 'count'"
    assert home.scalar(jobs) == 1, "asked twice, counted once"
    job = manager.send("POST", f"/api/v1/periods/{PERIOD}/funnel")
    assert (job.status_code, home.scalar(jobs)) == (202, 1)
    counted(home)
    shown = manager.page(page)
    assert "60 pegawai" in shown
    assert "Hasil diterima" in shown
    inside = home.unit(1)
    units = manager.get(f"/api/v1{page}").json
    assert {one["name"]: one["delivered"] for one in units["units"]} == {"Unit 1": 20, "Unit 2": 20, "Unit 3": 20}
    assert manager.get(f"/api/v1{page}?unit={inside}").json["tops"][0]["rated"] == 20
    assert "Seluruh instansi" in manager.page(f"{page}?unit={inside}")
    for wrong in (f"{page}?unit=x", f"{page}?unit={UUID(int=5)}", "/periods/2031/funnel"):
        assert manager.get(wrong).status_code == 404
    assert manager.get(f"/api/v1{page}?order=nobody").status_code == 422
    assert home.as_person(1).get(page).status_code == 403
    assert home.as_person(1).get(f"/api/v1{page}").status_code == 403
    assert "Sejauh mana" in manager.page("/")


def test_whoever_manages_a_part_sees_that_part(site: Site) -> None:
    home = site.waiting
    counted(home)
    with home.database.tenant(home.tenant_id) as session:
        account = ensure_account(session, "part@test", "Pengelola unit")
        reach = Scope(ScopeKind.UNIT, home.unit(2))
        granting = Granting(account, Role.PERFORMANCE_MANAGER, "Surat tugas pengelola unit 2", DAY, None, reach)
        grant(session, system(home.tenant_id), granting, DAY)
    visitor = home.visitor().sign_in_as(home.uuid, account)
    found = visitor.get(f"/api/v1/periods/{PERIOD}/funnel").json
    assert [one["name"] for one in found["tops"]] == ["Unit 2"]
    assert found["tops"][0]["people"] == 20
    for stranger in (home.unit(0), home.unit(1)):
        assert visitor.get(f"/api/v1/periods/{PERIOD}/funnel?unit={stranger}").status_code == 404
        assert visitor.get(f"/periods/{PERIOD}/funnel?unit={stranger}").status_code == 404
    assert "Unit 1" not in visitor.page(f"/periods/{PERIOD}/funnel")


def test_pages_of_a_team_and_of_the_funnel_take_the_same_statements_for_many(site: Site) -> None:
    home, sent = site.open, []
    Desk(home, 4).write()
    counted(home)
    engine = site.app.extensions["selaras"].database.engine

    def note(*_: object) -> None:
        sent.append(1)

    def taken(visitor, address: str) -> int:
        visitor.page(address)
        sent.clear()
        visitor.page(address)
        return len(sent)

    event.listen(engine, "before_cursor_execute", note)
    head, manager = home.as_person(1), home.manager()
    few = [taken(head, "/"), taken(head, "/team"), taken(manager, f"/periods/{PERIOD}/funnel")]
    set_state(home, 4, "submitted")
    for n in range(5, 15):
        Desk(home, n).write()
        set_state(home, n, "submitted")
    counted(home)
    many = [taken(head, "/"), taken(head, "/team"), taken(manager, f"/periods/{PERIOD}/funnel")]
    event.remove(engine, "before_cursor_execute", note)
    assert many == few
    assert "11 orang memerlukan Anda" in head.page("/team") or "12 orang memerlukan Anda" in head.page("/team")
    state = head.get("/api/v1/team/state").json
    assert state["counts"]["rated"] == 19
    assert {one["needs"] for one in state["items"][:11]} <= {"decide", "rate"}
    assert home.as_person(4).get("/api/v1/team/state").status_code == 403


def test_every_open_period_is_counted_once_an_hour_by_itself(database, tenant) -> None:
    with database.tenant(tenant.tenant_id) as session:
        create_staff(session, 20)
    rounds = CountRounds(database, every=3_600.0)
    for _ in range(3):
        while True:
            rounds()
            if not rounds._due:
                break
    with database.tenant(tenant.tenant_id) as session:
        jobs = session.execute(
            text("SELECT kind, args FROM selaras.job WHERE tenant_id = :t"), {"t": tenant.tenant_id}
        ).all()
    assert jobs == [("count", {"period": PERIOD})]
