"""OAuth2 client credentials: Authlib's own client gets a token, and what is wrong is refused as RFC 6749 says."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.httpx_client._compat import httpx2  # whichever of the two generations Authlib found
from factories.site import Home, Site, Visitor
from werkzeug.test import TestResponse

from selaras.clock import fixed, now
from selaras.identity import clients
from selaras.identity.actor import system
from selaras.identity.scopes import Scope

SCOPES = (Scope.AGENCY_READ, Scope.PEOPLE_READ)


def client(home: Home, kind: str = "oauth", scopes: tuple[Scope, ...] = SCOPES) -> clients.Shown:
    with home.database.tenant(home.tenant_id) as session:
        return clients.create(session, system(home.tenant_id), "Gaji", kind, scopes, days=30)


def ask(home: Home, made: clients.Shown, secret: str = "", *, basic: bool = True, **form: str) -> TestResponse:
    sent, headers = {"grant_type": "client_credentials", **form}, {}
    if basic:
        pair = f"{made.client_id}:{secret or made.secret}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        sent |= {"client_id": str(made.client_id), "client_secret": secret or made.secret}
    return home.visitor().client.post("/oauth/token", base_url=f"http://{home.host}", data=sent, headers=headers)


def call(home: Home, token: str, path: str = "/api/v1/people") -> TestResponse:
    return Visitor(home.app, home.host).get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_an_ordinary_oauth_client_reads_with_its_token(site: Site, method: str) -> None:
    home = site.closed
    made = client(home)
    base = f"https://{home.host}"
    with OAuth2Client(
        str(made.client_id),
        made.secret,
        scope="people:read",
        token_endpoint_auth_method=method,
        transport=httpx2.WSGITransport(app=home.app),
    ) as machine:
        metadata = machine.request("GET", f"{base}/.well-known/oauth-authorization-server", withhold_token=True).json()
        assert metadata["issuer"] == base
        assert "people:read" in metadata["scopes_supported"]
        token = machine.fetch_token(metadata["token_endpoint"])
        assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 900, "people:read")
        assert "refresh_token" not in token
        assert len(machine.get(f"{base}/api/v1/people").json()["items"]) > 10
        assert machine.get(f"{base}/api/v1/periods").status_code == 403, "only the scope that was asked for"


def test_all_scopes_where_none_is_named_and_never_another(site: Site) -> None:
    home = site.closed
    made = client(home)
    assert ask(home, made).json["scope"] == "agency:read people:read"
    for scope in ("import", "people:read import", "everything"):
        refused = ask(home, made, scope=scope)
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_scope"), scope


def test_answers_are_never_kept(site: Site) -> None:
    answer = ask(site.closed, client(site.closed))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["access_token"].startswith("sla_")


@pytest.mark.parametrize("basic", [True, False])
def test_a_wrong_secret_and_an_unknown_client_are_told_alike(site: Site, basic: bool) -> None:
    home = site.closed
    made, stranger = client(home), clients.Shown(site.closed.uuid, "sls_made-up", now())
    wrong, unknown = ask(home, made, "sls_wrong", basic=basic), ask(home, stranger, basic=basic)
    assert wrong.json == unknown.json
    assert wrong.json["error"] == "invalid_client"
    assert wrong.status_code == unknown.status_code
    assert not basic or wrong.headers["WWW-Authenticate"].startswith("Basic")
    refused = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'token.refused'"
    assert home.scalar(refused) > 0
    other = client(home)
    assert ask(home, made, other.secret, basic=basic).json["error"] == "invalid_client", "another client's secret"


def test_what_else_is_wrong(site: Site) -> None:
    home = site.closed
    made = client(home)
    assert ask(home, made, grant_type="password").json["error"] == "unsupported_grant_type"
    token_kind = client(home, "token")
    assert ask(home, token_kind).json["error"] == "invalid_client", "a service token is not exchanged"
    assert call(home, made.secret).status_code == 401, "a secret is not a token"
    base, form = f"http://{home.host}", {"client_id": str(made.client_id), "client_secret": made.secret}
    browser = home.visitor().client
    assert browser.post("/oauth/token", base_url=base, data=form).json["error"] == "unsupported_grant_type"
    in_address = f"/oauth/token?{urlencode({**form, 'grant_type': 'client_credentials'})}"
    assert browser.post(in_address, base_url=base).status_code == 400
    nothing = browser.post("/oauth/token", base_url=base, data={"grant_type": "client_credentials"})
    assert nothing.json["error"] == "invalid_client"
    assert browser.get("/oauth/token", base_url=base).status_code == 405


def test_a_token_and_a_client_are_worth_nothing_at_another_agency(site: Site) -> None:
    made = client(site.closed)
    token = ask(site.closed, made).json["access_token"]
    assert call(site.closed, token).status_code == 200
    assert call(site.open, token).status_code == 401
    assert ask(site.open, made).json["error"] == "invalid_client"


def test_a_token_ends_by_itself_when_it_is_given_back_and_with_its_client(site: Site) -> None:
    home = site.closed
    made = client(home)

    def give_back(token: str, who: clients.Shown) -> TestResponse:
        form: dict[str, Any] = {"token": token, "client_id": str(who.client_id), "client_secret": who.secret}
        return home.visitor().client.post("/oauth/revocation", base_url=f"http://{home.host}", data=form)

    first, second = (ask(home, made).json["access_token"] for _ in range(2))
    with fixed(now() + timedelta(minutes=15, seconds=1)):
        assert call(home, first).status_code == 401
    assert give_back(first, client(home)).status_code == 200, "another client's token is told like an unknown one"
    assert call(home, first).status_code == 200
    assert [give_back(first, made).status_code for _ in range(2)] == [200, 200]
    assert [call(home, token).status_code for token in (first, second)] == [401, 200]
    with home.database.tenant(home.tenant_id) as session:
        clients.revoke(session, system(home.tenant_id), made.client_id)
    assert call(home, second).status_code == 401
    assert ask(home, made).json["error"] == "invalid_client"


def test_a_token_lies_in_redis_by_its_hash_behind_the_agency(site: Site) -> None:
    token = ask(site.closed, client(site.closed)).json["access_token"]
    held = site.app.extensions["selaras"].redis
    keys = list(held.scan_iter(f"selaras:{site.closed.uuid}:access-token:*"))
    assert keys
    assert not any(token.encode() in key or token.encode() in held.get(key) for key in keys)
    assert all(0 < held.ttl(key) <= 900 for key in keys)


def test_the_description_says_by_which_keys_an_endpoint_opens(site: Site) -> None:
    spec = site.closed.visitor().get("/api/v1/openapi.json").json
    schemes = spec["components"]["securitySchemes"]
    assert set(schemes) == {"session", "service_token", "oauth2"}
    assert set(schemes["oauth2"]["flows"]["clientCredentials"]["scopes"]) == set(Scope)
    people, team = (spec["paths"][f"/api/v1/{path}"]["get"]["security"] for path in ("people", "team"))
    assert {"oauth2": ["people:read"]} in people
    assert {"service_token": []} in people
    assert team == [{"session": []}], "what no token may do names none"
