"""Lists as files: every page with a list offers it; page and API give the same, as far as the permission reaches."""

from __future__ import annotations

import pytest
from factories.route_kinds import KINDS
from factories.site import PERIOD, Home, Site, Visitor

from selaras.exchange import export_jobs
from selaras.exchange.lists import LISTS
from selaras.identity.permissions import Role
from selaras.web.exports import LIST_PAGES

# Pages that the walk of people's data calls lists, and that are none to take along as a file, with the reason.
NO_LIST = {
    "web.pay_simulation": "who a draft would pay differently: a file of its own, for whoever sees all pay",
    "web.pay_changes_file": "the file itself; the page of the simulation offers it",
    "web.home": "a look at several things, each of which is a list of its own page",
    "web.upload": "the answer to an upload",
    "web.briefing_readers": "who has read the briefing; nothing about their work",
    "web.not_filed_document": "a document itself",
    "web.ranking_page": "ranks by a rule that the reader chooses; the results behind them are the list of the period",
    "web.rating_patterns": "questions about appraisers to ask in a meeting, not to pass round as a file",
    "web.reported_feedback": "reports to decide on; what was said stays where it stands",
    "web.talent_pool_file": "the file itself; the page of the board offers it",
    "web.superiors": "questions to answer; the lines that follow from them are the list reporting_lines",
}


def visitors(home: Home) -> list[Visitor]:
    return [home.manager(), home.as_role(Role.AGENCY_ADMIN), home.official(), home.as_role(Role.APPOINTING_OFFICIAL)]


def test_every_page_with_a_list_of_people_offers_it_or_says_why_not(site: Site) -> None:
    pages = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("web.") and KINDS.get(rule.endpoint) == "list"
    }
    assert pages - set(LIST_PAGES) - set(NO_LIST) == set(), "declare the list in exchange/lists and in LIST_PAGES"
    assert {code for codes in LIST_PAGES.values() for code in codes} <= set(LISTS)


@pytest.mark.parametrize("endpoint", LIST_PAGES)
def test_the_page_has_the_buttons(site: Site, endpoint: str) -> None:
    home = site.open
    with site.app.test_request_context(base_url=f"http://{home.host}"):
        rule = next(one for one in site.app.url_map.iter_rules() if one.endpoint == endpoint)
    values = {"period": PERIOD, "year": 2026}
    address = rule.build({name: values[name] for name in rule.arguments})[1]  # type: ignore[index]  # found, or the test fails
    shown = [answer.text for who in visitors(home) if (answer := who.get(address)).status_code == 200]
    for code in LIST_PAGES[endpoint]:
        assert any(f'name="list" value="{code}"' in page for page in shown), (endpoint, code)


def test_the_manager_takes_a_list_along_by_page_and_api(site: Site) -> None:
    home = site.closed
    manager = home.manager()
    assert "Daftar sebagai berkas" in manager.page("/exports")
    got = manager.post("/exports", {"list": "people", "format": "csv"}, on="/exports")
    assert (got.status_code, got.mimetype) == (200, "text/csv")
    assert "attachment; filename=people-" in got.headers["Content-Disposition"]
    assert got.data.decode("utf-8-sig").startswith("PNS ID;NIP BARU;NAMA;")
    same = manager.send("POST", "/api/v1/exports", {"list": "people"})
    assert same.data == got.data
    book = manager.send("POST", "/api/v1/exports", {"list": "outcomes", "format": "xlsx", "period": PERIOD})
    assert (book.status_code, book.data[:2]) == (200, b"PK")
    offered = {one["code"] for one in manager.get("/api/v1/exports").json["items"]}
    assert {"people", "plans", "outcomes"} <= offered
    page = manager.page("/exports")
    assert all(f'name="list" value="{code}"' in page for code in offered)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"list": "weather", "format": "csv"}, 404), ({"list": "people", "format": "pdf"}, 422),
        ({"list": "plans", "format": "csv", "year": "soon"}, 422), ({"list": "outcomes", "format": "csv"}, 422),
        ({}, 404),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_in_words(site: Site, data: dict[str, str], status: int) -> None:
    refused = site.open.manager().post("/exports", data, on="/exports")
    assert (refused.status_code, 'role="alert"' in refused.text) == (status, True)


def test_whoever_sees_no_list_gets_none_and_a_part_is_a_part(site: Site) -> None:
    home = site.open
    own = home.as_person(4)
    assert own.get("/exports").status_code == 403
    assert own.post("/exports", {"list": "people", "format": "csv"}, on="/").status_code == 403
    assert own.send("POST", "/api/v1/exports", {"list": "people"}).status_code == 403
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert admin.send("POST", "/api/v1/exports", {"list": "outcomes", "period": PERIOD}).status_code == 403
    assert site.closed.visitor().post("/exports", {"list": "people", "format": "csv"}).status_code == 303


def test_a_long_list_is_a_job_with_a_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "SMALL", 1)
    home = site.open
    manager = home.manager()
    sent = manager.post("/exports", {"list": "people", "format": "csv"}, on="/exports")
    assert sent.status_code == 303
    page = sent.headers["Location"].split("?")[0]
    assert "Berkas sedang dibuat" in manager.page(page)
    assert manager.get(f"{page}/file").status_code == 404
    assert home.official().get(page).status_code == 404
    answer = manager.send("POST", "/api/v1/exports", {"list": "people"})
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    assert manager.get(f"/api/v1/exports/jobs/{answer.json['id']}").json["rows"] is None
    assert manager.get(f"/api/v1/exports/jobs/{answer.json['id']}/file").status_code == 404
