"""Goals one by one: the tree they make, what keeps one from being saved or removed, and rows of the matrix."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from factories.site import Home, Site

from selaras.organisation.models import Unit
from selaras.planning.phrasing import activity_words, suggestion

YEAR = 2026


def goal(home: Home, code: str, **more: object) -> dict[str, object]:
    return {
        "code": code,
        "unit_id": str(home.unit(0)),
        "title": f"Meningkatnya layanan {code}",
        "indicator": "Indeks",
        **more,
    }


@pytest.fixture
def tree(site: Site) -> dict[str, str]:
    """A top goal with two below it and one below those, fresh codes each time."""
    manager, mark = site.open.manager(), uuid4().hex[:6]
    made: dict[str, str] = {}
    for name, parent in (("top", None), ("left", "top"), ("right", "top"), ("leaf", "left")):
        body = goal(
            site.open, f"{name}-{mark}", parent_id=made.get(parent or ""), document="renstra" if not parent else None
        )
        answer = manager.send("POST", f"/api/v1/goals/{YEAR}", body)
        assert answer.status_code == 201, answer.text
        made[name] = answer.json["goal_id"]
    return made


def test_the_tree_counts_what_lies_below(site: Site, tree: dict[str, str]) -> None:
    items = {one["goal_id"]: one for one in site.open.manager().get(f"/api/v1/goals/{YEAR}").json["items"]}
    top = items[tree["top"]]
    assert (top["goals_below"], top["document"]) == (3, "renstra")
    assert [items[tree[name]]["parent_id"] for name in ("left", "leaf")] == [tree["top"], tree["left"]]
    order = list(items)
    assert order.index(tree["top"]) < order.index(tree["left"]) < order.index(tree["leaf"])


def test_a_goal_cannot_serve_itself_nor_one_of_another_year(site: Site, tree: dict[str, str]) -> None:
    manager = site.open.manager()
    path = f"/api/v1/goals/{YEAR}/{tree['top']}"
    answer = manager.send("PUT", path, goal(site.open, "circle", parent_id=tree["leaf"]))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["parent_id"])
    other = manager.send("POST", "/api/v1/goals/2027", goal(site.open, "next", parent_id=tree["top"]))
    assert other.status_code == 422


def test_every_field_that_is_wrong_is_named_at_once(site: Site) -> None:
    body = goal(site.open, " ", title="", document="surat")
    answer = site.open.manager().send("POST", f"/api/v1/goals/{YEAR}", body)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"code", "title", "document"}


def test_a_code_is_taken_once_a_year(site: Site, tree: dict[str, str]) -> None:
    manager = site.open.manager()
    code = manager.get(f"/api/v1/goals/{YEAR}/{tree['leaf']}").json["code"]
    assert manager.send("POST", f"/api/v1/goals/{YEAR}", goal(site.open, code)).status_code == 409


def test_who_comes_second_is_told_and_overwrites_nothing(site: Site, tree: dict[str, str]) -> None:
    manager, path = site.open.manager(), f"/api/v1/goals/{YEAR}/{tree['leaf']}"
    read = manager.get(path).json
    first = goal(site.open, read["code"], title="Turunnya waktu tunggu", version=read["version"])
    assert manager.send("PUT", path, first).status_code == 200
    second = manager.send("PUT", path, first | {"title": "Naiknya waktu tunggu"})
    assert (second.status_code, second.json["code"]) == (409, "goal_changed")
    assert manager.get(path).json["title"] == "Turunnya waktu tunggu"


def test_a_goal_goes_only_when_nothing_hangs_on_it(site: Site, tree: dict[str, str]) -> None:
    manager = site.open.manager()
    kept = manager.send("DELETE", f"/api/v1/goals/{YEAR}/{tree['left']}")
    assert (kept.status_code, kept.json["code"]) == (409, "goal_used")
    assert manager.send("DELETE", f"/api/v1/goals/{YEAR}/{tree['leaf']}").status_code == 204
    assert manager.send("DELETE", f"/api/v1/goals/{YEAR}/{tree['left']}").status_code == 204
    assert manager.get(f"/api/v1/goals/{YEAR}/{tree['left']}").status_code == 404


def test_goals_are_the_managers_and_of_one_agency(site: Site, tree: dict[str, str]) -> None:
    path = f"/api/v1/goals/{YEAR}/{tree['top']}"
    assert site.open.official().send("PUT", path, goal(site.open, "x")).status_code == 403
    assert site.open.as_person(3).get(f"/goals/{YEAR}").status_code == 403
    elsewhere = site.closed.manager()
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.send("PUT", path, goal(site.closed, "x")).status_code == 404
    foreign_unit = elsewhere.send("POST", f"/api/v1/goals/{YEAR}", goal(site.open, "x"))
    assert foreign_unit.status_code == 404
    foreign_parent = elsewhere.send("POST", f"/api/v1/goals/{YEAR}", goal(site.closed, "x", parent_id=tree["top"]))
    assert foreign_parent.status_code == 422


def test_last_years_goals_are_taken_over_below_their_own_parents(site: Site) -> None:
    manager, before = site.empty.manager(), 2031
    body = {"title": "Meningkatnya literasi", "indicator": "Nilai", "unit_id": None}
    with site.empty.database.tenant(site.empty.tenant_id) as session:
        unit = Unit(source_id=f"u-{uuid4().hex[:8]}", name="Dinas Contoh")
        session.add(unit)
        session.flush()
        body["unit_id"] = str(unit.id)
    top = manager.send("POST", f"/api/v1/goals/{before}", body | {"code": "A"}).json["goal_id"]
    manager.send("POST", f"/api/v1/goals/{before}", body | {"code": "A.1", "parent_id": top})
    for _ in range(2):
        assert manager.post(f"/goals/{before + 1}/copy", on=f"/goals/{before}").status_code == 303
    items = manager.get(f"/api/v1/goals/{before + 1}").json["items"]
    assert [one["code"] for one in items] == ["A", "A.1"]
    assert items[1]["parent_id"] == items[0]["goal_id"] != top


# Each word begins a title; a result is left alone.
@pytest.mark.parametrize(("word", "begins"), sorted(activity_words().items()))
def test_an_activity_gets_a_suggestion(word: str, begins: str) -> None:
    assert suggestion(f"{word.capitalize()} pelayanan perizinan") == f"{begins} pelayanan perizinan"


@pytest.mark.parametrize("title", ["Meningkatnya kepuasan pengguna", "Terlaksananya audit", "Melaksanakan", "", "2026"])
def test_a_result_gets_none(title: str) -> None:
    assert suggestion(title) is None


class Leader:
    """Somebody with a team and a plan of their own at the open agency."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.n = self._n()
        self.visitor = home.as_person(self.n)
        self.members = [UUID(str(one)) for one in self._members()]
        self.item = self._item()

    def _n(self) -> int:
        source = self.home.scalar(
            "SELECT p.source_id FROM selaras.person p JOIN selaras.reporting_line l ON l.tenant_id = :tenant"
            " AND l.superior_id = p.id WHERE p.tenant_id = :tenant GROUP BY p.source_id"
            " HAVING count(*) >= 2 ORDER BY p.source_id LIMIT 1"
        )
        return int(source.removeprefix("person-"))

    def _members(self) -> list[object]:
        found: list[object] = self.home.scalar(
            "SELECT array_agg(person_id ORDER BY person_id) FROM selaras.reporting_line"
            " WHERE tenant_id = :tenant AND superior_id = :leader",
            leader=self.home.person(self.n),
        )
        return found

    def _item(self) -> str:
        draft = {
            "model": "kuantitatif",
            "items": [
                {"code": "1", "title": "Meningkatnya layanan", "section": "utama", "measures": [], "strategy": []}
            ],
            "annexes": [],
            "expectations": [],
        }
        path = f"/api/v1/people/{self.home.person(self.n)}/plans/{YEAR}"
        found = self.visitor.get(path).json
        if not found["plan"]:
            answer = self.visitor.send("PUT", path, draft)
            assert answer.status_code == 200, answer.text
            found = answer.json
        return str(found["plan"]["items"][0]["id"])

    def write(self, cells: list[dict[str, object]], **more: object):
        return self.visitor.send("PUT", f"/api/v1/matrix/{YEAR}/{self.item}", {"cells": cells, **more})


