"""Machine clients: their secrets, what a token may do and where it is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from factories.site import Home, Site
from sqlalchemy import text
from werkzeug.test import TestResponse

from selaras.clock import fixed, now
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity import clients
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.scopes import Scope, carried_by, scopes_within

READS = (Scope.AGENCY_READ, Scope.PEOPLE_READ)


def acting(home: Home, role: Role = Role.PERFORMANCE_MANAGER) -> Actor:
    account = home.account(f"{role.value}@{home.slug}")
    return Actor(home.tenant_id, account, "A", frozenset({role.value}), PERMISSIONS[role])


def done(home: Home, act: Callable[..., Any], *arguments: object, **more: object) -> Any:
    with home.database.tenant(home.tenant_id) as session:
        return act(session, *arguments, **more)


def made(home: Home, *scopes: Scope, owned: bool = False, role: Role = Role.PERFORMANCE_MANAGER) -> clients.Shown:
    shown: clients.Shown = done(
        home, clients.create, acting(home, role), "Simpeg", "token", scopes or READS, days=30, owned=owned
    )
    return shown


def ask(home: Home, token: str, path: str = "/api/v1/people", method: str = "GET", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return home.visitor().client.open(path, method=method, base_url=f"http://{home.host}", headers=headers, **more)


def entries(home: Home, client: UUID) -> list[str]:
    rows = done(
        home,
        lambda session: session.execute(
            text("SELECT action FROM selaras.ledger_entry WHERE tenant_id = :t AND subject = :s ORDER BY id"),
            {"t": home.tenant_id, "s": f"client:{client}"},
        ).scalars().all(),
    )  # fmt: skip
    return list(rows)


def test_a_token_does_what_its_scopes_say_and_no_more(site: Site) -> None:
    shown = made(site.closed)
    assert len(ask(site.closed, shown.secret).json["items"]) > 10
    me = ask(site.closed, shown.secret, "/api/v1/me").json
    assert (me["permissions"], me["form_token"]) == (["see_agency", "see_people"], "")
    refused = ask(site.closed, shown.secret, "/api/v1/imports")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    challenge = f'Bearer realm="{site.closed.slug}", error="insufficient_scope", scope="import"'
    assert refused.headers["WWW-Authenticate"] == challenge
    nobodys = ask(site.closed, shown.secret, "/api/v1/team")
    assert (nobodys.status_code, nobodys.json["code"]) == (403, "not_for_clients")


def test_no_token_a_wrong_one_and_an_empty_one(site: Site) -> None:
    without = site.closed.visitor().get("/api/v1/people")
    assert without.status_code == 401
    assert without.headers["WWW-Authenticate"] == f'Bearer realm="{site.closed.slug}"'
    for token in ("slr_made-up", "", "ü", "a b"):
        wrong = ask(site.closed, token)
        assert (wrong.status_code, wrong.json["code"]) == (401, "client_token_invalid"), token
        assert wrong.headers["WWW-Authenticate"].endswith('error="invalid_token"')


def test_a_token_of_one_agency_is_worth_nothing_at_another(site: Site) -> None:
    shown = made(site.closed)
    assert ask(site.open, shown.secret).status_code == 401
    assert ask(site.closed, shown.secret).status_code == 200


def test_beside_a_token_the_cookie_means_nothing_and_no_form_token_is_asked(site: Site) -> None:
    manager, shown = site.empty.manager(), made(site.empty, Scope.AGENCY_READ)
    token = {"Authorization": f"Bearer {shown.secret}"}
    assert manager.get("/api/v1/people").status_code == 200
    assert manager.get("/api/v1/people", headers=token).status_code == 403, "the cookie lends the token nothing"
    made_up = {"Authorization": "Bearer made-up"}
    assert manager.get("/api/v1/people", headers=made_up).status_code == 401
    importing = made(site.empty, Scope.IMPORT)
    foreign = ask(site.empty, importing.secret, "/api/v1/imports/nothing", "POST")
    assert foreign.json["code"] != "form_foreign"
    assert foreign.status_code in (404, 405, 422)
    assert manager.client.delete("/api/v1/periods/2026-TW4", base_url=f"http://{site.empty.host}").status_code == 403
    assert "no-cache" in ask(site.closed, made(site.closed).secret).headers["Cache-Control"]


def test_a_token_opens_no_page(site: Site) -> None:
    assert ask(site.closed, made(site.closed).secret, "/people").status_code == 303


def test_a_token_in_the_address_or_as_a_cookie_is_none(site: Site) -> None:
    token = made(site.closed).secret
    visitor = site.closed.visitor()
    assert visitor.get(f"/api/v1/people?access_token={token}").status_code == 401
    visitor.client.set_cookie("selaras_session", token, domain=site.closed.host)
    assert visitor.get("/api/v1/people").status_code == 401


def test_two_secrets_hold_while_a_machine_changes_over(site: Site) -> None:
    home = site.closed
    first = made(home)
    second = done(home, clients.rotate, acting(home), first.client_id, days=30, overlap_days=2)
    assert [ask(home, one.secret).status_code for one in (first, second)] == [200, 200]
    with fixed(now() + timedelta(days=3)):
        assert [ask(home, one.secret).status_code for one in (first, second)] == [401, 200]
    third = done(home, clients.rotate, acting(home), first.client_id, days=30, overlap_days=2)
    assert [ask(home, one.secret).status_code for one in (first, second, third)] == [401, 200, 200]
    fourth = done(home, clients.rotate, acting(home), first.client_id, days=30, overlap_days=0)
    assert [ask(home, one.secret).status_code for one in (second, third, fourth)] == [401, 401, 200]
    with fixed(now() + timedelta(days=31)):
        assert ask(home, fourth.secret).status_code == 401


def test_a_revoked_client_is_out_for_good(site: Site) -> None:
    home = site.closed
    shown = made(home)
    done(home, clients.revoke, acting(home), shown.client_id)
    done(home, clients.revoke, acting(home), shown.client_id)
    assert ask(home, shown.secret).status_code == 401
    with pytest.raises(Conflict, match="revoked"):
        done(home, clients.rotate, acting(home), shown.client_id, days=30)
    assert entries(home, shown.client_id) == ["client.create", "client.revoke"]


def test_a_client_with_an_owner_may_no_more_than_its_owner_today(site: Site) -> None:
    home = site.empty
    owned = made(home, Scope.PEOPLE_READ, owned=True)
    assert ask(home, owned.secret).status_code == 200
    switch = "UPDATE selaras.account SET active = :on WHERE tenant_id = :tenant AND subject = :s RETURNING 1"
    grant = "UPDATE selaras.role_grant SET during = CAST(:d AS daterange) WHERE tenant_id = :tenant AND account_id = :a"
    subject = f"performance_manager@{home.slug}"
    home.scalar(switch, on=False, s=subject)
    assert ask(home, owned.secret).status_code == 401
    home.scalar(switch, on=True, s=subject)
    home.scalar(f"{grant} RETURNING 1", d="[2015-01-01,2016-01-01)", a=home.account(subject))
    refused = ask(home, owned.secret)
    home.scalar(f"{grant} RETURNING 1", d="[2015-01-01,)", a=home.account(subject))
    assert (refused.status_code, refused.json["code"]) == (403, "owner_may_not")
    assert done(home, clients.revoke_owned, acting(home), home.account(subject)) >= 1
    assert ask(home, owned.secret).status_code == 401


def test_nobody_gives_a_client_more_than_they_hold(site: Site) -> None:
    home = site.closed
    admin = acting(home, Role.AGENCY_ADMIN)
    with pytest.raises(Refused, match="never gets more"):
        done(home, clients.create, admin, "X", "token", [Scope.IMPORT], days=30)
    with pytest.raises(Refused):
        done(home, clients.create, acting(home, Role.AUDITOR), "X", "token", [Scope.AGENCY_READ], days=30)
    importing = made(home, Scope.IMPORT)
    with pytest.raises(Refused, match="never gets more"):
        done(home, clients.rotate, admin, importing.client_id, days=30)
    done(home, clients.revoke, admin, importing.client_id)
    assert ask(home, importing.secret, "/api/v1/imports").status_code == 401


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "  "}, "client_name"),
        ({"name": "x" * 81}, "client_name"),
        ({"kind": "root"}, "client_kind"),
        ({"scopes": []}, "client_scopes"),
        ({"scopes": ["everything"]}, "client_scopes"),
        ({"days": 0}, "client_days"),
        ({"days": 367}, "client_days"),
    ],
)
def test_what_cannot_be_is_refused(site: Site, change: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"name": "X", "kind": "token", "scopes": ["people:read"], "days": 30, **change}
    with pytest.raises(Invalid) as refused:
        done(site.closed, clients.create, acting(site.closed), **given)
    assert refused.value.code == code


def test_the_last_use_is_noted_once_a_minute_and_also_of_a_refused_request(site: Site) -> None:
    home = site.closed
    shown = made(home)
    used = "SELECT last_used_at FROM selaras.service_client WHERE tenant_id = :tenant AND id = :id"
    assert home.scalar(used, id=shown.client_id) is None
    ask(home, shown.secret, "/api/v1/imports")
    first = home.scalar(used, id=shown.client_id)
    assert now() - first < timedelta(seconds=120)
    ask(home, shown.secret)
    assert home.scalar(used, id=shown.client_id) == first
    with fixed(now() + timedelta(seconds=61)):
        ask(home, shown.secret)
    assert home.scalar(used, id=shown.client_id) > first


def test_neither_table_nor_ledger_holds_a_secret(site: Site) -> None:
    home = site.closed
    shown = made(home)
    rows = "SELECT string_agg(to_jsonb(s)::text, '') FROM selaras.service_secret s WHERE tenant_id = :tenant"
    told = "SELECT string_agg(to_jsonb(e)::text, '') FROM selaras.ledger_entry e WHERE tenant_id = :tenant"
    for query in (rows, told):
        assert shown.secret not in home.scalar(query)
    listed = done(home, clients.clients)
    assert next(one for one in listed if one.id == shown.client_id).secrets[0].hint == shown.secret[-4:]


def test_scopes_carry_nothing_that_a_person_answers_for() -> None:
    carried = {permission.value for permission in carried_by(Scope)}
    assert carried.isdisjoint({"rate_team", "agree_plans", "decide_followup", "manage_clients", "grant_roles"})
    assert scopes_within(PERMISSIONS[Role.AGENCY_ADMIN]) == [Scope.AGENCY_READ, Scope.SCIM]
    assert carried_by(["no-such-scope"]) == frozenset()
