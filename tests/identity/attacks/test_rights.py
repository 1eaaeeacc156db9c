"""Rights that somebody takes: without holding them, for themselves, or after their day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from factories.attacks import Verdict, with_address
from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy.dialects.postgresql import Range

from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account, grant_role

CLOSE = f"/periods/{PERIOD}/close"


def grants(home: Home, account: Any) -> int:
    query = "SELECT count(*) FROM selaras.role_grant WHERE tenant_id = :tenant AND account_id = :account"
    return int(home.scalar(query, account=account))


def give(visitor: Visitor, account: Any, role: str) -> Any:
    form = {"account": str(account), "role": role, "reason": "Surat Perintah 800/12", "scope": "agency"}
    return visitor.post("/access", form, on="/")


@pytest.mark.attack(
    "Role after its last day",
    "Somebody whose role as performance manager ended yesterday, signed in still, closes a period.",
    status=403,
    code="permission_missing",
)
def test_a_role_that_is_over(site: Site, verdict: Verdict) -> None:
    name = f"former-{uuid4().hex[:6]}"
    with site.open.database.tenant(site.open.tenant_id) as session:
        account = ensure_account(session, name, "Mantan Pengelola")
        grant_role(session, account, Role.PERFORMANCE_MANAGER, Range(date(2015, 1, 1), date(2026, 1, 1)))
        grant_role(session, account, Role.AUDITOR, Range(date(2015, 1, 1), None))
    former = with_address(site.open.as_account(name))
    verdict(former.post(CLOSE, {"without_unrated": "true"}, on="/"), site.open, former)
    assert site.open.scalar("SELECT count(*) FROM selaras.close WHERE tenant_id = :tenant") == 0


@pytest.mark.attack(
    "Role granted without the right to",
    "An auditor sends the form with which an administrator grants roles, and names themselves.",
    status=403,
    code="permission_missing",
)
def test_a_role_granted_without_the_right(site: Site, verdict: Verdict) -> None:
    account = site.open.account(f"auditor@{site.open.slug}")
    auditor = with_address(site.open.as_role(Role.AUDITOR))
    before = grants(site.open, account)
    verdict(give(auditor, account, "performance_manager"), site.open, auditor)
    assert grants(site.open, account) == before


@pytest.mark.attack(
    "Role by mass assignment (form)",
    "The form for another language comes with roles, permissions and another account in it.",
    status=303,
    code="/",
)
def test_roles_beside_a_form(site: Site, verdict: Verdict) -> None:
    account = site.open.account(f"auditor@{site.open.slug}")
    auditor = with_address(site.open.as_role(Role.AUDITOR))
    before = grants(site.open, account)
    more = {"role": "agency_admin", "roles": "agency_admin", "permissions": "grant_roles", "is_admin": "true"}
    verdict(auditor.post("/language", {"language": "en", **more}, on="/"), site.open, auditor)
    assert grants(site.open, account) == before
    assert "grant_roles" not in auditor.get("/api/v1/me").json["permissions"]


@pytest.mark.attack(
    "Role by mass assignment (API)",
    "A change through the API by somebody who may make it comes with roles and permissions in its body.",
    status=422,
)
def test_roles_in_a_body(site: Site, verdict: Verdict) -> None:
    account = site.open.account(f"agency_admin@{site.open.slug}")
    admin = with_address(site.open.as_role(Role.AGENCY_ADMIN))
    before = grants(site.open, account)
    body = {"name": "Simpeg", "kind": "token", "scopes": ["agency:read"], "days": 30}
    body |= {"roles": ["performance_manager"], "permissions": ["close_period"], "tenant_id": site.closed.tenant_id}
    verdict(admin.send("POST", "/api/v1/clients", body), site.open, admin)
    assert grants(site.open, account) == before
