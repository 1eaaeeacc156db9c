"""What is looked at before a provider may be tried: each check says what it found, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from selaras.clock import now
from selaras.errors import DomainError
from selaras.identity.egress import Egress
from selaras.identity.oidc import keys, published
from selaras.identity.oidc.keys import ALGORITHMS
from selaras.identity.oidc.party import Party
from selaras.identity.oidc.published import Fetched, Published

GOOD, WARN, BAD = "good", "warn", "bad"
WARN_SKEW, MOST_SKEW = 15, 60


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at. `message` is the id of a sentence, filled with `params`."""

    code: str
    state: str
    message: str
    params: dict[str, Any] = {}


def Looked(code: str, state: str, message: str, **params: object) -> Check:  # noqa: N802  # marks a msgid
    """A check with its sentence; the catalogue of words finds sentences by this name."""
    return Check(code, state, message, dict(params))


def look(egress: Egress, issuer: str) -> tuple[Fetched | None, list[Check]]:
    """Fetch what an issuer publishes; the metadata, or the check that says why there is none."""
    try:
        found = published.fetch(egress, issuer)
    except DomainError as error:
        return None, [Check("discovery", BAD, error.message, error.params)]
    return found, []


def all_of(egress: Egress, issuer: str, party: Party, skew: float | None) -> list[Check]:
    """Every check of a provider whose metadata was fetched, in the order in which they are read."""
    said = party.published
    found = [_issuer(issuer, said), *_endpoints(said), _flow(said), _algorithms(said), *_keys(egress, said)]
    found += [_challenge(party), _client(party), _names_itself(said), _clock(skew)]
    return [*found, *_wishes(party), *_logout(said)]


def passed(checks: list[Check]) -> bool:
    """Whether nothing stands in the way of a test sign-in."""
    return bool(checks) and all(check.state != BAD for check in checks)


def _issuer(issuer: str, said: Published) -> Check:
    if said.issuer == issuer:
        return Looked("issuer", GOOD, "The provider calls itself {issuer}, as entered.", issuer=issuer)
    return Looked(
        "issuer",
        BAD,
        "The provider calls itself {found}, not {issuer} as entered. Enter the issuer exactly so, to the last stroke.",
        found=said.issuer,
        issuer=issuer,
    )


def _endpoints(said: Published) -> Iterator[Check]:
    needed = {
        "authorization_endpoint": said.authorization_endpoint,
        "token_endpoint": said.token_endpoint,
        "jwks_uri": said.jwks_uri,
    }
    secure = said.issuer.startswith("https://")
    for name, address in needed.items():
        if not address.startswith("https://" if secure else ("https://", "http://")):
            yield Looked(
                "endpoints",
                BAD,
                "{name} is {address}, which is not an address with https. The provider must publish another one.",
                name=name,
                address=address,
            )
            return
    yield Looked("endpoints", GOOD, "Sign-in at {address}.", address=said.authorization_endpoint)


def _flow(said: Published) -> Check:
    if "code" in said.response_types_supported:
        return Looked("flow", GOOD, "The provider gives codes (response type “code”).")
    return Looked("flow", BAD, "The provider does not give codes. Allow the response type “code” there.")


def _algorithms(said: Published) -> Check:
    offered = said.id_token_signing_alg_values_supported
    taken = [name for name in offered if name in ALGORITHMS]
    if not taken:
        return Looked(
            "algorithms",
            BAD,
            "The provider signs with {offered}, none of which is taken here. Let it sign with one of {taken}.",
            offered=", ".join(offered) or "–",
            taken=", ".join(ALGORITHMS),
        )
    left = [name for name in offered if name not in ALGORITHMS]
    if left:
        return Looked(
            "algorithms",
            GOOD,
            "Signatures: {taken}. Also offered, and refused here: {left}.",
            taken=", ".join(taken),
            left=", ".join(left),
        )
    return Looked("algorithms", GOOD, "Signatures: {taken}.", taken=", ".join(taken))


