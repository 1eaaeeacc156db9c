"""SCIM over HTTP: the public conformance tester, roles by the agency's mapping, walls, bulk, ETags, leavers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from factories.site import Home, Site
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from werkzeug.test import TestResponse

from selaras.clock import today
from selaras.errors import Invalid, NotFound, Refused
from selaras.identity import clients, directory
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.queries import account
from selaras.identity.scopes import Scope
from selaras.identity.service import grant_role

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def admin(home: Home, role: Role = Role.AGENCY_ADMIN) -> Actor:
    held = home.account(f"{role.value}@{home.slug}")
    return Actor(home.tenant_id, held, "A", frozenset({role.value}), PERMISSIONS[role])


def token(home: Home, *scopes: Scope) -> str:
    role = Role.AGENCY_ADMIN if scopes in ((), (Scope.SCIM,)) else Role.PERFORMANCE_MANAGER
    with home.database.tenant(home.tenant_id) as session:
        shown = clients.create(session, admin(home, role), "Direktori", "token", scopes or (Scope.SCIM,), days=30)
        return shown.secret


class Directory:
    """The agency's directory, as a program that speaks SCIM."""

    def __init__(self, home: Home, secret: str | None = None) -> None:
        self.home, self.secret = home, token(home) if secret is None else secret

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.secret}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        client = self.home.visitor().client
        return client.open(
            f"/scim/v2{path}", method=method, base_url=f"http://{self.home.host}", json=body, headers=sent
        )

    def user(self, name: str, **more: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/Users", {"schemas": [USER], "userName": name, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def group(self, name: str, *members: str) -> dict[str, Any]:
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        answer = self.ask("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> TestResponse:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)

    def roles(self, user: str) -> frozenset[str]:
        with self.home.database.tenant(self.home.tenant_id) as session:
            found = account(session, UUID(user), today("Asia/Makassar"))
            assert found is not None
            return found.roles

    def stand_for(self, group: str, *roles: str) -> None:
        with self.home.database.tenant(self.home.tenant_id) as session:
            directory.set_roles(session, admin(self.home), UUID(group), roles, today("Asia/Makassar"))

    def ledger(self, subject: str) -> list[str]:
        query = (
            "SELECT array_agg(action ORDER BY id) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND subject = :s"
        )
        return list(self.home.scalar(query, s=subject) or [])


def test_the_public_conformance_tester_finds_no_error(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    home = site.empty
    environ = {"HTTP_HOST": home.host, "HTTP_AUTHORIZATION": f"Bearer {token(home)}"}
    client = WSGISCIMClient(home.app, base_url=f"http://{home.host}/scim/v2", environ=environ)
    results = check_server(client)
    counts = Counter(one.status.name for one in results)
    with capsys.disabled():
        print(f"\nscim2-tester: {len(results)} checks: {dict(sorted(counts.items()))}")
    bad = (Status.ERROR, Status.CRITICAL)
    wrong = [(one.title, one.reason, one.resource_type) for one in results if one.status in bad]
    assert wrong == []
    assert counts["SUCCESS"] > 60


def test_a_group_grants_nothing_that_the_agency_did_not_say(site: Site) -> None:
    held, home = Directory(site.open), site.open
    ani, budi = held.user("ani.direktori")["id"], held.user("budi.direktori")["id"]
    group = held.group("auditor", ani)["id"]
    assert held.roles(ani) == frozenset(), "a group that is called like a role is none"
    held.stand_for(group, "auditor")
    assert (held.roles(ani), held.roles(budi)) == ({"auditor"}, frozenset())
    added = {"op": "add", "path": "members", "value": [{"value": budi, "display": "Budi"}]}
    assert held.patch(f"/Groups/{group}", added).status_code == 204
    assert held.roles(budi) == {"auditor"}
    taken = {"op": "remove", "path": f'members[value eq "{ani}"]'}
    assert held.patch(f"/Groups/{group}", taken).status_code == 204
    assert (held.roles(ani), held.roles(budi)) == (frozenset(), {"auditor"})
    renamed = {"op": "replace", "path": "displayName", "value": "agency_admin"}
    assert held.patch(f"/Groups/{group}", renamed).status_code == 204
    assert held.roles(budi) == {"auditor"}, "a new name brings no new role"
    origin = home.scalar(
        "SELECT DISTINCT origin FROM selaras.role_grant WHERE tenant_id = :tenant AND account_id = :a", a=budi
    )
    assert origin == "directory"
    assert held.ledger("role:auditor")[-3:] == ["role.grant", "role.grant", "role.end"]
    assert held.ask("DELETE", f"/Groups/{group}").status_code == 204
    assert held.roles(budi) == frozenset()
    assert held.ask("GET", f"/Groups/{group}").status_code == 404


def test_a_grant_by_hand_outlives_the_group(site: Site) -> None:
    held, home = Directory(site.open), site.open
    one = held.user("dua.asal")["id"]
    group = held.group("pemeriksa", one)["id"]
    held.stand_for(group, "auditor")
    with home.database.tenant(home.tenant_id) as session:
        grant_role(session, UUID(one), "auditor", Range(date(2020, 1, 1), None), actor=admin(home))
    held.stand_for(group)
    assert held.roles(one) == {"auditor"}


def test_only_whoever_grants_roles_says_what_a_group_stands_for(site: Site) -> None:
    home = site.open
    group = UUID(Directory(home).group("siapa saja")["id"])
    with home.database.tenant(home.tenant_id) as session:
        for actor, roles, kind in (
            (admin(home, Role.PERFORMANCE_MANAGER), ["auditor"], Refused),
            (admin(home), ["employee"], Invalid),
            (admin(home), ["emperor"], Invalid),
        ):
            with pytest.raises(kind):
                directory.set_roles(session, actor, group, roles, date(2026, 10, 1))
        with pytest.raises(NotFound):
            directory.set_roles(session, admin(home), UUID(int=7), ["auditor"], date(2026, 10, 1))


def test_no_request_says_its_own_role(site: Site) -> None:
    """Mass assignment: roles, the role table's own words and read-only groups are left unread."""
    held = Directory(site.open)
    group = held.group("admin instansi")["id"]
    with pytest.raises(Invalid):
        held.stand_for(group, "agency_admin")
    held.stand_for(group, "performance_manager")
    one = held.user("ingin.naik", roles=[{"value": "agency_admin"}], role="agency_admin", entitlements=["x"])["id"]
    for value in ([{"value": group}], [{"value": "agency_admin"}]):
        held.patch(f"/Users/{one}", {"op": "add", "path": "groups", "value": value})
        held.patch(f"/Users/{one}", {"op": "add", "path": "roles", "value": value})
    assert held.roles(one) == frozenset()


def test_whoever_the_directory_closes_is_out_at_once_and_comes_back(site: Site) -> None:
    home, held = site.closed, Directory(site.closed)
    visitor = home.as_person(7)
    assert visitor.get("/api/v1/me").status_code == 200
    number = home.scalar(
        "SELECT n.number FROM selaras.person_number n JOIN selaras.person p ON p.tenant_id = :tenant"
        " AND p.id = n.person_id WHERE n.tenant_id = :tenant AND p.source_id = 'person-7'"
    )
    found = held.ask("GET", f'/Users?filter=userName eq "{number}"').json["Resources"]
    assert [one["active"] for one in found] == [True]
    one = found[0]["id"]
    off = {"op": "replace", "value": {"active": False}}
    assert held.patch(f"/Users/{one}", off).status_code == 204
    assert visitor.get("/api/v1/me").status_code == 401
    assert home.as_person(7).get("/api/v1/me").status_code == 401
    assert held.patch(f"/Users/{one}", {"op": "replace", "path": "active", "value": True}).status_code == 204
    assert home.as_person(7).get("/api/v1/me").status_code == 200
    assert held.ask("DELETE", f"/Users/{one}").status_code == 204
    assert held.ask("GET", f"/Users/{one}").status_code == 404
    assert home.as_person(7).get("/api/v1/me").status_code == 401
    assert held.user(number)["id"] == one, "who was deleted comes back as who they were"
    assert home.as_person(7).get("/api/v1/me").status_code == 200
    assert {"account.close", "account.open", "account.delete", "account.create"} <= set(held.ledger(f"account:{one}"))


def test_a_new_user_with_a_number_is_that_person(site: Site) -> None:
    home, held = site.open, Directory(site.open)
    with home.database.tenant(home.tenant_id) as session:
        number, person = session.execute(
            text(
                "SELECT n.number, p.id FROM selaras.person_number n JOIN selaras.person p ON p.tenant_id = :t"
                " AND p.id = n.person_id WHERE n.tenant_id = :t AND p.source_id = 'person-9'"
            ),
            {"t": home.tenant_id},
        ).one()
        session.execute(text("UPDATE selaras.person SET account_id = NULL WHERE tenant_id = :t AND id = :p"),
                        {"t": home.tenant_id, "p": person})  # fmt: skip
        session.execute(text("DELETE FROM selaras.account WHERE tenant_id = :t AND subject = :n"),
                        {"t": home.tenant_id, "n": number})  # fmt: skip
    one = held.user(number, displayName="Orang Sembilan")["id"]
    assert (
        str(home.scalar("SELECT account_id FROM selaras.person WHERE tenant_id = :tenant AND id = :p", p=person)) == one
    )
    again = held.ask("POST", "/Users", {"schemas": [USER], "userName": number})
    assert (again.status_code, again.json["scimType"]) == (409, "uniqueness")


def test_a_version_that_is_old_changes_nothing(site: Site) -> None:
    held = Directory(site.open)
    made = held.user("versi.satu", emails=[{"value": "satu@contoh.go.id", "primary": True}])
    path, tag = f"/Users/{made['id']}", made["meta"]["version"]
    assert held.ask("GET", path, If_None_Match=tag).status_code == 304
    change = {"op": "replace", "path": "displayName", "value": "Satu"}
    assert held.patch(path, change, If_Match=tag).status_code == 204
    assert held.patch(path, change | {"value": "Dua"}, If_Match=tag).status_code == 412
    now = held.ask("GET", path)
    assert now.json["displayName"] == "Satu"
    assert now.headers["ETag"] == now.json["meta"]["version"] != tag
    found = held.ask("GET", '/Users?filter=emails[value ew "@contoh.go.id" and primary eq true]').json
    assert [one["id"] for one in found["Resources"]] == [made["id"]]


def test_pages_hold_everybody_once(site: Site) -> None:
    held = Directory(site.closed)
    whole = held.ask("GET", "/Users?count=200&sortBy=userName").json
    assert whole["totalResults"] == len(whole["Resources"]) > 60
    seen: list[str] = []
    for start in range(1, whole["totalResults"] + 1, 25):
        page = held.ask("GET", f"/Users?startIndex={start}&count=25&sortBy=userName").json
        seen += [one["id"] for one in page["Resources"]]
    assert seen == [one["id"] for one in whole["Resources"]]
    assert held.ask("GET", "/Users?count=100000").json["itemsPerPage"] <= 200


def test_a_bulk_request_fails_operation_by_operation(site: Site) -> None:
    held = Directory(site.open)
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [USER], "userName": "massal.satu"}},
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"schemas": [USER], "userName": "Massal.Satu"}},
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "c",
            "data": {"schemas": [GROUP], "displayName": "massal", "members": [{"value": "bulkId:a"}]},
        },
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    answer = held.ask("POST", "/Bulk", body)
    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in answer.json["Operations"]] == ["201", "409", "201"]
    assert len(held.ask("GET", '/Groups?filter=displayName eq "massal"').json["Resources"][0]["members"]) == 1


