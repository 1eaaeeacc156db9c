"""Roles are granted to others, with reasons, days and scopes; and taken back; each in the ledger without its words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from factories.site import Site
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.cli import selaras
from selaras.config import settings
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.identity import roles
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission, Role, ScopeKind, permissions_of
from selaras.identity.roles import Granting, Scope
from selaras.identity.service import ensure_account
from selaras.organisation import granting
from selaras.organisation.accounts import account_of
from selaras.organisation.standing import actor_on

DAY = date(2026, 11, 2)
WHY = "Surat Perintah Sekretaris Nomor 800/12"


@pytest.fixture
def admin(session: Session) -> Actor:
    account = ensure_account(session, "admin@x", "Admin")
    held = permissions_of([Role.AGENCY_ADMIN])
    return Actor(int(session.info["tenant"]), account, "Admin", frozenset({"agency_admin"}), held)


def unit(session: Session, source: str) -> UUID:
    query = text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = :s")
    return session.execute(query, {"t": session.info["tenant"], "s": source}).scalar_one()


def person(session: Session, n: int) -> UUID:
    query = text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s")
    return session.execute(query, {"t": session.info["tenant"], "s": f"person-{n}"}).scalar_one()


def entries(session: Session, action: str) -> list[dict[str, object]]:
    query = text("SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :t AND action = :a ORDER BY id")
    return list(session.execute(query, {"t": session.info["tenant"], "a": action}).scalars())


def test_a_role_is_granted_and_taken_back_with_reasons(session: Session, admin: Actor) -> None:
    ani = ensure_account(session, "ani", "Ani")
    wanted = Granting(ani, Role.AUDITOR, WHY, DAY, date(2026, 12, 1))
    made = roles.grant(session, admin, wanted, DAY)
    [shown] = granting.grants(session, replace(admin, account_id=ani), DAY, account_id=ani)
    assert (shown.granted_by, shown.reason, shown.until) == ("Admin", WHY, date(2026, 12, 1))
    assert Permission.SEE_LEDGER in actor_on(session, ani, DAY).permissions
    assert actor_on(session, ani, date(2026, 12, 1)).permissions == frozenset()
    with pytest.raises(Conflict, match="holds the role"):
        roles.grant(session, admin, replace(wanted, since=date(2026, 11, 20)), DAY)
    roles.revoke(session, admin, made, "Penugasan berakhir lebih awal", DAY)
    assert actor_on(session, ani, DAY).permissions == frozenset()
    with pytest.raises(Conflict, match="over already"):
        roles.revoke(session, admin, made, "Penugasan berakhir lebih awal", DAY)
    roles.grant(session, admin, wanted, DAY)
    assert [one["role"] for one in entries(session, "role.grant")] == ["auditor", "auditor"]
    assert "Penugasan" not in json.dumps(entries(session, "role.revoke"))
    assert len(str(entries(session, "role.revoke")[0]["reason"])) == 64


def test_nobody_grants_to_themself_or_takes_their_own_back(session: Session, admin: Actor) -> None:
    with pytest.raises(Refused) as own:
        roles.grant(session, admin, Granting(admin.account_id, Role.AUDITOR, WHY, DAY), DAY)
    assert own.value.code == "role_own"
    mine = roles.grant(session, system(admin.tenant_id), Granting(admin.account_id, Role.AGENCY_ADMIN, WHY, DAY), DAY)
    with pytest.raises(Refused) as back:
        roles.revoke(session, admin, mine, WHY, DAY)
    assert back.value.code == "role_own"


def test_the_last_administrator_stays(session: Session, admin: Actor) -> None:
    the_system = system(admin.tenant_id)
    first = roles.grant(session, the_system, Granting(admin.account_id, Role.AGENCY_ADMIN, WHY, DAY), DAY)
    ani = ensure_account(session, "ani", "Ani")
    roles.grant(session, admin, Granting(ani, Role.AGENCY_ADMIN, WHY, DAY, date(2027, 1, 1)), DAY)
    with pytest.raises(Refused) as last:
        roles.revoke(session, the_system, first, WHY, DAY)
    assert last.value.code == "role_last_admin", "one whose days are counted does not replace the last one"
    budi = ensure_account(session, "budi", "Budi")
    roles.grant(session, the_system, Granting(budi, Role.AGENCY_ADMIN, WHY, DAY), DAY)
    roles.revoke(session, the_system, first, WHY, DAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "karena"}, "role_reason"),
        ({"since": date(2026, 11, 1)}, "role_past"),
        ({"until": DAY}, "role_days"),
        ({"role": Role.APPOINTING_OFFICIAL, "scope": Scope(ScopeKind.UNIT, uuid4())}, "role_scope"),
        ({"role": Role.CALIBRATION_CHAIR}, "role_scope"),
        ({"scope": Scope(ScopeKind.UNIT)}, "role_scope"),
        ({"account_id": uuid4()}, "account_unknown"),
    ],
)
def test_what_cannot_be_granted_says_why(session: Session, admin: Actor, change: dict[str, object], code: str) -> None:
    ani = ensure_account(session, "ani", "Ani")
    wanted = replace(Granting(ani, Role.AUDITOR, WHY, DAY), **change)  # type: ignore[arg-type]  # given by name, or wrong on purpose
    with pytest.raises((Invalid, NotFound)) as refused:
        roles.grant(session, admin, wanted, DAY)
    assert refused.value.code == code


def test_only_who_grants_roles_grants_them(session: Session, admin: Actor) -> None:
    ani = ensure_account(session, "ani", "Ani")
    manager = replace(admin, permissions=permissions_of([Role.PERFORMANCE_MANAGER]))
    with pytest.raises(Refused):
        granting.grant(session, manager, Granting(ani, Role.AUDITOR, WHY, DAY), DAY)


def test_a_chair_holds_one_calibration_and_no_other(session: Session, admin: Actor) -> None:
    ani, one, other = ensure_account(session, "ani", "Ani"), uuid4(), uuid4()
    for calibration in (one, other):
        scope = Scope(ScopeKind.CALIBRATION, calibration)
        made = granting.grant(session, admin, Granting(ani, Role.CALIBRATION_CHAIR, WHY, DAY, scope=scope), DAY)
    chair = actor_on(session, ani, DAY)
    assert chair.calibrations == {one, other}
    assert chair.permissions == {Permission.CHAIR_CALIBRATION}
    granting.revoke(session, admin, made, WHY, DAY)
    assert actor_on(session, ani, DAY).calibrations == {one}


def test_an_administrator_of_a_unit_grants_within_it(session: Session, admin: Actor) -> None:
    create_staff(session, 60)
    inside, outside = (account_of(session, person(session, n), DAY) for n in (25, 5))
    second = Scope(ScopeKind.UNIT, unit(session, "unit-2"))
    local = account_of(session, person(session, 22), DAY)
    granting.grant(session, admin, Granting(local, Role.AGENCY_ADMIN, WHY, DAY, scope=second), DAY)
    here = actor_on(session, local, DAY)
    assert Permission.MANAGE_SIGN_IN not in here.permissions
    granting.grant(session, here, Granting(inside, Role.PERFORMANCE_MANAGER, WHY, DAY, scope=second), DAY)
    first = Scope(ScopeKind.UNIT, unit(session, "unit-1"))
    for wanted, code in (
        (Granting(inside, Role.PERFORMANCE_MANAGER, WHY, DAY), "role_outside"),
        (Granting(inside, Role.PERFORMANCE_MANAGER, WHY, DAY, scope=first), "role_outside"),
        (Granting(outside, Role.PERFORMANCE_MANAGER, WHY, DAY, scope=second), "account_unknown"),
    ):
        with pytest.raises((Refused, NotFound)) as refused:
            granting.grant(session, here, wanted, DAY)
        assert refused.value.code == code
    elsewhere = granting.grant(session, admin, Granting(outside, Role.AUDITOR, WHY, DAY, scope=first), DAY)
    with pytest.raises(NotFound):
        granting.revoke(session, here, elsewhere, WHY, DAY)
    assert {one.account_id for one in granting.grants(session, here, DAY)} == {local, inside}


def test_the_page_grants_explains_and_takes_back(site: Site) -> None:
    home = site.empty
    admin = home.as_role(Role.AGENCY_ADMIN)
    auditor = home.account(f"auditor@{home.slug}")
    short = admin.post("/access", {"account": f"auditor@{home.slug}", "role": "performance_manager", "reason": "x"})
    assert short.status_code == 422
    assert 'aria-labelledby="grant"' in short.text
    given = {"account": f"auditor@{home.slug}", "role": "performance_manager", "reason": WHY}
    assert admin.post("/access", given).status_code == 303
    explained = admin.page(f"/access/accounts/{auditor}")
    assert WHY in explained
    assert "impor" in explained.lower()
    assert WHY in home.as_role(Role.AUDITOR).page("/my-access")
    assert WHY in admin.page("/access?permission=import")
    own = admin.post("/access", {**given, "account": f"agency_admin@{home.slug}"})
    assert own.status_code == 403
    [made] = [
        one["id"]
        for one in admin.get(f"/api/v1/roles?account_id={auditor}&role=performance_manager").json["items"]
        if one["reason"] == WHY
    ]
    assert home.as_role(Role.AUDITOR).post(f"/access/grants/{made}/revocation", {"reason": WHY}).status_code == 403
    assert admin.post(f"/access/grants/{made}/revocation", {"reason": WHY}).status_code == 303
    assert admin.get(f"/api/v1/roles?account_id={auditor}&role=performance_manager").json["items"] == []
    assert "diambil kembali" in admin.page("/access?past=1").lower()


def test_the_api_grants_and_explains(site: Site) -> None:
    home = site.empty
    admin, ppk = home.as_role(Role.AGENCY_ADMIN), home.account(f"appointing_official@{home.slug}")
    body = {"account_id": str(ppk), "role": "auditor", "reason": WHY}
    made = admin.send("POST", "/api/v1/roles", body)
    assert (made.status_code, made.json["reach"], made.json["origin"]) == (201, "agency", "granted")
    assert admin.send("POST", "/api/v1/roles", body).status_code == 409
    assert admin.send("POST", "/api/v1/roles", {**body, "role": "kaisar"}).json["code"] == "role_unknown"
    access = admin.get(f"/api/v1/accounts/{ppk}/access").json
    ledger = next(one for one in access["permissions"] if one["permission"] == "see_ledger")
    assert [one["grant"]["reason"] for one in ledger["because"]] == [WHY]
    holders = admin.get("/api/v1/permissions/see_ledger/holders").json
    assert str(ppk) in {one["account_id"] for one in holders["granted"]}
    assert admin.get("/api/v1/permissions/fly/holders").status_code == 404
    manager = home.manager()
    assert manager.get("/api/v1/roles").status_code == 403
    assert manager.get(f"/api/v1/accounts/{ppk}/access").status_code == 403
    own = home.account(f"performance_manager@{home.slug}")
    assert manager.get(f"/api/v1/accounts/{own}/access").status_code == 200
    assert site.open.as_role(Role.AGENCY_ADMIN).get(f"/api/v1/accounts/{ppk}/access").status_code == 404
    revoked = admin.send("POST", f"/api/v1/roles/{made.json['id']}/revocation", {"reason": WHY})
    assert revoked.status_code == 204


def test_the_command_grants_lists_and_takes_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    home = site.closed
    for name in ("app_database_url", "redis_url"):
        monkeypatch.setenv(f"SELARAS_{name.upper()}", str(getattr(site.settings, name)))
    settings.cache_clear()
    number = home.scalar("SELECT number FROM selaras.person_number WHERE tenant_id = :tenant ORDER BY number LIMIT 1")
    run = CliRunner().invoke
    base = ["identity", "role"]
    grant = [*base, "grant", number, "performance_manager", "--agency", home.slug, "--unit", "unit-1", "--reason", WHY]
    done = run(selaras, grant, catch_exceptions=False)
    assert done.exit_code == 0
    listed = run(selaras, [*base, "list", "--agency", home.slug, "--account", number, "--json"], catch_exceptions=False)
    [one] = json.loads(listed.output)
    assert (one["id"], one["unit_name"], one["reason"]) == (done.output.strip(), "Unit 1", WHY)
    assert "Unit 1" in run(selaras, [*base, "list", "--agency", home.slug, "--account", number]).output
    back = run(selaras, [*base, "revoke", one["id"], "--agency", home.slug, "--reason", WHY], catch_exceptions=False)
    assert "taken back" in back.output
    settings.cache_clear()