def _keys(egress: Egress, said: Published) -> Iterator[Check]:
    try:
        listed = keys.fetch(egress, said.jwks_uri)
    except DomainError as error:
        yield Check("keys", BAD, error.message, error.params)
        return
    count = sum(keys.read(key) is not None for key in listed)
    if not count:
        yield Looked(
            "keys",
            BAD,
            "No published key can be used for signatures (RSA keys need 2,048 bits or more). Renew the keys there.",
        )
    else:
        yield Looked("keys", GOOD, "{count} keys for signatures are published.", count=count)
    if any("d" in key or key.get("kty") == "oct" for key in listed):
        yield Looked(
            "keys_private",
            BAD,
            "The provider publishes a secret key, with which anybody could sign. Have it withdrawn and renewed now.",
        )


def _challenge(party: Party) -> Check:
    if "S256" in party.published.code_challenge_methods_supported:
        return Looked("pkce", GOOD, "PKCE with S256 is supported.")
    if not party.client_secret:
        return Looked("pkce", BAD, "PKCE with S256 is not announced, and a client without a secret needs it.")
    return Looked(
        "pkce",
        WARN,
        "PKCE with S256 is not announced. It is sent all the same; switch it on at the provider.",
    )


def _client(party: Party) -> Check:
    known = party.published.token_endpoint_auth_methods_supported
    if party.auth_method in known or (not party.client_secret and "none" in known):
        return Looked("client", GOOD, "The client proves itself by {method}.", method=party.auth_method)
    return Looked(
        "client",
        BAD,
        "The provider takes {known} of a client, and this one would use {method}. Allow that for the client there.",
        known=", ".join(known),
        method=party.auth_method,
    )


def _names_itself(said: Published) -> Check:
    if said.authorization_response_iss_parameter_supported:
        return Looked("rfc9207", GOOD, "The provider names itself in its answers (RFC 9207).")
    return Looked(
        "rfc9207",
        WARN,
        "The provider does not say that it names itself in its answers (RFC 9207). Where it does so, it is checked.",
    )


def _clock(skew: float | None) -> Check:
    if skew is None:
        return Looked("clock", WARN, "The provider does not tell its time, so the clocks could not be compared.")
    seconds = round(abs(skew))
    if seconds > MOST_SKEW:
        return Looked(
            "clock",
            BAD,
            "The clocks differ by {seconds} seconds ({now} here). Sign-ins would fail: set the provider's clock.",
            seconds=seconds,
            now=now().strftime("%H:%M:%S UTC"),
        )
    if seconds > WARN_SKEW:
        return Looked("clock", WARN, "The clocks differ by {seconds} seconds. Set the provider's.", seconds=seconds)
    return Looked("clock", GOOD, "The clocks agree (within {seconds} seconds).", seconds=max(seconds, 1))


def _wishes(party: Party) -> Iterator[Check]:
    said = party.published
    for code, known, wanted, message in (
        ("scopes", said.scopes_supported, party.scopes, _NO_SCOPES),
        ("claims", said.claims_supported, party.wanted_claims, _NO_CLAIMS),
        ("acr", said.acr_values_supported, party.acr_values, _NO_ACR),
    ):
        missing = [name for name in wanted if name.split(".")[0] not in known]
        if known and missing:
            yield Check(code, WARN, message.message, {"missing": ", ".join(missing)})


def _logout(said: Published) -> Iterator[Check]:
    if said.end_session_endpoint:
        yield Looked("logout", GOOD, "Signing out here can end the session at the provider too.")
    else:
        yield Looked("logout", WARN, "The provider cannot be told that somebody signs out here.")
    if said.backchannel_logout_supported:
        yield Looked("backchannel", GOOD, "The provider can tell us that a session is over (back-channel logout).")
    else:
        yield Looked(
            "backchannel",
            WARN,
            "The provider does not say that it tells us when a session is over. Whoever signs out there stays signed "
            "in here until the session's own end.",
        )


_NO_SCOPES = Looked("", "", "The provider does not announce these scopes: {missing}. The test sign-in will show it.")
_NO_CLAIMS = Looked("", "", "The provider does not announce these claims: {missing}. The test sign-in will show it.")
_NO_ACR = Looked("", "", "The provider does not announce these levels (acr): {missing}. The test sign-in will show it.")
