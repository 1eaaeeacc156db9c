"""Sessions as their owners and managers see and end them, and the agency's own limits."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from factories.site import Home, Site, Visitor
from flask_babel import force_locale

from selaras.clock import fixed, now
from selaras.edge.browsers import browser_in_words
from selaras.identity.access_limits import DEFAULTS
from selaras.identity.permissions import Role

CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


def arrive(home: Home, agent: str, address: str, role: Role = Role.AUDITOR) -> Visitor:
    """Somebody signs in through the pages, with a browser and from an address."""
    visitor = home.visitor()
    visitor.client.environ_base.update({"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent})
    found = home.as_role(role)
    cookie = found.client.get_cookie("selaras_session", domain=home.host).value
    held = home.app.extensions["selaras"]
    kept = held.sessions.read(home.uuid, cookie)
    token = held.sessions.start(home.uuid, kept.account_id, kept.proof, address=address, agent=agent)
    held.sessions.end(home.uuid, cookie)
    visitor.client.set_cookie("selaras_session", token, domain=home.host)
    return visitor


@pytest.fixture(autouse=True)
def nobody_else(site: Site) -> None:
    for home in (site.closed, site.open):
        for role in (Role.AUDITOR, Role.AGENCY_ADMIN, Role.PERFORMANCE_MANAGER):
            account = home.account(f"{role.value}@{home.slug}")
            home.app.extensions["selaras"].sessions.end_all(home.uuid, account)


def told(home: Home, action: str) -> list[dict[str, object]]:
    query = (
        "SELECT coalesce(json_agg(payload ORDER BY id), '[]')::text FROM selaras.ledger_entry"
        " WHERE tenant_id = :tenant AND action = :action"
    )
    found: list[dict[str, object]] = json.loads(home.scalar(query, action=action))
    return found


def test_one_sees_ones_own_browsers_and_ends_one(site: Site) -> None:
    home = site.closed
    phone, desk = arrive(home, CHROME, "192.0.2.7"), arrive(home, FIREFOX, "192.0.2.8")
    page = desk.page("/sessions")
    for said in ("Chrome di Android", "Firefox di Linux", "192.0.2.7", "192.0.2.8", "yang ini"):
        assert said in page
    listed = desk.get("/api/v1/sessions").json["items"]
    assert [one["this"] for one in listed] == [True, False]
    (other,) = [one["key"] for one in listed if not one["this"]]
    before = len(told(home, "session.end"))
    assert desk.post(f"/sessions/{other}/end", on="/sessions").status_code == 303
    assert phone.get("/sessions").status_code == 303
    assert desk.get("/sessions").status_code == 200
    assert len(told(home, "session.end")) == before + 1
    gone = desk.post(f"/sessions/{other}/end", on="/sessions")
    assert (gone.status_code, "session_not_yours" in gone.text) == (404, True)


def test_nobody_ends_somebody_elses_session_by_its_key(site: Site) -> None:
    home = site.closed
    mine, theirs = arrive(home, CHROME, "192.0.2.7"), arrive(home, CHROME, "192.0.2.9", Role.PERFORMANCE_MANAGER)
    key = theirs.get("/api/v1/sessions").json["items"][0]["key"]
    assert mine.send("DELETE", f"/api/v1/sessions/{key}").status_code == 404
    assert theirs.get("/").status_code == 200


def test_all_others_end_at_once_and_signing_out_ends_this_one(site: Site) -> None:
    home = site.closed
    desk, *others = (arrive(home, CHROME, f"192.0.2.{n}") for n in (1, 2, 3))
    assert desk.post("/sessions/end-others", on="/sessions").status_code == 303
    assert [one.get("/").status_code for one in (desk, *others)] == [200, 303, 303]
    assert told(home, "session.end")[-1] == {"sessions": 2}
    key = desk.get("/api/v1/sessions").json["items"][0]["key"]
    assert "/sign-in" in desk.post(f"/sessions/{key}/end", on="/sessions").headers["Location"]
    assert desk.get("/").status_code == 303


def test_a_manager_of_accounts_ends_all_of_an_account(site: Site) -> None:
    home = site.closed
    auditor, admin = arrive(home, CHROME, "192.0.2.7"), home.as_role(Role.AGENCY_ADMIN)
    account = home.account(f"auditor@{home.slug}")
    assert "Chrome di Android" in admin.page(f"/accounts/{account}/sessions")
    assert admin.post(f"/accounts/{account}/sessions/end", on=f"/accounts/{account}/sessions").status_code == 303
    assert auditor.get("/").status_code == 303
    assert admin.get("/").status_code == 200
    assert admin.send("DELETE", f"/api/v1/accounts/{UUID(int=1)}/sessions").status_code == 404
    theirs = site.open.account(f"auditor@{site.open.slug}")
    assert admin.get(f"/accounts/{theirs}/sessions").status_code == 404
    assert home.manager().get(f"/accounts/{account}/sessions").status_code == 403


def test_limits_of_sessions_are_the_agencys_and_count_for_those_under_way(site: Site) -> None:
    home = site.open
    admin, auditor = home.as_role(Role.AGENCY_ADMIN), home.as_role(Role.AUDITOR)
    shown = admin.get("/api/v1/access-limits").json
    assert shown == vars(DEFAULTS)
    later = now() + timedelta(hours=2)
    short = {**shown, "idle_minutes": 5, "absolute_minutes": 60}
    assert admin.post("/access-limits", {**short}, on="/access-limits").status_code == 303
    assert told(home, "access_limits.set")[-1] == {
        "idle_minutes": {"from": 30, "to": 5},
        "absolute_minutes": {"from": 720, "to": 60},
    }
    assert auditor.get("/").status_code == 200
    held = home.app.extensions["selaras"].redis
    assert all(held.ttl(key) <= 300 for key in held.scan_iter(f"selaras:{home.uuid}:session:*") if held.ttl(key) < 1000)
    with fixed(later):
        assert auditor.get("/").status_code == 303, "older than an hour"
    assert site.closed.as_role(Role.AGENCY_ADMIN).get("/api/v1/access-limits").json == vars(DEFAULTS)
    assert admin.send("PUT", "/api/v1/access-limits", shown).json == shown


@pytest.mark.parametrize(
    "change",
    [{"idle_minutes": "4"}, {"absolute_minutes": "99999"}, {"idle_minutes": "x"}, {"session_requests": "1"},
     {"idle_minutes": "120", "absolute_minutes": "60"}],
)  # fmt: skip
def test_limits_outside_their_bounds_change_nothing(site: Site, change: dict[str, str]) -> None:
    admin = site.open.as_role(Role.AGENCY_ADMIN)
    answer = admin.post("/access-limits", {**vars(DEFAULTS), **change}, on="/access-limits")
    assert answer.status_code == 422
    assert admin.get("/api/v1/access-limits").json == vars(DEFAULTS)
    assert next(iter(change.values())) in answer.text
    assert site.open.manager().get("/access-limits").status_code == 403


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Android"),
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8.9", "curl/8.9"),
        ("", "an unknown browser"),
        ("<script>" * 20, ("<script>" * 20)[:40]),
    ],
)
def test_browsers_in_words(site: Site, agent: str, words: str) -> None:
    with site.app.test_request_context("/api/v1/x", base_url=f"http://{site.open.host}"):
        site.app.preprocess_request()
        with force_locale("en"):
            assert browser_in_words(agent) == words
