"""An agency's directory (SCIM) in the hands of an attacker: another agency's token, and rights that it cannot give."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from factories.attacks import Verdict, attacker_at, with_address
from factories.site import Home, Site, Visitor

from selaras.identity import clients
from selaras.identity.actor import system
from selaras.identity.scopes import Scope

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def token(home: Home, scope: Scope = Scope.SCIM) -> str:
    with home.database.tenant(home.tenant_id) as session:
        return clients.create(session, system(home.tenant_id), "Direktori", "token", (scope,), days=30).secret


def ask(visitor: Visitor, secret: str, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    base = f"http://{visitor.host}"
    return visitor.client.open(f"/scim/v2{path}", method=method, base_url=base, json=body, headers=headers)


def roles(home: Home, account: str) -> int:
    query = "SELECT count(*) FROM selaras.role_grant WHERE tenant_id = :tenant AND account_id = CAST(:account AS uuid)"
    return int(home.scalar(query, account=account))


@pytest.mark.attack(
    "SCIM token of A at B",
    "The token of agency A's directory lists and makes users at agency B.",
    status=401,
    code="client_token_invalid",
    ledger="client_token_invalid",
)
def test_a_directory_token_of_another_agency(site: Site, verdict: Verdict) -> None:
    secret = token(site.closed)
    assert ask(site.closed.visitor(), secret, "GET", "/Users?count=1").status_code == 200
    attacker = attacker_at(site.open)
    verdict(ask(attacker, secret, "GET", "/Users"), site.open, attacker)
    name = f"planted-{uuid4().hex[:8]}"
    ask(attacker, secret, "POST", "/Users", {"schemas": [USER], "userName": name})
    query = "SELECT count(*) FROM selaras.account WHERE tenant_id = :tenant AND subject = :name"
    assert site.open.scalar(query, name=name) == 0


@pytest.mark.attack(
    "User of A by B's directory",
    "Agency B's directory asks for, changes and deletes a user of agency A by its id.",
    status=404,
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_user_of_another_agency(site: Site, verdict: Verdict, method: str) -> None:
    victim = site.closed.account(f"auditor@{site.closed.slug}")
    attacker = attacker_at(site.open)
    change = {"op": "replace", "path": "active", "value": False}
    body = {
        "PUT": {"schemas": [USER], "userName": "taken", "active": False},
        "PATCH": {"schemas": [PATCH], "Operations": [change]},
    }.get(method)
    verdict(ask(attacker, token(site.open), method, f"/Users/{victim}", body), site.open, attacker)
    query = "SELECT active FROM selaras.account WHERE tenant_id = :tenant AND id = :id"
    assert site.closed.scalar(query, id=victim) is True


@pytest.mark.attack(
    "User of A into B's group",
    "Agency B's directory puts an account of agency A into one of its groups, to lend it a role or to learn its name.",
    status=400,
)
def test_a_member_of_another_agency(site: Site, verdict: Verdict) -> None:
    victim = site.closed.account(f"auditor@{site.closed.slug}")
    attacker = attacker_at(site.open)
    body = {"schemas": [GROUP], "displayName": f"Tim {uuid4().hex[:6]}", "members": [{"value": str(victim)}]}
    verdict(ask(attacker, token(site.open), "POST", "/Groups", body), site.open, attacker)


@pytest.mark.attack(
    "Role by mass assignment (SCIM)",
    "A new user comes with an administrator's roles and entitlements, and with the id of somebody else: it gets none.",
    status=201,
)
def test_a_directory_assigns_no_role(site: Site, verdict: Verdict) -> None:
    attacker = attacker_at(site.open)
    admin = site.open.account(f"agency_admin@{site.open.slug}")
    body = {
        "schemas": [USER],
        "id": str(admin),
        "userName": f"mass-{uuid4().hex[:8]}",
        "roles": [{"value": "agency_admin", "primary": True}, {"value": "performance_manager"}],
        "groups": [{"value": str(admin)}],
        "entitlements": [{"value": "grant_roles"}],
        "permissions": ["grant_roles"],
    }
    answer = ask(attacker, token(site.open), "POST", "/Users", body)
    verdict(answer, site.open, attacker)
    assert answer.json["id"] != str(admin)
    assert roles(site.open, answer.json["id"]) == 0
    assert "roles" not in answer.json


@pytest.mark.attack(
    "SCIM with another token",
    "A token that may read people, but is no directory's, asks for users.",
    status=403,
    code="scope_missing",
    ledger="scope_missing",
)
def test_a_token_that_is_no_directory(site: Site, verdict: Verdict) -> None:
    attacker = attacker_at(site.open)
    verdict(ask(attacker, token(site.open, Scope.PEOPLE_READ), "GET", "/Users"), site.open, attacker)


@pytest.mark.attack(
    "SCIM with a cookie",
    "The session of an administrator, without a token, asks the directory's interface for users.",
    status=401,
    code="sign_in_needed",
)
def test_a_session_is_no_directory(site: Site, verdict: Verdict) -> None:
    admin = with_address(site.open.as_account(f"agency_admin@{site.open.slug}"))
    assert admin.get("/").status_code == 200
    verdict(admin.get("/scim/v2/Users"), site.open, admin)
