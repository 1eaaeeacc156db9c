"""Pages and endpoints of machine clients: made, shown once, changed over, revoked, and by whom."""

from __future__ import annotations

import re

import pytest
from factories.site import Site, Visitor
from werkzeug.test import TestResponse

from selaras.identity.permissions import Role

SECRET = re.compile(r"sl[rs]_[\w-]{43}")
FORM = {"name": "Simpeg", "kind": "token", "scopes": ["people:read"], "days": "30"}


def bearer(visitor: Visitor, token: str, path: str = "/api/v1/people") -> TestResponse:
    return Visitor(visitor.client.application, visitor.host).get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_client_is_made_on_the_page_and_its_secret_shown_once(site: Site) -> None:
    manager = site.closed.manager()
    answer = manager.post("/clients", FORM, on="/clients")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    token = SECRET.search(answer.text)[0]
    assert bearer(manager, token).status_code == 200
    listed = manager.page("/clients")
    assert "Simpeg" in listed
    assert token not in listed
    page = re.search(r"/clients/[0-9a-f-]{36}", listed)[0]
    assert token not in manager.page(page)
    changed = manager.post(f"{page}/secrets", {"days": "30", "overlap_days": "0"}, on=page)
    assert SECRET.search(changed.text)[0] != token
    assert bearer(manager, token).status_code == 401
    gone = manager.post(f"{page}/revocation", on=page, follow_redirects=True)
    assert "dicabut" in gone.text
    assert "/secrets" not in manager.page(page)
    assert bearer(manager, SECRET.search(changed.text)[0]).status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [({"name": ""}, 422), ({"scopes": []}, 422), ({"days": "soon"}, 422), ({"scopes": ["scim"]}, 403)],
)
def test_what_is_refused_comes_back_as_written(site: Site, change: dict[str, object], status: int) -> None:
    answer = site.closed.manager().post("/clients", {**FORM, "days": "77", **change}, on="/clients")
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert SECRET.search(answer.text) is None
    assert "days" in change or 'value="77"' in answer.text


def test_the_api_makes_changes_over_and_revokes(site: Site) -> None:
    manager = site.closed.manager()
    made = manager.send("POST", "/api/v1/clients", {**FORM, "days": 30})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    address = f"/api/v1/clients/{made.json['client_id']}"
    assert bearer(manager, made.json["secret"]).status_code == 200
    more = manager.send("POST", f"{address}/secrets", {"days": 5})
    assert [bearer(manager, one.json["secret"]).status_code for one in (made, more)] == [200, 200]
    shown = manager.get(address).json
    assert (len(shown["secrets"]), shown["last_used_at"] is not None) == (2, True)
    assert shown in manager.get("/api/v1/clients").json["items"]
    assert [manager.send("DELETE", address).status_code for _ in range(2)] == [204, 204]
    assert [bearer(manager, one.json["secret"]).status_code for one in (made, more)] == [401, 401]
    assert manager.send("POST", f"{address}/secrets", {"days": 5}).json["code"] == "client_revoked"


def test_only_managers_of_clients_see_them_and_no_token_does(site: Site) -> None:
    home = site.closed
    secret = home.manager().send("POST", "/api/v1/clients", {**FORM, "days": 30}).json["secret"]
    assert bearer(home.manager(), secret, "/api/v1/clients").json["code"] == "not_for_clients"
    for visitor in (home.as_role(Role.AUDITOR), home.as_person(4)):
        assert visitor.get("/clients").status_code == 403
        assert visitor.send("POST", "/api/v1/clients", {**FORM, "days": 30}).status_code == 403
    admin = home.as_role(Role.AGENCY_ADMIN)
    page = admin.page("/clients")
    assert 'value="scim"' in page
    assert 'value="import"' not in page
    theirs = re.search(r"/clients/[0-9a-f-]{36}", page)[0]
    assert "tidak dapat ditampilkan kepada Anda" in admin.page(theirs)
    assert admin.post(f"{theirs}/secrets", {"days": "30", "overlap_days": "0"}, on="/clients").status_code == 403


def test_people_without_results(site: Site) -> None:
    """A token that reads people reads nobody's results."""
    manager, person = site.closed.manager(), site.closed.person(4)
    people, results = (
        manager.send("POST", "/api/v1/clients", {**FORM, "scopes": [scope], "days": 30}).json["secret"]
        for scope in ("people:read", "results:read")
    )
    for path, answers in {
        f"/api/v1/people/{person}": (200, 200),
        f"/api/v1/people/{person}/history": (403, 200),
        f"/api/v1/people/{person}/receipts/2026-TW3": (403, 200),
        f"/api/v1/people/{person}/plans/2026": (403, 200),
    }.items():
        assert tuple(bearer(manager, token, path).status_code for token in (people, results)) == answers, path
