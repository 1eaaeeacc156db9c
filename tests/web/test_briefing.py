"""The briefing before the first rating of a year: demanded by default, read section by section, and seen by others."""

from __future__ import annotations

import re

from factories.site import PERIOD, Home, Site
from sqlalchemy import text

from selaras.clock import today
from selaras.evaluation.briefing import VALUES, parts
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

FINE = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}


def demanded(home: Home) -> None:
    """Nothing was chosen here, so that what holds by default holds."""
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("DELETE FROM selaras.rating_procedure WHERE tenant_id = :t"), {"t": home.tenant_id})


def codes(page: str) -> list[str]:
    return re.findall(r'name="read" value="(\w+)"', page)


def test_the_first_rating_of_a_year_waits_for_the_briefing(site: Site) -> None:
    home = site.open
    demanded(home)
    head, form = home.as_person(1), f"/people/{home.person(3)}/ratings/{PERIOD}"
    assert "/briefing" in head.page(form)
    assert "/briefing" in head.page(f"/team/board?period={PERIOD}")
    refused = head.post(form, FINE, on=form)
    assert (refused.status_code, "sepuluh menit" in refused.text) == (409, True)
    assert head.post(form, {**FINE, "draft": "true"}, on=form).status_code == 303, "a draft is kept"
    page = head.page("/briefing")
    all_codes = codes(page)
    assert len(all_codes) >= 7
    half = head.post("/briefing", {"read": all_codes[:3]}, on="/briefing")
    assert (half.status_code, half.text.count(" checked")) == (422, 3)
    assert head.post("/briefing", {"read": all_codes}, on="/briefing").status_code == 303
    assert head.post("/briefing", {"read": all_codes}, on="/briefing").status_code == 303, "again changes nothing"
    assert head.post(form, FINE, on=form).status_code == 303
    ledger = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'briefing.read'"
    assert home.scalar(ledger) == 1


def test_the_api_says_and_takes_the_same(site: Site) -> None:
    home = site.open
    demanded(home)
    head = home.as_person(21)
    said = head.get("/api/v1/briefing").json
    assert (said["due"], said["read_at"], said["year"]) == (True, None, today("Asia/Makassar").year)
    path = f"/api/v1/people/{home.person(25)}/ratings/{PERIOD}"
    body = {"inputs": {**FINE, "rating_perilaku": "di_atas"}, "reason": "Bukti dukung baru diterima."}
    refused = head.send("PUT", path, body)
    assert (refused.status_code, refused.json["code"]) == (409, "briefing_needed")
    assert head.send("PUT", "/api/v1/briefing", {"read": []}).status_code == 422
    done = head.send("PUT", "/api/v1/briefing", {"read": [one["code"] for one in said["sections"]]})
    assert (done.status_code, done.json["due"]) == (200, False)
    assert head.send("PUT", path, body).status_code == 200


def test_the_manager_and_the_superior_see_who_has_read_it(site: Site) -> None:
    home = site.closed
    head = home.as_person(21)
    assert head.post("/briefing", {"read": codes(head.page("/briefing"))}, on="/briefing").status_code == 303
    listed = home.manager().page("/briefing/readers")
    assert re.search(r"(?s)Orang 41.*Orang 21", listed), "those who have not read it come first"
    assert "not read this year" not in listed
    assert "dibaca" in home.as_person(1).page(f"/people/{home.person(21)}"), "the superior"
    assert head.get("/briefing/readers").status_code == 403
    assert home.as_person(4).get("/briefing").status_code == 403


def test_the_values_are_the_regulation_s_own(site: Site) -> None:
    home = site.closed
    with home.database.tenant(home.tenant_id) as session:
        rules = rules_on(session, agency(session, home.tenant_id), today("Asia/Makassar"), load_registry())
    assert rules.behaviours
    last = parts(rules)[-1]
    assert last.code == VALUES
    assert [value for value, _ in last.examples] == [one.label for one in rules.behaviours.behaviours]
    for part in parts(rules):
        assert all(line["id"] and line["en"] for line in (part.title, *part.paragraphs))


def test_the_agency_may_do_without_it_from_a_day_on(site: Site) -> None:
    home = site.waiting
    demanded(home)
    assert home.as_person(1).get("/api/v1/briefing").json["due"] is True
    day = today("Asia/Makassar").isoformat()
    chosen = {"review": False, "briefing": False, "start": day, "reason": "Pelatihan penilai sudah dilakukan luring."}
    assert home.manager().send("PUT", "/api/v1/rating-procedure", chosen).status_code == 200
    assert home.as_person(1).get("/api/v1/briefing").json["due"] is False
