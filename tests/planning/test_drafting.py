"""A plan from draft to agreement, through the API and its page: both sides, in order, each refusal at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories.desk import clean
from factories.site import PERIOD, Home, Site, Visitor
from factories.years import Years
from sqlalchemy import text

__all__ = ["clean"]

MEASURE = {"aspect": "quantity", "indicator": "Jumlah naskah", "target": "10.5", "measure": "naskah"}
NOTE = "Tambahkan indikator kualitas pada hasil pertama."


def item(**more: Any) -> dict[str, Any]:
    made = {"code": "RHK-1", "title": "Naskah tersusun", "section": "utama", "measures": [MEASURE], "strategy": []}
    return made | more


def body(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    annexes = [{"code": "konsekuensi", "content": "Pembinaan"}, {"code": "konsekuensi", "content": "Penghargaan"}]
    return {
        "model": "kuantitatif",
        "items": list(items) or [item()],
        "annexes": annexes,
        "expectations": [{"code": "loyal", "content": "Menjaga rahasia jabatan"}],
    } | more


def path(home: Home, n: int, more: str = "", year: int = 2026) -> str:
    return f"/api/v1/people/{home.person(n)}/plans/{year}{more}"


def put(visitor: Visitor, home: Home, n: int, given: dict[str, Any], year: int = 2026) -> Any:
    return visitor.send("PUT", path(home, n, year=year), given)


def leader_s_result(home: Home) -> str:
    """Person 1, who appraises the first unit, agrees nothing with anybody: their plan is written by themself."""
    made = put(home.as_person(1), home, 1, body(item(title="Layanan unit meningkat")))
    assert made.status_code == 200, made.text
    found: str = made.json["plan"]["items"][0]["id"]
    return found


def test_a_plan_goes_from_draft_to_agreement(site: Site) -> None:
    home = site.open
    head, own = home.as_person(1), home.as_person(4)
    served = leader_s_result(home)
    made = put(own, home, 4, body(item(parent_item_id=served)))
    assert made.status_code == 200, made.text
    plan = made.json["plan"]
    assert (plan["state"], plan["variant"], plan["items"][0]["parent_title"]) == (
        "draft",
        "ja_jf",
        "Layanan unit meningkat",
    )
    assert plan["items"][0]["measures"][0]["target"] == "10.5"
    assert [one["content"] for one in plan["annexes"]] == ["Pembinaan", "Penghargaan"]
    assert own.send("POST", path(home, 4, "/submission")).json["plan"]["state"] == "submitted"
    assert put(own, home, 4, body()).json["code"] == "plan_state"
    open_above = head.send("POST", path(home, 4, "/agreement"))
    assert (open_above.status_code, open_above.json["code"]) == (409, "plan_superior_open")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET state = 'agreed' WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(1)},
        )
    agreed = head.send("POST", path(home, 4, "/agreement")).json["plan"]
    assert (agreed["state"], agreed["appraiser_name"]) == ("agreed", "Orang 1")
    returned = head.send("POST", path(home, 4, "/return"), {"note": NOTE}).json["plan"]
    assert (returned["state"], returned["note"], returned["agreed_at"]) == ("draft", NOTE, None)
    count = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action LIKE 'plan.%'"
    assert home.scalar(count) >= 5


def test_a_draft_may_be_incomplete_but_is_not_submitted_so(site: Site) -> None:
    home = site.open
    own = home.as_person(4)
    assert put(own, home, 4, body(item(measures=[]), model=None)).status_code == 200
    refused = own.send("POST", path(home, 4, "/submission"))
    assert (refused.status_code, refused.json["code"]) == (422, "plan_form")
    assert set(refused.json["errors"]) == {"model", "items.0.parent_item_id", "items.0.measures"}
    assert own.get(path(home, 4)).json["plan"]["state"] == "draft"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (body(item(section="lain")), "items.0.section"),
        (body(item(perspective="proses_bisnis")), "items.0.perspective"),
        (body(item(), item()), "items.1.code"),
        (body(item(goal_id="01a20567-0000-7000-8000-000000000000")), "items.0.goal_id"),
        (body(item(parent_item_id="01a20567-0000-7000-8000-000000000000")), "items.0.parent_item_id"),
        (body(item(assignment_id="01a20567-0000-7000-8000-000000000000")), "items.0.assignment_id"),
        (body(expectations=[{"code": "integritas", "content": "x"}]), "expectations.0.behaviour"),
        (body(variant="jpt"), "variant"),
    ],
)
def test_what_the_form_does_not_know_is_refused_at_its_field(site: Site, given: dict[str, Any], field: str) -> None:
    refused = put(site.open.as_person(4), site.open, 4, given)
    assert (refused.status_code, refused.json["code"], list(refused.json["errors"])) == (422, "plan_form", [field])
    assert site.open.as_person(4).get(path(site.open, 4)).json["plan"] is None


def test_who_may_do_what(site: Site) -> None:
    home = site.open
    head, own, other = home.as_person(1), home.as_person(4), home.as_person(25)
    assert put(own, home, 4, body()).status_code == 200
    assert put(head, home, 4, body()).status_code == 403
    assert put(other, home, 4, body()).status_code == 404
    assert home.manager().send("PUT", path(home, 4), body()).status_code == 403
    assert own.send("POST", path(home, 4, "/agreement")).status_code == 403
    assert home.as_person(21).send("POST", path(home, 4, "/agreement")).status_code == 404
    assert head.send("POST", path(home, 4, "/agreement")).json["code"] == "plan_state"
    assert head.send("POST", path(home, 5, "/agreement")).json["code"] == "plan_none"
    assert other.get(path(home, 4)).status_code == 404
    assert head.get(path(home, 4)).status_code == 200


def test_a_draft_is_rewritten_and_what_others_refer_to_stays(site: Site) -> None:
    home = site.open
    served = leader_s_result(home)
    assert put(home.as_person(4), home, 4, body(item(parent_item_id=served))).status_code == 200
    head = home.as_person(1)
    refused = put(head, home, 1, body(item(code="RHK-9")))
    assert (refused.status_code, refused.json["code"]) == (409, "plan_item_used")
    two = body(item(), item(code="RHK-2", measures=[{**MEASURE, "aspect": "time"}]), annexes=[], expectations=[])
    assert [one["code"] for one in put(head, home, 1, two).json["plan"]["items"]] == ["RHK-1", "RHK-2"]
    one = put(head, home, 1, body(item(measures=[{**MEASURE, "aspect": "cost"}]))).json["plan"]
    assert [(held["code"], [m["aspect"] for m in held["measures"]]) for held in one["items"]] == [("RHK-1", ["cost"])]


def test_the_page_shows_the_plan_in_the_form_s_order(site: Site) -> None:
    home = site.open
    own = home.as_person(4)
    empty = own.page(f"/people/{home.person(4)}/plans/2026")
    assert "Belum ada SKP" in empty
    assert put(own, home, 4, body(item(origin="other_agency"))).status_code == 200
    page = own.page(f"/people/{home.person(4)}/plans/2026")
    order = ["Hasil kerja utama", "Naskah tersusun", "Loyal", "Menjaga rahasia jabatan", "Konsekuensi", "Pembinaan"]
    places = [page.index(word) for word in order]
    assert places == sorted(places)
    assert "Penugasan khusus" in page
    assert "10,5 naskah" in page
    assert f"/people/{home.person(4)}/plans/2026" in own.page(f"/people/{home.person(4)}")
    assert own.get(f"/people/{home.person(4)}/plans/1999").status_code == 404


def test_every_plan_of_the_year_is_on_the_page_with_its_days(site: Site) -> None:
    home = site.open
    own, where = home.as_person(4), f"/people/{home.person(4)}/plans/2026"
    assert put(own, home, 4, body()).status_code == 200
    assert "SKP tahun ini" not in own.page(where)
    with home.database.tenant(home.tenant_id) as session:
        years = Years(session)
        years.run("UPDATE selaras.plan SET starts = '2026-07-01', ends = '2026-12-31' WHERE tenant_id = :tenant"
                  " AND person_id = :p", p=home.person(4))  # fmt: skip
        years.plan(4, 2026, {"quantity": (7.0, 7.0)}, segment=2, days=(date(2026, 1, 1), date(2026, 6, 30)))
    page = own.page(where)
    assert "SKP tahun ini" in page
    assert "1 Januari 2026 – 30 Juni 2026" in page
    assert "Naskah tersusun" in page
    earlier = own.page(f"{where}?segment=2")
    assert "SKP yang lebih awal" in earlier
    assert "Kegiatan" in earlier
    assert "Naskah tersusun" not in earlier
    assert "/plans/2026/write" not in earlier
    # The appraiser decides on the last one only, and a number that no plan has shows the last.
    assert "/agreement" not in home.as_person(1).page(f"{where}?segment=2")
    for number in ("9", "x", "1"):
        assert "Naskah tersusun" in own.page(f"{where}?segment={number}")
    assert home.as_person(25).get(f"{where}?segment=2").status_code == 404


def test_the_appraiser_sees_plan_and_team_leader_s_words_beside_the_rating(site: Site) -> None:
    home = site.open
    assert put(home.as_person(4), home, 4, body()).status_code == 200
    assignment = _assigned(home, member=4, leader=25)
    refused = home.as_person(5).send("PUT", f"/api/v1/assignments/{assignment}/inputs/{PERIOD}", {"content": "x"})
    assert (refused.status_code, refused.json["code"]) == (404, "assignment_unknown")
    leader = home.as_person(25)
    bad = leader.send("PUT", f"/api/v1/assignments/{assignment}/inputs/sometime", {"content": "x"})
    assert bad.status_code == 422
    for content in ("Draf pertama", "Naskah akademik selesai lebih awal"):
        given = leader.send("PUT", f"/api/v1/assignments/{assignment}/inputs/{PERIOD}", {"content": content})
        assert given.status_code == 204
    form = home.as_person(1).page(f"/people/{home.person(4)}/ratings/{PERIOD}")
    for word in ("Naskah tersusun", "Naskah akademik selesai lebih awal", "Orang 25", "Satgas data"):
        assert word in form
    assert "Draf pertama" not in form
    assert leader.get(f"/people/{home.person(4)}/ratings/{PERIOD}").status_code == 403
    (shown,) = home.as_person(4).get(f"/api/v1/people/{home.person(4)}/assignments?year=2026").json["items"]
    assert (shown["leader_name"], shown["inputs"][0]["period"]) == ("Orang 25", PERIOD)


def test_a_team_leader_says_nothing_about_days_outside_the_assignment_or_a_period_that_is_settled(site: Site) -> None:
    home = site.open
    assignment = _assigned(home, member=4, leader=25)
    said = home.as_person(25)
    address = f"/api/v1/assignments/{assignment}/inputs"
    outside = said.send("PUT", f"{address}/2019", {"content": "Terlambat"})
    assert (outside.status_code, outside.json["code"]) == (422, "input_period")
    _settled(home, "2027")
    late = said.send("PUT", f"{address}/2027", {"content": "Terlambat"})
    assert (late.status_code, late.json["code"]) == (409, "period_settled")
    _unsettled(home, "2027")


def test_the_plan_of_a_year_that_is_closed_stays_as_it_was_appraised(site: Site) -> None:
    home = site.open
    assert put(home.as_person(4), home, 4, body()).status_code == 200
    _settled(home, "2026")
    own, head = home.as_person(4), home.as_person(1)
    answers = [
        put(own, home, 4, body()),
        own.send("POST", path(home, 4, "/submission")),
        head.send("POST", path(home, 4, "/agreement")),
        head.send("POST", path(home, 4, "/return"), {"note": NOTE}),
    ]
    assert [(one.status_code, one.json["code"]) for one in answers] == [(409, "period_settled")] * 4
    _unsettled(home, "2026")


def _settled(home: Home, year: str) -> None:
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
                " VALUES (:t, :y, 'year', make_date(:n, 1, 1), make_date(:n, 12, 31), 'closed')"
            ),
            {"t": home.tenant_id, "y": year, "n": int(year)},
        )


def _unsettled(home: Home, year: str) -> None:
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("DELETE FROM selaras.period WHERE tenant_id = :t AND code = :y"), {"t": home.tenant_id, "y": year}
        )


def _assigned(home: Home, member: int, leader: int) -> str:
    with home.database.tenant(home.tenant_id) as session:
        made = session.execute(
            text(
                "INSERT INTO selaras.assignment (tenant_id, code, person_id, role, leader_id, origin, unit_id, task,"
                " basis, during) VALUES (:t, 'TIM-1', :p, 'member', :l, 'other_unit', :u, 'Satgas data', 'SK 1/2026',"
                " '[2026-01-01,)') RETURNING id"
            ),
            {"t": home.tenant_id, "p": home.person(member), "l": home.person(leader), "u": home.unit(2)},
        ).scalar_one()
    return str(made)


def test_the_agency_sees_how_far_plans_are(site: Site) -> None:
    home = site.open
    assert put(home.as_person(4), home, 4, body()).status_code == 200
    seen = home.manager().get("/api/v1/plans/2026/readiness").json
    assert (seen["people"], seen["without_plan"], seen["drafted"], seen["due"]) == (40, 39, 1, "2026-01-31")
    assert len(seen["items"]) == 40
    assert home.as_person(4).get("/api/v1/plans/2026/readiness").status_code == 403


def test_a_plan_that_was_read_is_not_sent_twice(site: Site) -> None:
    own = site.open.as_person(4)
    first = own.get(path(site.open, 4))
    again = own.get(path(site.open, 4), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
