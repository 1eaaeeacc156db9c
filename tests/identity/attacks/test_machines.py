"""Secrets and tokens of machine clients, at agencies and for purposes that they were not made for."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from factories.attacks import Verdict, attacker_at
from factories.site import Home, Site, Visitor

from selaras.identity import clients
from selaras.identity.actor import system
from selaras.identity.scopes import Scope


def client(home: Home, kind: str, *scopes: Scope) -> clients.Shown:
    with home.database.tenant(home.tenant_id) as session:
        return clients.create(session, system(home.tenant_id), "Gaji", kind, scopes, days=30)


def exchange(visitor: Visitor, made: clients.Shown, **form: str) -> Any:
    pair = base64.b64encode(f"{made.client_id}:{made.secret}".encode()).decode()
    return visitor.client.post(
        "/oauth/token",
        base_url=f"http://{visitor.host}",
        data={"grant_type": "client_credentials"} | form,
        headers={"Authorization": f"Basic {pair}"},
    )


def ask(visitor: Visitor, token: str, path: str = "/api/v1/people", method: str = "GET", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return visitor.client.open(path, method=method, base_url=f"http://{visitor.host}", headers=headers, **more)


@pytest.mark.attack(
    "Service token of A at B",
    "A valid token of agency A in the header of a request to agency B's API.",
    status=401,
    code="client_token_invalid",
    ledger="client_token_invalid",
)
def test_a_service_token_of_another_agency(site: Site, verdict: Verdict) -> None:
    token = client(site.closed, "token", Scope.AGENCY_READ, Scope.PEOPLE_READ).secret
    assert ask(site.closed.visitor(), token).status_code == 200
    attacker = attacker_at(site.open)
    verdict(ask(attacker, token), site.open, attacker)


@pytest.mark.attack(
    "Access token of A at B",
    "An OAuth2 access token that a machine of agency A got for its secret, shown to agency B.",
    status=401,
    code="client_token_invalid",
    ledger="client_token_invalid",
)
def test_an_access_token_of_another_agency(site: Site, verdict: Verdict) -> None:
    made = client(site.closed, "oauth", Scope.PEOPLE_READ)
    token = exchange(site.closed.visitor(), made).json["access_token"]
    assert ask(site.closed.visitor(), token).status_code == 200
    attacker = attacker_at(site.open)
    verdict(ask(attacker, token), site.open, attacker)


@pytest.mark.attack(
    "Client secret of A at B",
    "Client id and secret of a machine of agency A, sent to agency B's token endpoint.",
    status=401,
    code="invalid_client",
    ledger="client_refused",
)
def test_a_client_secret_of_another_agency(site: Site, verdict: Verdict) -> None:
    made = client(site.closed, "oauth", Scope.PEOPLE_READ)
    assert exchange(site.closed.visitor(), made).status_code == 200
    attacker = attacker_at(site.open)
    verdict(exchange(attacker, made), site.open, attacker)


@pytest.mark.attack(
    "Client secret as a token",
    "The secret of an OAuth2 client is shown to the API itself, to save the exchange and its short life.",
    status=401,
    code="client_token_invalid",
    ledger="client_token_invalid",
)
def test_a_client_secret_instead_of_a_token(site: Site, verdict: Verdict) -> None:
    made = client(site.closed, "oauth", Scope.PEOPLE_READ)
    attacker = attacker_at(site.closed)
    verdict(ask(attacker, made.secret), site.closed, attacker)


@pytest.mark.attack(
    "More scopes than granted",
    "A client that may read the agency asks its token endpoint for the right to import.",
    status=400,
    code="invalid_scope",
    ledger="scope_missing",
)
def test_scopes_that_were_not_granted(site: Site, verdict: Verdict) -> None:
    made = client(site.closed, "oauth", Scope.AGENCY_READ)
    attacker = attacker_at(site.closed)
    verdict(exchange(attacker, made, scope="agency:read import"), site.closed, attacker)


@pytest.mark.attack(
    "Token without the scope",
    "A token for reading people asks for imports.",
    status=403,
    code="scope_missing",
    ledger="scope_missing",
)
def test_a_token_without_the_scope(site: Site, verdict: Verdict) -> None:
    token = client(site.closed, "token", Scope.PEOPLE_READ).secret
    attacker = attacker_at(site.closed)
    verdict(ask(attacker, token, "/api/v1/imports"), site.closed, attacker)


@pytest.mark.attack(
    "Token in the address",
    "A valid token as a parameter of the address, where logs and histories would keep it.",
    status=401,
    code="sign_in_needed",
)
def test_a_token_in_the_address(site: Site, verdict: Verdict) -> None:
    token = client(site.closed, "token", Scope.PEOPLE_READ).secret
    attacker = attacker_at(site.closed)
    verdict(attacker.get(f"/api/v1/people?access_token={token}"), site.closed, attacker)


@pytest.mark.attack(
    "Token on a page",
    "A valid token in the header of a request for a page, where a session alone counts.",
    status=303,
    code="/sign-in",
)
def test_a_token_at_a_page(site: Site, verdict: Verdict) -> None:
    token = client(site.closed, "token", Scope.PEOPLE_READ).secret
    attacker = attacker_at(site.closed)
    verdict(ask(attacker, token, "/people"), site.closed, attacker)
