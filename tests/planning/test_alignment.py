"""How results serve goals: through superiors' results, by unit, in a constant number of statements; and its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from bench.staff import create_staff
from factories.site import Site
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from selaras.identity.permissions import Role
from selaras.planning.alignment import out_of_line, uneven_shares, unit_alignment
from selaras.planning.models import Goal, Plan, PlanItem, ResultShare
from selaras.planning.tree import hung_on, tree, walk

YEAR, DAY = 2030, date(2026, 9, 30)
TITLES = ("Meningkatnya layanan", "Melaksanakan layanan", "Menyusun laporan")


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_: object) -> None:
        sent.append(statement)

    event.listen(session.get_bind().engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(session.get_bind().engine, "before_cursor_execute", note)


def people_of(session: Session) -> list[tuple[UUID, UUID]]:
    rows = session.execute(
        text(
            "SELECT person_id, unit_id FROM selaras.appointment WHERE tenant_id = selaras.tid()"
            " AND kind = 'definitive' ORDER BY unit_id, person_id"
        )
    )
    return [(row.person_id, row.unit_id) for row in rows]


def goal(session: Session, unit: UUID, parent: UUID | None = None) -> Goal:
    row = Goal(code=uuid4().hex[:8], unit_id=unit, year=YEAR, title="Sasaran", indicator="Nilai", parent_id=parent)
    session.add(row)
    session.flush()
    return row


def result(session: Session, person: UUID, title: str, **more: object) -> PlanItem:
    plan = Plan(person_id=person, year=YEAR)
    session.add(plan)
    session.flush()
    row = PlanItem(plan_id=plan.id, code="1", kind="main", title=title, **more)
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def staffed(session: Session) -> list[tuple[UUID, UUID]]:
    create_staff(session, 12)
    return people_of(session)


def test_a_result_serves_a_goal_through_those_above_it(session: Session, staffed: list[tuple[UUID, UUID]]) -> None:
    (head, unit), (middle, _), (low, _), (loose, _) = staffed[:4]
    aim = goal(session, unit)
    top = result(session, head, TITLES[0], goal_id=aim.id)
    below = result(session, middle, TITLES[1], parent_item_id=top.id)
    result(session, low, TITLES[0], parent_item_id=below.id)
    result(session, loose, TITLES[2])
    lines = unit_alignment(session, YEAR, DAY)
    assert (sum(one.results for one in lines), sum(one.aligned for one in lines)) == (4, 3)
    assert sum(one.activities for one in lines) == 2
    assert all(one.percent == Decimal(100 * one.aligned) / one.results for one in lines)
    assert [one.person_id for one in out_of_line(session, YEAR, DAY, what="loose")] == [loose]
    told = {one.person_id: one.reworded for one in out_of_line(session, YEAR, DAY, what="activity")}
    assert told == {middle: "Terlaksananya layanan", loose: "Tersusunnya laporan"}
    assert {one.person_id for one in out_of_line(session, YEAR, DAY)} == {middle, loose}
    assert [one.below for one in hung_on(session, aim.id)] == [1]
    assert unit_alignment(session, YEAR - 1, DAY) == []


def test_only_the_newest_plan_of_a_person_counts(session: Session, staffed: list[tuple[UUID, UUID]]) -> None:
    person, unit = staffed[0]
    result(session, person, TITLES[1])
    later = Plan(person_id=person, year=YEAR, segment=2)
    session.add(later)
    session.flush()
    session.add(PlanItem(plan_id=later.id, code="1", kind="main", title=TITLES[0], goal_id=goal(session, unit).id))
    session.flush()
    (line,) = unit_alignment(session, YEAR, DAY)
    assert (line.results, line.aligned, line.activities) == (1, 1, 0)


@pytest.mark.parametrize(("shares", "whole"), [((50, 50), None), ((50, 49.5), None), ((50, 30), 80), ((60, 60), 120)])
def test_shares_that_do_not_make_up_the_whole(
    session: Session, staffed: list[tuple[UUID, UUID]], shares: tuple[float, ...], whole: int | None
) -> None:
    item = result(session, staffed[0][0], TITLES[0])
    session.add_all(
        ResultShare(item_id=item.id, person_id=person, kind="direct", share=Decimal(str(share)))
        for (person, _), share in zip(staffed[1:], shares, strict=False)
    )
    session.flush()
    assert [one.whole for one in uneven_shares(session, YEAR)] == ([] if whole is None else [whole])


def test_the_tree_takes_one_statement_however_large(session: Session, staffed: list[tuple[UUID, UUID]]) -> None:
    unit, above = staffed[0][1], None
    for _ in range(3):
        above = goal(session, unit, above.id if above else None)
    for _ in range(40):
        goal(session, unit, above.id if above else None)
    with counted(session) as sent:
        nodes = tree(session, YEAR)
    assert len(sent) == 1
    assert len(list(walk(nodes))) == 43
    (top,) = nodes
    assert (top.goals_below, top.empty_below, top.nobody) == (42, 40, False)


def test_pages_show_the_tree_a_goal_and_the_alignment(site: Site) -> None:
    manager = site.closed.manager()
    form = {
        "code": "SS-1",
        "unit_id": str(site.closed.unit(0)),
        "title": "Meningkatnya <b>layanan</b>",
        "indicator": "IKM",
    }
    assert manager.post("/goals/2026/new", form | {"target": "delapan"}, on="/goals/2026/new").status_code == 422
    made = manager.post("/goals/2026/new", form | {"target": "1.234,5", "measure": "poin"}, on="/goals/2026/new")
    assert made.status_code == 303
    page = manager.page(made.headers["Location"])
    assert "Meningkatnya &lt;b&gt;layanan&lt;/b&gt;" in page
    assert "1.234,5" in page
    assert "Pohon kinerja" in manager.page("/goals/2026")
    assert manager.get("/goals").headers["Location"].endswith("/goals/2026")
    assert "Keselarasan" in manager.page("/goals/2026/alignment")
    assert "Belum ada sasaran" in manager.page("/goals/2044")


def test_a_refused_form_keeps_what_was_written(site: Site) -> None:
    manager = site.closed.manager()
    sent = {"code": "SS-9", "unit_id": str(site.closed.unit(0)), "title": "Naiknya mutu", "indicator": ""}
    answer = manager.post("/goals/2026/new", sent, on="/goals/2026/new")
    assert answer.status_code == 422
    assert "Naiknya mutu" in answer.text
    assert manager.get("/goals/2026/new?parent=x").status_code == 422


def test_names_are_for_those_who_may_see_people(site: Site) -> None:
    admin = site.closed.as_role(Role.AGENCY_ADMIN)
    body = admin.get("/api/v1/goals/2026/alignment").json
    assert (body["out_of_line"], body["uneven_shares"]) == ([], [])
    assert 'aria-labelledby="out"' not in admin.page("/goals/2026/alignment")
    assert site.closed.as_person(5).get("/goals/2026/alignment").status_code == 403