def test_nothing_crosses_from_one_agency_to_another(site: Site) -> None:
    here, there = Directory(site.open), Directory(site.waiting)
    one = here.user("hanya.di.sini")["id"]
    group = here.group("hanya di sini", one)["id"]
    assert Directory(site.waiting, here.secret).ask("GET", "/Users").status_code == 401
    for method, path in (("GET", f"/Users/{one}"), ("DELETE", f"/Users/{one}"), ("GET", f"/Groups/{group}")):
        assert there.ask(method, path).status_code == 404
    assert there.patch(f"/Users/{one}", {"op": "replace", "path": "active", "value": False}).status_code == 404
    body = {"schemas": [GROUP], "displayName": "x", "members": [{"value": one}]}
    assert there.ask("POST", "/Groups", body).status_code == 400
    assert there.ask("GET", '/Users?filter=userName eq "hanya.di.sini"').json["totalResults"] == 0
    assert there.user("hanya.di.sini")["id"] != one
    assert here.ask("GET", f"/Users/{one}").status_code == 200


def test_who_may_ask(site: Site) -> None:
    home = site.open
    assert home.visitor().get("/scim/v2/ServiceProviderConfig").status_code == 200
    without = home.visitor().get("/scim/v2/Users")
    assert (without.status_code, without.json["schemas"]) == (401, ["urn:ietf:params:scim:api:messages:2.0:Error"])
    assert without.headers["WWW-Authenticate"].startswith("Bearer")
    reading = Directory(home, token(home, Scope.PEOPLE_READ)).ask("GET", "/Users")
    assert (reading.status_code, reading.json["detail"].split(":")[0]) == (403, "scope_missing")
    cookie = home.as_role(Role.AGENCY_ADMIN).get("/scim/v2/Users")
    assert cookie.status_code == 401, "a signed-in browser is no directory"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/Users?filter=userName", None, 400),
        ("GET", '/Users?filter=nosuch eq "x"', None, 400),
        ("GET", "/Users/not-an-id", None, 404),
        ("GET", "/Nothing", None, 404),
        ("GET", "/Users?sortBy=groups", None, 400),
        ("POST", "/Users", {"schemas": [USER]}, 400),
        ("POST", "/Users", {"schemas": [USER], "userName": "x" * 300}, 400),
        ("POST", "/Users", {"schemas": [USER], "userName": "a\u0000b"}, 400),
        ("POST", "/Groups", {"schemas": [GROUP], "displayName": "g", "members": [{"value": "nobody"}]}, 400),
        ("GET", '/Users?filter=userName eq "a\u0000b"', None, 400),
        ("PUT", "/Users/00000000-0000-0000-0000-000000000000", {"schemas": [USER], "userName": "x"}, 404),
        ("GET", "/Me", None, 501),
    ],
)
def test_bad_requests_are_told_apart(site: Site, method: str, path: str, body: Any, status: int) -> None:
    answer = Directory(site.open).ask(method, path, body)
    assert (answer.status_code, answer.json.get("status")) == (status, str(status)), answer.text


def test_nobody_loses_active_by_a_request_that_forgets_it(site: Site) -> None:
    held = Directory(site.open)
    one = held.user("tetap.aktif", active=False)["id"]
    removed = held.patch(f"/Users/{one}", {"op": "remove", "path": "active"})
    replaced = held.ask("PUT", f"/Users/{one}", {"schemas": [USER], "userName": "tetap.aktif"})
    assert (removed.status_code, replaced.status_code) == (400, 400)
    assert held.ask("GET", f"/Users/{one}").json["active"] is False
