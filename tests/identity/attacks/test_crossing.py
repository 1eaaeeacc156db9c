"""What is worth something at agency A is carried to agency B: cached answers, and a session beside a token."""

from __future__ import annotations

from typing import Any

import pytest
from factories.attacks import Verdict, attacker_at, with_address
from factories.site import Home, Site, Visitor

from selaras.identity import clients
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.scopes import Scope


def service_token(home: Home, *scopes: Scope) -> str:
    account = home.account(f"performance_manager@{home.slug}")
    role = Role.PERFORMANCE_MANAGER
    maker = Actor(home.tenant_id, account, "A", frozenset({role.value}), PERMISSIONS[role])
    with home.database.tenant(home.tenant_id) as session:
        return clients.create(session, maker, "Simpeg", "token", scopes, days=30, owned=False).secret


def with_token(visitor: Visitor, path: str, token: str, **more: Any) -> Any:
    return visitor.get(path, headers={"Authorization": f"Bearer {token}", **more})


@pytest.mark.attack(
    "ETag of A at B",
    "The ETag of an answer of agency A, sent to agency B without a session, to learn whether it is the same.",
    status=401,
    code="sign_in_needed",
)
def test_an_etag_of_another_agency_without_a_session(site: Site, verdict: Verdict) -> None:
    etag = site.closed.manager().get("/api/v1/agency").headers["ETag"]
    attacker = attacker_at(site.open)
    verdict(attacker.get("/api/v1/agency", headers={"If-None-Match": etag}), site.open, attacker)


@pytest.mark.parametrize("path", ["/api/v1/agency", "/api/v1/people", "/api/v1/me", "/"])
def test_an_etag_of_another_agency_is_none_of_the_own(site: Site, path: str) -> None:
    """Also with a session of B: 304 would say that A's answer and B's are the same."""
    etag = site.closed.manager().get(path).headers["ETag"]
    answer = site.open.manager().get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("path", ["/", "/people", "/api/v1/people", "/api/v1/me"])
def test_nothing_between_keeps_what_somebody_saw(site: Site, path: str) -> None:
    """A shared cache in front of two agencies or two people keeps nothing, and would have to tell them apart."""
    answer = site.closed.manager().get(path)
    assert answer.status_code == 200
    assert {"private", "no-cache"} <= {part.strip() for part in answer.headers["Cache-Control"].split(",")}
    assert {"Cookie", "Authorization"} <= set(answer.vary.as_set(preserve_casing=True))


@pytest.mark.attack(
    "Cookie beside a token of A at B",
    "A valid session at B lends its rights to a token of A: both are sent, so that the cookie may carry the request.",
    status=401,
    code="client_token_invalid",
    ledger="client_token_invalid",
)
def test_a_session_lends_nothing_to_a_foreign_token(site: Site, verdict: Verdict) -> None:
    token = service_token(site.closed, Scope.AGENCY_READ, Scope.PEOPLE_READ)
    manager = with_address(site.open.manager())
    assert manager.get("/api/v1/people").status_code == 200
    verdict(with_token(manager, "/api/v1/people", token), site.open, manager)