@pytest.fixture
def leader(site: Site) -> Leader:
    return Leader(site.open)


def test_a_leader_divides_a_result_among_the_team(site: Site, leader: Leader) -> None:
    first, second = leader.members[:2]
    cells = [
        {"person_id": str(first), "kind": "direct", "share": "60"},
        {"person_id": str(second), "kind": "supporting", "output": "Data bulanan"},
    ]
    for _ in range(2):
        answer = leader.write(cells)
        assert answer.status_code == 204, answer.text
    shown = leader.visitor.get(f"/api/v1/people/{site.open.person(leader.n)}/matrix/{YEAR}").json
    assert {(one["person_id"], one["kind"]) for one in shown["members"] if one["item_id"] == leader.item} == {
        (str(first), "direct"),
        (str(second), "supporting"),
    }
    uneven = site.open.manager().get(f"/api/v1/goals/{YEAR}/alignment").json["uneven_shares"]
    assert [Decimal(str(one["whole"])) for one in uneven if one["item_id"] == leader.item] == [60]


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ({"kind": "direct", "share": "0"}, "cells.0.share"),
        ({"kind": "direct", "share": "101"}, "cells.0.share"),
        ({"kind": "supporting"}, "cells.0.output"),
        ({"kind": "whole"}, "cells.0.kind"),
    ],
)
def test_a_cell_that_cannot_be_is_named(leader: Leader, cell: dict[str, object], field: str) -> None:
    answer = leader.write([{"person_id": str(leader.members[0]), **cell}])
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_nobody_outside_the_team_and_no_more_than_the_whole(site: Site, leader: Leader) -> None:
    outside = leader.write([{"person_id": str(site.open.person(leader.n)), "kind": "direct"}])
    assert "cells.0.person_id" in outside.json["errors"]
    cells = [{"person_id": str(one), "kind": "direct", "share": "60"} for one in leader.members[:2]]
    assert "cells" in leader.write(cells).json["errors"]


