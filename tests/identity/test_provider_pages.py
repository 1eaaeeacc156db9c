"""The administrator's pages: from nothing to a provider that is switched on, only by a test in their own browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from factories.door import Door, doors, leave, returned, sign_in
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.site import Visitor
from factories.site_fixtures import fresh_agency

from selaras.db.session import Database
from selaras.identity.permissions import Role

LIST = "/identity-providers"


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture(scope="module")
def door(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    files = tmp_path_factory.mktemp("files")
    with doors(lambda: fresh_agency(console_database), database, urls, redis_url, files, 1) as found:
        yield found[0]


@pytest.fixture
def here(door: Door, console_database: Database) -> Door:
    made = fresh_agency(console_database)
    return Door(door.app, door.database, made.tenant_id, made.uuid, made.slug).settle(0)


@pytest.fixture
def there(running: HostileProvider, here: Door) -> HostileProvider:
    running.orders = Orders(subject=f"sub-{uuid4()}", more={"preferred_username": f"agency_admin@{here.slug}"})
    return running


def form(there: HostileProvider, **more: str) -> dict[str, str]:
    return {
        "name": "SSO Kota",
        "issuer": there.issuer,
        "client_id": there.client_id,
        "client_secret": there.client_secret,
        "scopes": "openid profile email",
        "number_claim": "preferred_username",
        "name_claim": "name",
        "email_claim": "email",
        **more,
    }


def enter(admin: Visitor, there: HostileProvider, **more: str) -> str:
    answer = admin.post(LIST, form(there, **more), on=f"{LIST}/new")
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["Location"])


def try_out(admin: Visitor, page: str) -> Any:
    answer = admin.get(f"{page}/test")
    assert answer.status_code == 303
    return admin.get(returned(httpx.get(answer.headers["Location"], trust_env=False).headers["location"]))


def test_from_nothing_to_switched_on(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    assert "Belum ada penyedia" in admin.page(LIST)
    assert f"http://{here.host}/sign-in/callback" in admin.page(f"{LIST}/new")
    page = enter(admin, there)
    shown = admin.page(page)
    assert "Penyedia menyebut dirinya" in shown
    assert "Uji coba masuk" in shown
    assert f"http://{here.host}/sign-out/back-channel/" in shown
    assert there.client_secret not in shown + admin.page(f"{page}/edit")
    assert "Aktifkan" not in shown
    too_early = admin.post(f"{page}/switch-on", on=page)
    assert too_early.status_code == 409
    assert here.visitor().get("/sign-in").text.count("/sign-in/with/") == 0
    tried = try_out(admin, page)
    assert tried.status_code == 200
    assert "Berhasil" in tried.text
    assert f"agency_admin@{here.slug}" in tried.text
    assert "at_hash" in tried.text
    assert [e.action for e in here.entries() if e.subject.startswith("account:")] == [], (
        "nothing but the outcome is kept"
    )
    assert "switched" not in admin.page(page)
    assert admin.post(f"{page}/switch-on", on=page).status_code == 303
    assert "/sign-in/with/" in here.visitor().page("/sign-in")
    fresh = here.visitor()
    assert sign_in(fresh, UUID(page.rsplit("/", 1)[1])).status_code == 303
    actors = {e.actor for e in here.entries() if e.action.startswith("provider.")}
    assert actors == {str(here.account(f"agency_admin@{here.slug}"))}


def test_a_test_that_fails_says_why_and_switches_nothing_on(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    page = enter(admin, there)
    there.orders.more["preferred_username"] = "nobody-here"
    assert "account_unknown" in try_out(admin, page).text
    there.orders.claims = lambda claims: {**claims, "aud": "another"}
    failed = try_out(admin, page)
    assert "audience_mismatch" in failed.text
    assert "diterbitkan untuk klien lain" in failed.text
    assert admin.post(f"{page}/switch-on", on=page).status_code == 409
    assert "audience_mismatch" in here.refusals()


def test_a_test_is_finished_by_who_began_it(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    page = enter(admin, there)
    answer = admin.get(f"{page}/test")
    location = httpx.get(answer.headers["Location"], trust_env=False).headers["location"]
    admin.client.delete_cookie("selaras_session", domain=here.host)
    assert "/sign-in" in admin.get(returned(location)).headers["Location"], "signed out meanwhile"
    other = here.as_role(Role.AGENCY_ADMIN)
    answer = other.get(f"{page}/test")
    location = httpx.get(answer.headers["Location"], trust_env=False).headers["location"]
    other.sign_in_as(here.uuid, here.account(f"performance_manager@{here.slug}"))
    assert other.get(returned(location)).status_code == 403


def test_a_wrong_issuer_is_explained_and_put_right(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    page = enter(admin, there, issuer=f"{there.issuer}/")
    shown = admin.page(page)
    assert "Isikan penerbit persis seperti itu" in shown
    assert f"{page}/test" not in shown
    assert admin.get(f"{page}/test").status_code == 409
    answer = admin.post(page, form(there, client_secret=""), on=f"{page}/edit")
    assert answer.status_code == 303
    assert f"{page}/test" in admin.page(page)
    assert "Berhasil" in try_out(admin, page).text, "the secret was kept"


def test_what_cannot_be_used_comes_back_as_written(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    answer = admin.post(LIST, form(there, issuer="sso.example"), on=f"{LIST}/new")
    assert answer.status_code == 422
    assert 'value="sso.example"' in answer.text
    assert there.client_secret not in answer.text
    assert admin.post(LIST, form(there, hours="many"), on=f"{LIST}/new").status_code == 422
    inside = admin.post(LIST, form(there, issuer="https://10.0.0.8"), on=f"{LIST}/new")
    assert "jaringan privat" in admin.page(inside.headers["Location"])


def test_the_last_one_is_kept_and_a_second_may_replace_it(here: Door, there: HostileProvider) -> None:
    old = here.at(there)
    admin = here.visitor()
    sign_in(admin, old)
    page = f"{LIST}/{old}"
    assert "satu-satunya" in admin.page(page)
    assert admin.post(f"{page}/retire", on=page).status_code == 409
    new = here.at(there, name={"id": "SSO Baru"})
    assert "belum pernah lewat yang lain" in admin.page(page)
    assert admin.post(f"{page}/retire", on=page).status_code == 409
    sign_in(here.visitor(), new)
    assert admin.post(f"{page}/retire", on=page).status_code == 303
    assert re.findall(r"/sign-in/with/([\w-]+)", here.visitor().page("/sign-in")) == [str(new)]


def test_an_old_mark_is_forgotten_by_an_administrator(here: Door, there: HostileProvider) -> None:
    way, admin = here.at(there), here.as_role(Role.AGENCY_ADMIN)
    sign_in(here.visitor(), way)
    there.orders.subject = f"made-anew-{uuid4()}"
    assert sign_in(here.visitor(), way).status_code == 401
    assert here.refusals() == ["account_linked_elsewhere"]
    page = f"{LIST}/{way}"
    assert admin.post(f"{page}/unlink", {"user_name": "nobody"}, on=page).status_code == 422
    assert admin.post(f"{page}/unlink", {"user_name": f"AGENCY_ADMIN@{here.slug}"}, on=page).status_code == 303
    assert sign_in(here.visitor(), way).status_code == 303


def test_the_api_does_the_same(here: Door, there: HostileProvider) -> None:
    admin = here.as_role(Role.AGENCY_ADMIN)
    base = "/api/v1/identity-providers"
    entered = {
        "name": "SSO",
        "issuer": there.issuer,
        "client_id": there.client_id,
        "client_secret": there.client_secret,
    }
    made = admin.send("POST", base, entered)
    assert made.status_code == 201
    assert (made.json["state"], made.json["has_secret"], made.json["checks"]) == ("draft", True, [])
    assert there.client_secret not in made.text
    one = f"{base}/{made.json['id']}"
    checked = admin.send("POST", f"{one}/check").json
    assert {check["state"] for check in checked["checks"]} == {"good"}
    assert admin.send("POST", f"{one}/switch-on").json["code"] == "provider.untested"
    try_out(admin, f"{LIST}/{made.json['id']}")
    assert admin.send("POST", f"{one}/switch-on").json["state"] == "active"
    renamed = admin.send("PUT", one, {**entered, "client_secret": None, "name": "SSO Kota", "position": 3}).json
    assert (renamed["name"], renamed["position"], renamed["has_secret"]) == ("SSO Kota", 3, True)
    assert admin.send("PUT", one, {**entered, "number_claim": "email"}).json["code"] == "provider.in_use"
    assert admin.send("POST", base, {**entered, "issuer": "x"}).json["errors"].keys() == {"issuer"}
    assert admin.send("POST", f"{one}/retire").json["code"] == "provider.last"
    assert admin.send("POST", f"{one}/unlink", {"user_name": "nobody"}).status_code == 404
    assert [item["id"] for item in admin.get(base).json["items"]] == [made.json["id"]]
    assert here.as_role(Role.PERFORMANCE_MANAGER).get(base).status_code == 403


def test_only_the_administrator_and_only_here(here: Door, door: Door, there: HostileProvider) -> None:
    page = f"{LIST}/{here.at(there)}"
    for role in (Role.PERFORMANCE_MANAGER, Role.AUDITOR, Role.AUTHORISED_OFFICIAL):
        assert here.as_role(role).get(LIST).status_code == 403
        assert here.as_role(role).get(f"{page}/test").status_code == 403
    assert here.visitor().get(LIST).status_code == 303
    elsewhere = door.as_role(Role.AGENCY_ADMIN)
    for path in (page, f"{page}/edit", f"{page}/test"):
        assert elsewhere.get(path).status_code == 404
    for path in ("check", "switch-on", "retire", "unlink"):
        assert elsewhere.post(f"{page}/{path}", on=LIST).status_code in (404, 422)
    assert leave(here.visitor(), UUID(page.rsplit("/", 1)[1]))
