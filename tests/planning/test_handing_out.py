"""One plan as the beginning of many: tried first, handed out once, nothing overwritten, only within reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from factories.counting import statements
from factories.desk import YEAR, Desk, clean, path, stored
from factories.site import Home, Site

from selaras.errors import DomainError, Invalid, NotFound
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.planning.handing_out import Row, Whom, hand_out, template_from, tried
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

__all__ = ["clean"]

PLANS_OF = "SELECT count(*) FROM selaras.plan WHERE tenant_id = :tenant AND person_id = :person"


def run(home: Home, whom: Whom, actor: Actor | None = None, *, dry: bool = False, owner: int = 4) -> list[Row]:
    with home.database.tenant(home.tenant_id) as session:
        rules = rules_on(session, agency(session, home.tenant_id), date(YEAR, 12, 31), load_registry())
        by = actor or system(home.tenant_id)
        template = template_from(session, by, home.person(owner), YEAR, YEAR, rules, segment=None)
        return tried(session, by, template, whom) if dry else hand_out(session, by, template, whom)


def test_tried_then_handed_out_once(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    Desk(home, 5).write(items__0__title="Punya sendiri")
    whom = Whom(unit_id=home.unit(1))
    told = {row.person_id: row.left_out for row in run(home, whom, dry=True)}
    assert told[home.person(4)] == told[home.person(5)] == "has_plan"
    assert told[home.person(6)] is None
    assert stored(home, 6) is None
    assert {row.person_id: row.left_out for row in run(home, whom)} == told
    assert stored(home, 6)["items"][0]["title"] == "Naskah tersusun"
    assert stored(home, 6)["state"] == "draft"
    assert stored(home, 5)["items"][0]["title"] == "Punya sendiri"
    count = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND code = 'plan_handed_out'"
    before = home.scalar(count)
    assert before >= sum(reason is None for reason in told.values()) > 0
    assert all(row.left_out for row in run(home, whom))
    assert home.scalar(count) == before


def test_junk_and_strangers(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    with pytest.raises(Invalid, match="a unit, a post, numbers or your team"):
        run(home, Whom())
    assert run(home, Whom(numbers=("x", "x"))) == [Row(None, "number_unknown", "x")]
    assert run(home, Whom(unit_id=site.closed.unit(1))) == []
    assert run(home, Whom(unit_id=uuid4())) == []
    with pytest.raises(NotFound):
        run(home, Whom(title="x"), owner=7)
    with pytest.raises(DomainError):
        run(home, Whom(unit_id=home.unit(1)), replace(system(home.tenant_id), permissions=frozenset()))
    assert stored(home, 6) is None


def test_a_leader_reaches_the_own_team_only(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    allowed = frozenset({Permission.AGREE_PLANS, Permission.SEE_TEAM})
    leader = replace(system(home.tenant_id), permissions=allowed, person_id=home.person(1))
    given = {row.person_id for row in run(home, Whom(kind="pelaksana"), leader)} | {
        row.person_id for row in run(home, Whom(unit_id=home.unit(1)), leader)
    }
    assert home.person(6) in given
    assert not given & {home.person(25), home.person(1)}
    assert stored(home, 25) is None
    assert home.scalar("SELECT count(*) FROM selaras.plan WHERE tenant_id = :tenant AND appraiser_id IS NULL") == 0


def test_on_the_page_it_is_tried_then_given_to_those_who_are_ticked(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    manager, where = home.manager(), path(home, 4, "/hand-out")
    assert where in manager.page(path(home, 4, ""))
    form = {"for": str(YEAR), "unit": str(home.unit(1))}
    refused = manager.post(where, {"for": str(YEAR), "do": "try"}, on=where)
    assert (refused.status_code, "Sebutkan siapa yang menerima" in refused.text) == (422, True)
    told = manager.post(where, {**form, "do": "try"}, on=where).text
    assert f'name="only" value="{home.person(6)}"' in told
    assert f'name="only" value="{home.person(4)}"' not in told, "has a plan"
    assert stored(home, 6) is None
    done = manager.post(where, {**form, "only": str(home.person(6)), "do": "give"}, on=where)
    assert "1 orang menerima konsep" in done.text
    assert stored(home, 6)["items"][0]["title"] == "Naskah tersusun"
    assert stored(home, 5) is None, "was not ticked"
    again = manager.post(where, {**form, "only": str(home.person(6)), "do": "give"}, on=where)
    assert "sudah memiliki SKP" in again.text
    assert home.scalar(PLANS_OF, person=home.person(6)) == 1
    assert path(home, 6, "", YEAR) in home.as_person(6).page("/messages")


def test_the_api_refuses_like_the_page(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    where = f"/api/v1{path(home, 4, '/hand-outs')}"
    body = {"for_year": YEAR, "unit_id": str(home.unit(1))}
    leader, stranger = home.as_person(1), home.as_person(5)
    told = {one["person_id"]: one["left_out"] for one in leader.send("POST", where, body).json["items"]}
    assert (told[str(home.person(6))], stored(home, 6)) == (None, None), "a dry run unless said otherwise"
    done = leader.send("POST", where, {**body, "own_team": True, "dry_run": False}).json["items"]
    assert str(home.person(6)) in {one["person_id"] for one in done if one["left_out"] is None}
    assert stored(home, 6)["state"] == "draft"
    assert stranger.send("POST", where, body).status_code in (403, 404)
    assert site.closed.manager().send("POST", where, body).status_code == 404
    assert leader.send("POST", where, {**body, "for_year": YEAR - 1}).json["code"] == "year_unwritable"
    assert leader.send("POST", where, {"for_year": YEAR}).json["code"] == "whom_nobody"


def test_a_locked_year_gets_no_drafts(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    manager, where = home.manager(), f"/api/v1{path(home, 4, '/hand-outs')}"
    lock = {"period": str(YEAR), "matter": "plan", "from_day": "2020-01-01"}
    assert manager.send("PUT", "/api/v1/locks", lock).status_code < 300
    refused = manager.send("POST", where, {"for_year": YEAR, "unit_id": str(home.unit(1)), "dry_run": False})
    manager.send("PUT", "/api/v1/locks", {**lock, "from_day": None})
    assert (refused.status_code, refused.json["code"]) == (409, "period_locked")


def test_trying_asks_the_database_the_same_for_many(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    with statements(home.database) as few:
        assert len(run(home, Whom(numbers=("198501012010000010",)), dry=True)) == 1
    with statements(home.database) as many:
        assert len(run(home, Whom(unit_id=home.unit(1)), dry=True)) > 5
    assert len(many) <= len(few) + 4, "the unit is found, and those below it"
