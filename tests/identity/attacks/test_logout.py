"""Somebody else than the provider says that sessions are over (back-channel logout), to throw people out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from factories.attacks import Verdict, attacker_at
from factories.hostile_provider import HostileProvider, shared, unsigned
from factories.signing_in import sign_in
from factories.site import Site, Visitor

Connected = dict[str, UUID]


@pytest.fixture
def signed_in(site: Site, hostile: HostileProvider, connected: Connected) -> Visitor:
    victim = attacker_at(site.closed)
    assert sign_in(victim, connected[site.closed.slug]).status_code == 303
    return victim


def tell(visitor: Visitor, provider_id: UUID, token: str) -> Any:
    return visitor.client.post(
        f"/sign-out/back-channel/{provider_id}", base_url=f"http://{visitor.host}", data={"logout_token": token}
    )


@pytest.fixture
def attempt(site: Site, signed_in: Visitor, connected: Connected, verdict: Verdict) -> Callable[[str], None]:
    """Tell the agency with this token; it must be refused, and whoever was signed in stays so."""

    def run(token: str) -> None:
        attacker = attacker_at(site.closed)
        verdict(tell(attacker, connected[site.closed.slug], token), site.closed, attacker)
        assert signed_in.get("/people").status_code == 200

    return run


def test_the_provider_itself_is_believed(
    site: Site, hostile: HostileProvider, connected: Connected, signed_in: Visitor
) -> None:
    """Else the refusals below would say nothing."""
    token = hostile.logout_token()
    assert tell(attacker_at(site.closed), connected[site.closed.slug], token).status_code == 200
    assert signed_in.get("/people").status_code == 303


@pytest.mark.attack(
    "Forged back-channel logout",
    "A logout token without a signature, or signed by HMAC with the published key.",
    status=400,
    code="invalid_request",
    ledger="algorithm_refused",
)
@pytest.mark.parametrize("how", ["none", "HS256"])
def test_a_forged_logout(hostile: HostileProvider, attempt: Callable[[str], None], how: str) -> None:
    public = hostile.signer("RS256").as_pem(private=False)
    hostile.orders.sign = shared(public) if how == "HS256" else unsigned
    attempt(hostile.logout_token())


@pytest.mark.attack(
    "ID token as a logout token",
    "An ID token, or a logout token with a nonce or without the event, is sent as a logout token.",
    status=400,
    code="invalid_request",
    ledger="claim_malformed",
)
@pytest.mark.parametrize(
    "changes", [{"nonce": "n"}, {"events": None}, {"events": {"x": {}}}, {"sub": None, "sid": None}]
)
def test_a_token_that_is_no_logout(
    hostile: HostileProvider, attempt: Callable[[str], None], changes: dict[str, Any]
) -> None:
    attempt(hostile.logout_token(**changes))


@pytest.mark.attack(
    "Logout token for another audience",
    "A logout token that the provider made for another of its clients.",
    status=400,
    code="invalid_request",
    ledger="audience_mismatch",
)
def test_a_logout_for_another_client(hostile: HostileProvider, attempt: Callable[[str], None]) -> None:
    attempt(hostile.logout_token(aud="another"))


@pytest.mark.attack(
    "Old logout token",
    "A logout token of yesterday.",
    status=400,
    code="invalid_request",
    ledger="token_expired",
)
def test_an_old_logout(hostile: HostileProvider, attempt: Callable[[str], None]) -> None:
    hostile.orders.clock = -24 * 3600
    attempt(hostile.logout_token())


@pytest.mark.attack(
    "Replayed logout token",
    "A logout token that was believed once is sent again after the person has signed in anew.",
    status=400,
    code="invalid_request",
    ledger="token_replayed",
)
def test_a_replayed_logout(
    site: Site, hostile: HostileProvider, connected: Connected, signed_in: Visitor, verdict: Verdict
) -> None:
    token = hostile.logout_token()
    assert tell(attacker_at(site.closed), connected[site.closed.slug], token).status_code == 200
    assert sign_in(signed_in, connected[site.closed.slug]).status_code == 303
    attacker = attacker_at(site.closed)
    verdict(tell(attacker, connected[site.closed.slug], token), site.closed, attacker)
    assert signed_in.get("/people").status_code == 200


@pytest.mark.attack(
    "Logout of A's provider at B",
    "A logout token of agency A's provider is sent to agency B, under A's provider.",
    status=400,
    code="invalid_request",
    ledger="provider_inactive",
)
def test_a_logout_at_another_agency(
    site: Site, hostile: HostileProvider, connected: Connected, signed_in: Visitor, verdict: Verdict
) -> None:
    attacker = attacker_at(site.open)
    verdict(tell(attacker, connected[site.closed.slug], hostile.logout_token()), site.open, attacker)
    assert signed_in.get("/people").status_code == 200
