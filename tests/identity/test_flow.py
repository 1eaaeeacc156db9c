"""The code flow and what it believes: a provider that answers rightly is believed, each wrong answer has its reason."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
import redis
from factories.hostile_provider import HostileProvider, Orders, hostile_provider, shared, unsigned
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from selaras.identity.egress import Egress
from selaras.identity.oidc import checks, keys, logout, published
from selaras.identity.oidc.flow import Flow, Returned
from selaras.identity.oidc.party import Party, Told
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.sessions import connect

HERE = Egress(loopback=True)
BACK = "http://instansi.localhost:1/sign-in/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
def provider(running: HostileProvider) -> HostileProvider:
    running.orders = Orders()
    return running


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    made = connect(redis_url)
    yield made
    made.close()


@pytest.fixture
def flow(connection: redis.Redis) -> Flow:
    return Flow(connection, HERE)


def party_at(provider: HostileProvider, **more: object) -> Party:
    said = published.fetch(HERE, provider.issuer).published
    known = {"client_id": provider.client_id, "client_secret": provider.client_secret, "published": said}
    return Party(realm=uuid4(), provider_id=uuid4(), **(known | more))  # type: ignore[arg-type]  # given by name, or wrong on purpose


def go(flow: Flow, party: Party, browser: str = "b") -> Returned:
    """To the provider and back, as a browser does."""
    there = flow.begin(party, redirect_uri=BACK, browser=browser)
    query = parse_qs(urlsplit(httpx.get(there, trust_env=False).headers["location"]).query)
    given = {name: values[0] for name, values in query.items()}
    return Returned(given.get("code", ""), given.get("state", ""), given.get("iss", ""), given.get("error", ""))


def sign_in(flow: Flow, party: Party) -> Told:
    returned = go(flow, party)
    return flow.finish(party, flow.take(party.realm, returned.state, "b"), returned)


def refused(flow: Flow, party: Party) -> Reason:
    with pytest.raises(SignInRefused) as error:
        sign_in(flow, party)
    assert error.value.subject == f"provider:{party.provider_id}"
    return error.value.reason


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_who_signs_in_is_told(flow: Flow, provider: HostileProvider, algorithm: str) -> None:
    provider.orders = Orders(algorithm=algorithm, more={"preferred_username": "198501012010011001", "acr": "2"})
    party = party_at(provider, max_age=3600)
    told = sign_in(flow, party)
    assert (told.subject, told.algorithm, told.acr) == ("sub-1", algorithm, "2")
    assert told.text("preferred_username") == "198501012010011001"
    assert told.provider_session == "session-of-sub-1"
    assert told.until is not None
    assert abs(told.until.timestamp() - time.time() - 3600) < 120


def test_what_is_asked_for_stands_in_the_address(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider, scopes=("profile", "openid"), acr_values=("mfa", "otp"), max_age=900)
    query = parse_qs(urlsplit(flow.begin(party, redirect_uri=BACK, browser="b")).query)
    assert query["scope"] == ["openid profile"]
    assert (query["acr_values"], query["max_age"]) == (["mfa otp"], ["900"])
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) >= 40
    assert query["nonce"] != query["state"]
    assert provider.client_secret not in str(query)


def test_a_state_is_good_once_here_and_in_its_own_browser(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider)
    returned = go(flow, party)
    for realm, state in (
        (uuid4(), returned.state),
        (party.realm, "made-up"),
        (party.realm, ""),
        (party.realm, "x" * 999),
    ):
        with pytest.raises(SignInRefused) as unknown:
            flow.take(realm, state, "b")
        assert unknown.value.reason == Reason.STATE_UNKNOWN
    assert flow.take(party.realm, returned.state, "b").provider_id == party.provider_id
    with pytest.raises(SignInRefused) as again:
        flow.take(party.realm, returned.state, "b")
    assert again.value.reason == Reason.STATE_UNKNOWN
    foreign = go(flow, party)
    with pytest.raises(SignInRefused) as other:
        flow.take(party.realm, foreign.state, "another browser")
    assert other.value.reason == Reason.STATE_FOREIGN


def test_a_code_is_exchanged_once_and_by_the_verifier_that_began(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider)
    first, second = go(flow, party), go(flow, party)
    begun = flow.take(party.realm, first.state, "b")
    with pytest.raises(SignInRefused) as swapped:
        flow.finish(party, begun, replace(first, code=second.code))
    assert swapped.value.reason == Reason.CODE_REFUSED
    flow.finish(party, begun, first)
    with pytest.raises(SignInRefused) as replayed:
        flow.finish(party, begun, first)
    assert replayed.value.reason == Reason.CODE_REFUSED


def _claims(**changes: object) -> Orders:
    bent = lambda claims: {k: v for k, v in (claims | changes).items() if v is not None}  # noqa: E731  # one line says it
    return Orders(claims=bent)


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        (_claims(iss="https://other.example"), Reason.ISSUER_MISMATCH),
        (_claims(iss=None), Reason.ISSUER_MISMATCH),
        (_claims(aud="another-client"), Reason.AUDIENCE_MISMATCH),
        (_claims(aud=["another-client"]), Reason.AUDIENCE_MISMATCH),
        (_claims(azp="another-client"), Reason.AUDIENCE_MISMATCH),
        (_claims(nonce="of-another-sign-in"), Reason.NONCE_MISMATCH),
        (_claims(nonce=None), Reason.NONCE_MISMATCH),
        (_claims(exp=int(time.time()) - 3600), Reason.TOKEN_EXPIRED),
        (_claims(exp=None), Reason.CLAIM_MISSING),
        (_claims(exp="later"), Reason.CLAIM_MALFORMED),
        (_claims(iat=int(time.time()) + 3600), Reason.TOKEN_FROM_FUTURE),
        (_claims(nbf=int(time.time()) + 3600), Reason.TOKEN_FROM_FUTURE),
        (_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), Reason.ACCESS_TOKEN_MISMATCH),
        (_claims(sub=None), Reason.CLAIM_MISSING),
        (_claims(sub=""), Reason.CLAIM_MALFORMED),
        (_claims(sub=7), Reason.CLAIM_MALFORMED),
        (_claims(sub="x" * 256), Reason.CLAIM_MALFORMED),
        (Orders(clock=-3600), Reason.TOKEN_EXPIRED),
        (Orders(clock=+3600), Reason.TOKEN_FROM_FUTURE),
        (Orders(sign=unsigned), Reason.ALGORITHM_REFUSED),
        (Orders(sign=shared(b"k" * 32)), Reason.ALGORITHM_REFUSED),
        (Orders(sign=lambda *_: "not.a.token"), Reason.ANSWER_MALFORMED),
        (Orders(sign=lambda *_: ""), Reason.ANSWER_MALFORMED),
        (Orders(header=lambda head: {**head, "kid": "made-up"}), Reason.KEY_UNKNOWN),
        (Orders(token=lambda token: {"access_token": token["access_token"]}), Reason.ANSWER_MALFORMED),
        (Orders(token=lambda _: {"error": "server_error"}), Reason.CODE_REFUSED),
        (
            Orders(token=lambda token: {**token, "id_token": token["id_token"][:-8] + "AAAAAAAA"}),
            Reason.SIGNATURE_INVALID,
        ),
        (Orders(back=lambda back: back | {"iss": "https://other.example"}), Reason.ISSUER_MISMATCH),
        (Orders(back=lambda back: {k: v for k, v in back.items() if k != "iss"}), Reason.ISSUER_MISMATCH),
        (
            Orders(back=lambda back: {"state": back["state"], "iss": back["iss"], "error": "access_denied"}),
            Reason.DENIED,
        ),
    ],
)
def test_a_wrong_answer_is_refused_by_its_reason(
    flow: Flow, provider: HostileProvider, orders: Orders, reason: Reason
) -> None:
    party = party_at(provider)
    provider.orders = orders
    assert refused(flow, party) == reason


def test_the_published_key_is_no_shared_secret(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider)
    public = provider.keys["RSA"].as_pem(private=False)
    provider.orders = Orders(sign=shared(public))
    assert "HS256" in party.published.id_token_signing_alg_values_supported, "even where the provider offers it"
    assert refused(flow, party) == Reason.ALGORITHM_REFUSED


def test_strength_and_age_are_demanded_of_the_token_not_of_the_request(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider, acr_values=("mfa",))
    assert refused(flow, party) == Reason.ACR_INSUFFICIENT
    provider.orders = Orders(more={"acr": "pwd"})
    assert refused(flow, party) == Reason.ACR_INSUFFICIENT
    provider.orders = Orders(more={"acr": "mfa"})
    assert sign_in(flow, party).acr == "mfa"
    both = party_at(provider, amr_values=("pwd", "otp"))
    provider.orders = Orders(more={"amr": ["pwd"]})
    assert refused(flow, both) == Reason.ACR_INSUFFICIENT
    provider.orders = Orders(more={"amr": ["otp", "pwd", "hwk"]})
    assert sign_in(flow, both).amr == ("otp", "pwd", "hwk")
    old = party_at(provider, max_age=600)
    provider.orders = Orders(more={"auth_time": int(time.time()) - 3600})
    assert refused(flow, old) == Reason.SIGN_IN_TOO_OLD
    provider.orders = _claims(auth_time=None)
    assert refused(flow, old) == Reason.SIGN_IN_TOO_OLD


def test_keys_may_be_changed_and_a_flood_of_unknown_ones_is_not_passed_on(
    flow: Flow, provider: HostileProvider
) -> None:
    party = party_at(provider)
    assert sign_in(flow, party).subject == "sub-1"
    provider.asked.clear()
    assert sign_in(flow, party).subject == "sub-1"
    assert "/keys" not in provider.asked, "keys are kept"
    provider.rotate()
    assert sign_in(flow, party).subject == "sub-1"
    assert provider.asked.count("/keys") == 1
    provider.orders = Orders(header=lambda head: {**head, "kid": "made-up"})
    for _ in range(3):
        assert refused(flow, party) == Reason.KEY_UNKNOWN
    assert provider.asked.count("/keys") == 1


def test_userinfo_completes_and_may_not_contradict(flow: Flow, provider: HostileProvider) -> None:
    party = party_at(provider, wanted_claims=("nip", "extra.unit"))
    provider.orders = Orders(
        userinfo={"sub": "sub-1", "nip": "198501012010011001", "extra": {"unit": "u1"}, "acr": "9"}
    )
    told = sign_in(flow, party)
    assert (told.text("nip"), told.text("extra.unit"), told.acr) == ("198501012010011001", "u1", None)
    provider.orders = Orders(userinfo={"sub": "somebody-else", "nip": "198501012010011001"})
    assert refused(flow, party) == Reason.SUBJECT_MISMATCH
    provider.orders = Orders(more={"nip": "1", "extra": {"unit": "u"}})
    provider.asked.clear()
    assert sign_in(flow, party).text("nip") == "1"
    assert "/userinfo" not in provider.asked, "nobody is asked for what the token says"


def test_a_logout_is_believed_once(flow: Flow, provider: HostileProvider, connection: redis.Redis) -> None:
    party = party_at(provider)
    token = provider.logout_token()
    ended = logout.told(party, flow.keys, connection, token)
    assert (ended.session, ended.subject) == ("session-of-sub-1", "sub-1")

    def reason(token: str) -> Reason:
        with pytest.raises(SignInRefused) as error:
            logout.told(party, flow.keys, connection, token)
        return error.value.reason

    assert reason(token) == Reason.TOKEN_REPLAYED
    assert logout.told(replace(party, realm=uuid4()), flow.keys, connection, token).subject == "sub-1"
    for changes, wanted in (
        ({"nonce": "n"}, Reason.CLAIM_MALFORMED),
        ({"events": {}}, Reason.CLAIM_MALFORMED),
        ({"events": None}, Reason.CLAIM_MALFORMED),
        ({"jti": None}, Reason.CLAIM_MALFORMED),
        ({"sub": None, "sid": None}, Reason.CLAIM_MALFORMED),
        ({"iat": int(time.time()) - 900, "exp": None}, Reason.TOKEN_EXPIRED),
        ({"exp": int(time.time()) - 900}, Reason.TOKEN_EXPIRED),
        ({"iss": "https://other.example"}, Reason.ISSUER_MISMATCH),
        ({"aud": "another-client"}, Reason.AUDIENCE_MISMATCH),
    ):
        assert reason(provider.logout_token(**changes)) == wanted, changes
    provider.orders = Orders(sign=unsigned)
    assert reason(provider.logout_token()) == Reason.ALGORITHM_REFUSED


def found(provider: HostileProvider, issuer: str = "", **more: object) -> dict[str, str]:
    party = party_at(provider, **more)
    return {one.code: one.state for one in checks.all_of(HERE, issuer or provider.issuer, party, 0.5)}


def test_what_is_published_is_looked_at(provider: HostileProvider) -> None:
    party = party_at(provider)
    listed = checks.all_of(HERE, provider.issuer, party, 0.5)
    assert {one.state for one in listed} == {"good"}
    assert checks.passed(listed)
    assert all(one.message.format(**one.params) for one in listed)
    assert found(provider, provider.issuer + "/")["issuer"] == "bad"
    assert {one.code: one.state for one in checks.all_of(HERE, provider.issuer, party, -400.0)}["clock"] == "bad"
    assert found(provider, client_secret="")["client"] == "bad"
    for changed, code, state in (
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "algorithms", "bad"),
        ({"code_challenge_methods_supported": ["plain"]}, "pkce", "warn"),
        ({"response_types_supported": ["token"]}, "flow", "bad"),
        ({"token_endpoint": "javascript:alert(1)"}, "endpoints", "bad"),
        ({"jwks_uri": provider.issuer + "/nothing"}, "keys", "bad"),
        ({"authorization_response_iss_parameter_supported": False}, "rfc9207", "warn"),
        ({"scopes_supported": ["openid"]}, "scopes", "warn"),
        ({"end_session_endpoint": ""}, "logout", "warn"),
        ({"backchannel_logout_supported": False}, "backchannel", "warn"),
    ):
        provider.orders = Orders(metadata=changed)
        assert found(provider)[code] == state, changed


def test_weak_and_secret_keys_are_no_keys() -> None:
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, {"kid": "w"}).as_dict(private=False)
    strong = RSAKey.generate_key(2048, {"kid": "s"}).as_dict(private=True)
    assert keys.read(weak) is None
    assert keys.read(OctKey.generate_key(256).as_dict()) is None
    assert keys.read({"kty": "RSA", "n": "!", "e": "AQAB"}) is None
    assert keys.read({**strong, "use": "enc"}) is None
    assert keys.read({}) is None
    read = keys.read(strong)
    assert read is not None
    assert not read.is_private
