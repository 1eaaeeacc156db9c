"""Rights that somebody takes: without holding them, for themselves, or after their day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from factories.across import LEADER, SUPERIOR, WORKER, Between, between
from factories.attacks import Verdict, with_address
from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy.dialects.postgresql import Range

from selaras.clock import today
from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account, grant_role

__all__ = ["between"]

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


@pytest.mark.attack(
    "An administrator grants themselves a role",
    "An administrator, who may grant roles, sends the form with their own account in it.",
    status=403,
    code="role_own",
    ledger="role_own",
)
def test_an_administrator_grants_themselves_a_role(site: Site, verdict: Verdict) -> None:
    account = site.open.account(f"agency_admin@{site.open.slug}")
    admin = with_address(site.open.as_role(Role.AGENCY_ADMIN))
    before = grants(site.open, account)
    form = give(admin, f"agency_admin@{site.open.slug}", "performance_manager")
    assert form.status_code == 403
    body = {"account_id": str(account), "role": "performance_manager", "reason": "Surat Perintah 800/12"}
    verdict(admin.send("POST", "/api/v1/roles", body), site.open, admin)
    assert grants(site.open, account) == before


@pytest.mark.attack(
    "One administrator makes another alone",
    "An administrator asks that an accomplice be made one, takes the others' role away, and agrees to it themself.",
    status=403,
    code="role_approves_own",
    ledger="role_alone",
)
def test_one_administrator_makes_another_alone(site: Site, verdict: Verdict) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        other, accomplice = ensure_account(session, "admin.lain", "Lain"), ensure_account(session, "kawan", "Kawan")
        grant_role(session, other, Role.AGENCY_ADMIN, Range(date(2015, 1, 1), None))
    admin = with_address(home.as_role(Role.AGENCY_ADMIN))
    [held] = [
        one for one in admin.get(f"/api/v1/roles?account_id={other}").json["items"] if one["role"] == "agency_admin"
    ]
    ended = admin.send("POST", f"/api/v1/roles/{held['id']}/revocation", {"reason": "Surat Perintah 800/13"})
    assert ended.status_code == 204
    body = {"account_id": str(accomplice), "role": "agency_admin", "reason": "Surat Perintah 800/14"}
    asked = admin.send("POST", "/api/v1/roles", body)
    assert asked.status_code == 202, "not alone: the other one was an administrator until just now"
    verdict(admin.send("POST", f"/api/v1/role-requests/{asked.json['id']}/approval"), home, admin)
    assert grants(home, accomplice) == 0


@pytest.mark.attack(
    "Expired delegation",
    "Somebody who acted as Plh until yesterday, signed in still, rates a member of that team.",
    status=403,
    code="grant_expired",
    ledger="grant_expired",
)
def test_an_expired_delegation(site: Site, verdict: Verdict) -> None:
    home, now = site.open, today("Asia/Makassar")
    body = {"kind": "plh", "delegate_id": str(home.person(6)), "principal_id": str(home.person(21))}
    body |= {"basis": "Surat Perintah 800/77", "since": now.isoformat(), "until": (now + timedelta(days=2)).isoformat()}
    made = home.as_role(Role.AGENCY_ADMIN).send("POST", "/api/v1/delegations", body)
    assert made.status_code == 201, made.text
    delegate = with_address(home.as_person(6))
    rating = {"inputs": {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}}
    path = f"/api/v1/people/{home.person(26)}/ratings/{PERIOD}"
    assert delegate.send("PUT", path, rating).status_code == 200, "while it lasts, it holds"
    home.scalar(
        "UPDATE selaras.delegation SET during = daterange(:since, :until) WHERE tenant_id = :tenant AND id = :id"
        " RETURNING 1",
        id=made.json["id"],
        since=now - timedelta(days=9),
        until=now,
    )
    verdict(delegate.send("PUT", path, rating), home, delegate)


@pytest.mark.attack(
    "Expired cross-agency grant",
    "A team leader whom another agency let give input until yesterday gives some today.",
    status=403,
    code="input_grant_expired",
    ledger="grant_expired",
)
def test_an_expired_cross_agency_grant(between: Between, verdict: Verdict) -> None:
    made = between.agreed()
    between.over(between.receiving, made, today("Asia/Makassar"))
    leader = with_address(between.receiving.as_person(LEADER))
    path = f"/api/v1/granted-inputs/{made}/inputs/2026-TW4"
    verdict(leader.send("PUT", path, {"content": "Terlambat sehari."}), between.receiving, leader)
    between.carry(between.receiving)
    seen = between.giving.as_person(SUPERIOR).page(f"/people/{between.giving.person(WORKER)}/ratings/{PERIOD}")
    assert "Terlambat sehari." not in seen


@pytest.mark.attack(
    "Cross-agency grant at a third agency",
    "An official of agency C ends, and a leader of C writes under, the grant between A and B by its id.",
    status=404,
    code="input_grant_unknown",
)
def test_a_cross_agency_grant_at_a_third_agency(between: Between, verdict: Verdict) -> None:
    made = between.agreed()
    before = [between.everything(home) for home in (between.giving, between.receiving)]
    official = with_address(between.third.official())
    verdict(
        official.send("POST", f"/api/v1/input-grants/{made}/end", {"reason": "Milik kami."}), between.third, official
    )
    leader = with_address(between.third.as_person(LEADER))
    path = f"/api/v1/granted-inputs/{made}/inputs/2026-TW4"
    verdict(leader.send("PUT", path, {"content": "Milik kami."}), between.third, leader)
    assert [between.everything(home) for home in (between.giving, between.receiving)] == before