def test_a_row_that_changed_meanwhile_is_not_overwritten(leader: Leader) -> None:
    answer = leader.write([], version="0" * 32)
    assert (answer.status_code, answer.json["code"]) == (409, "matrix_changed")


def test_a_row_belongs_to_its_leader(site: Site, leader: Leader) -> None:
    member = site.open.manager()
    assert member.send("PUT", f"/api/v1/matrix/{YEAR}/{leader.item}", {"cells": []}).status_code == 403
    body = {"cells": []}
    assert leader.visitor.send("PUT", f"/api/v1/matrix/{YEAR + 1}/{leader.item}", body).status_code == 404
    assert leader.visitor.send("PUT", f"/api/v1/matrix/{YEAR}/{uuid4()}", body).status_code == 404


def test_the_matrix_page_takes_a_row_without_a_script(leader: Leader) -> None:
    page, member = f"/team/matrix/{YEAR}", leader.members[0]
    assert "Matriks peran" in leader.visitor.page(page)
    wrong = leader.visitor.post(f"{page}/{leader.item}", {f"kind-{member}": "supporting"}, on=page)
    assert (wrong.status_code, "keluaran" in wrong.text) == (422, True)
    kept = leader.visitor.post(
        f"{page}/{leader.item}", {f"kind-{member}": "supporting", f"output-{member}": "Peta risiko"}, on=page
    )
    assert kept.status_code == 303
    assert "Peta risiko" in leader.visitor.page(page)
