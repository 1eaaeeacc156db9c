"""Tokens that a provider, or somebody between, signs wrongly, for somebody else, or with claims that do not hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from factories.attacks import Verdict, attacker_at
from factories.hostile_provider import HostileProvider, shared, unsigned
from factories.signing_in import sign_in
from factories.site import Site
from joserfc import jws
from joserfc.jwk import RSAKey

Connected = dict[str, UUID]
Claims = dict[str, Any]


@pytest.fixture
def attempt(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> Callable[..., None]:
    """Sign in while the provider answers by these orders; it must be refused as the row says."""

    def run(**changes: Any) -> None:
        hostile.orders = replace(hostile.orders, **changes)
        attacker = attacker_at(site.closed)
        verdict(sign_in(attacker, connected[site.closed.slug]), site.closed, attacker)
        assert attacker.get("/people").status_code == 303, "nobody is signed in"

    return run


def claims(**changes: Any) -> Callable[[Claims], Claims]:
    """The claims with changes; None takes one away."""
    return lambda given: {name: value for name, value in (given | changes).items() if value is not None}


@pytest.mark.attack(
    "Token without a signature",
    "An ID token with `alg: none`, or in another spelling.",
    status=401,
    code="sign_in.untrusted",
    ledger="algorithm_refused",
)
@pytest.mark.parametrize("alg", ["none", "None", "NONE", ""])
def test_alg_none(attempt: Callable[..., None], alg: str) -> None:
    def sign(header: Claims, given: Claims) -> str:
        spelt = base64.urlsafe_b64encode(json.dumps({**header, "alg": alg}).encode()).rstrip(b"=").decode()
        return f"{spelt}.{unsigned(header, given).partition('.')[2]}"

    attempt(sign=sign)


@pytest.mark.attack(
    "HS256 with the public key (confusion)",
    "An ID token signed by HMAC, with the provider's published key or the client's secret as the shared secret.",
    status=401,
    code="sign_in.untrusted",
    ledger="algorithm_refused",
)
@pytest.mark.parametrize("with_", ["public key", "client secret", "nothing"])
def test_a_confused_algorithm(hostile: HostileProvider, attempt: Callable[..., None], with_: str) -> None:
    secret = {
        "public key": hostile.signer("RS256").as_pem(private=False),
        "client secret": hostile.client_secret.encode(),
        "nothing": b"",
    }[with_]
    attempt(sign=shared(secret))


@pytest.mark.attack(
    "Key of the attacker",
    "An ID token signed with a key of the attacker's own, under the id of a published one.",
    status=401,
    code="sign_in.untrusted",
    ledger="signature_invalid",
)
def test_a_key_of_the_attackers_own(attempt: Callable[..., None]) -> None:
    own = RSAKey.generate_key(2048)

    def sign(header: Claims, given: Claims) -> str:
        return jws.serialize_compact({"alg": "RS256", "kid": header["kid"]}, json.dumps(given), own)

    attempt(sign=sign)


@pytest.mark.attack(
    "Key brought along",
    "An ID token whose header carries the attacker's key (`jwk`) or says where to fetch it (`jku`, `x5u`).",
    status=401,
    code="sign_in.untrusted",
    ledger="signature_invalid",
)
@pytest.mark.parametrize("where", ["jwk", "jku", "x5u"])
def test_a_key_in_the_header(hostile: HostileProvider, attempt: Callable[..., None], where: str) -> None:
    own = RSAKey.generate_key(2048, {"kid": "own"})
    brought = {"jwk": own.as_dict(private=False), "jku": f"{hostile.issuer}/own", "x5u": f"{hostile.issuer}/own"}
    registry = jws.JWSRegistry(strict_check_header=False)

    def sign(header: Claims, given: Claims) -> str:
        shown = {"alg": "RS256", "kid": header["kid"], where: brought[where]}
        return jws.serialize_compact(shown, json.dumps(given), own, registry=registry)

    attempt(sign=sign)
    assert "/own" not in hostile.asked, "nothing is fetched because a token says so"


@pytest.mark.attack(
    "Nonce reuse",
    "An ID token with the nonce of an earlier sign-in, an empty one, or none.",
    status=401,
    code="sign_in.untrusted",
    ledger="nonce_mismatch",
)
@pytest.mark.parametrize("nonce", ["earlier", "", None])
def test_a_nonce_of_another_sign_in(
    site: Site, hostile: HostileProvider, connected: Connected, attempt: Callable[..., None], nonce: str | None
) -> None:
    seen: list[str] = []
    hostile.orders = replace(hostile.orders, claims=lambda given: seen.append(given["nonce"]) or given)
    assert sign_in(attacker_at(site.closed), connected[site.closed.slug]).status_code == 303
    attempt(claims=claims(nonce=seen[0] if nonce == "earlier" else nonce))


@pytest.mark.attack(
    "Token for another audience",
    "An ID token made for another client of the same provider, such as another agency's, also among several.",
    status=401,
    code="sign_in.untrusted",
    ledger="audience_mismatch",
)
@pytest.mark.parametrize("audience", ["another client", "several, none ours", "several, authorised another", "empty"])
def test_another_audience(hostile: HostileProvider, attempt: Callable[..., None], audience: str) -> None:
    changes: dict[str, Claims] = {
        "another client": {"aud": "selaras-of-another-agency"},
        "several, none ours": {"aud": ["one", "other"]},
        "several, authorised another": {"aud": [hostile.client_id, "other"], "azp": "other"},
        "empty": {"aud": []},
    }
    attempt(claims=claims(**changes[audience]))


@pytest.mark.attack(
    "Token of another issuer",
    "An ID token that names another issuer than the one that was registered, if only by a stroke.",
    status=401,
    code="sign_in.untrusted",
    ledger="issuer_mismatch",
)
@pytest.mark.parametrize("issuer", ["https://evil.example", "{own}/", "{own}/tenant"])
def test_another_issuer(hostile: HostileProvider, attempt: Callable[..., None], issuer: str) -> None:
    attempt(claims=claims(iss=issuer.format(own=hostile.issuer)))


@pytest.mark.attack(
    "Expired token",
    "An ID token that ended an hour ago.",
    status=401,
    code="sign_in.untrusted",
    ledger="token_expired",
)
def test_an_expired_token(attempt: Callable[..., None]) -> None:
    attempt(clock=-3600)


@pytest.mark.attack(
    "Token from the future",
    "An ID token issued an hour from now.",
    status=401,
    code="sign_in.untrusted",
    ledger="token_from_future",
)
def test_a_token_from_the_future(attempt: Callable[..., None]) -> None:
    attempt(clock=3600)


@pytest.mark.attack(
    "Access token of another sign-in",
    "The ID token of one sign-in comes with the access token of another.",
    status=401,
    code="sign_in.untrusted",
    ledger="access_token_mismatch",
)
def test_a_swapped_access_token(attempt: Callable[..., None]) -> None:
    attempt(token=lambda given: given | {"access_token": "another"})


@pytest.mark.attack(
    "Userinfo of another person",
    "The userinfo that completes the ID token is about another subject.",
    status=401,
    code="sign_in.untrusted",
    ledger="subject_mismatch",
)
def test_userinfo_of_somebody_else(site: Site, attempt: Callable[..., None]) -> None:
    name = f"performance_manager@{site.closed.slug}"
    attempt(more={}, userinfo={"sub": "somebody-else", "preferred_username": name, "name": "x", "email": "x"})


@pytest.mark.attack(
    "Account of another subject",
    "Another subject at the provider takes the user name of somebody who has signed in before.",
    status=401,
    code="sign_in.no_account",
    ledger="account_linked_elsewhere",
)
def test_a_user_name_that_changed_hands(
    site: Site, hostile: HostileProvider, connected: Connected, attempt: Callable[..., None]
) -> None:
    assert sign_in(attacker_at(site.closed), connected[site.closed.slug]).status_code == 303
    attempt(subject="somebody-else")


@pytest.mark.attack(
    "Person of A at B",
    "Somebody of agency A signs in at agency B, at a provider that both trust.",
    status=401,
    code="sign_in.no_account",
    ledger="account_unknown",
)
def test_a_person_of_another_agency(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict
) -> None:
    assert sign_in(attacker_at(site.closed), connected[site.closed.slug]).status_code == 303
    attacker = attacker_at(site.open)
    verdict(sign_in(attacker, connected[site.open.slug]), site.open, attacker)
