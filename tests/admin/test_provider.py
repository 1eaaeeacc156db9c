"""Operators sign in at a real provider with a second factor; and everything of which the console believes nothing."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from factories.hostile_provider import HostileProvider, Orders, hostile_provider, unsigned
from factories.operators import SERVER, make_operator
from factories.provider_pages import browser as at_the_provider
from factories.provider_pages import walk
from factories.site import Visitor
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from selaras.clock import fixed
from selaras.edge.context import Process
from selaras.identity.operators import service
from selaras.identity.operators.queries import operator
from selaras_admin.app import create_console, process_of
from selaras_admin.operators import REALM, day

HOST = "console.localhost"
BACK = f"http://{HOST}/sign-in/callback"
MFA = "urn:example:mfa"


@pytest.fixture(autouse=True)
def _own_clock(_clock: None) -> Iterator[None]:
    """Providers tell the time by their own clock."""
    with fixed(datetime.now(UTC)):
        yield


@pytest.fixture(autouse=True)
def _fresh(process: Process) -> None:
    """What one test was refused is not passed over in the next, and what it asked is not counted there."""
    for pattern in (f"selaras_console:{REALM}:refused:*", "LIMITS*selaras_console*"):
        for key in process.redis.scan_iter(pattern):
            process.redis.delete(key)


@pytest.fixture
def console(console_settings) -> Iterator[Callable[..., Flask]]:
    """A console with a provider."""
    made: list[Flask] = []

    def create(**changes: str) -> Flask:
        made.append(create_console(replace(console_settings, **changes)))
        return made[-1]

    yield create
    for one in made:
        process_of(one).database.close()


def _reasons(console_database, since: UUID) -> list[str]:
    with console_database.platform() as session:
        rows = session.execute(
            text(
                "SELECT payload FROM selaras.operator_entry WHERE action = 'operator.sign_in_refused' AND id > :since"
            ),
            {"since": since},
        )
        return [row.payload["reason"] for row in rows]


@pytest.fixture
def reasons(console_database) -> Callable[[], list[str]]:
    """Why sign-ins were refused since the test began, out of the journal."""
    with console_database.platform() as session:
        since = session.scalar(text("SELECT uuidv7()"))
    return lambda: _reasons(console_database, since)


# At NanoIDP, by password and one-time code


@pytest.fixture(scope="module")
def client(nanoidp):
    return nanoidp.register_client([BACK])


@pytest.fixture
def at_nanoidp(nanoidp, client, console) -> Flask:
    return console(
        operator_issuer=nanoidp.issuer,
        operator_client_id=client.client_id,
        operator_client_secret=client.client_secret,
        operator_amr="otp",
    )


def _through(visitor: Visitor, user, code: str = "", onward: str = "") -> TestResponse:
    """From the console to the provider, through its pages, and back."""
    left = visitor.get(f"/sign-in/provider?next={onward}")
    assert left.status_code == 303, left.text[:600]
    with at_the_provider() as client:
        reached = walk(client, left.location, BACK, username=user.user_name, password=user.password, totp_code=code)
    assert reached.location.startswith(BACK), reached.asked
    there = urlsplit(reached.location)
    return visitor.get(f"{there.path}?{there.query}")


def _code(secret: str) -> str:
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(time.time())).decode()


def test_with_the_second_factor_an_operator_is_signed_in(nanoidp, at_nanoidp, console_database):
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    user = nanoidp.add_user(f"rina-{uuid4().hex[:6]}", "Rina", totp_secret=secret)
    who = make_operator(console_database, "support", name="Rina", login=user.user_name)
    visitor = Visitor(at_nanoidp, HOST)
    assert "Ke penyedia identitas operator" in visitor.page("/sign-in")
    answer = _through(visitor, user, _code(secret), "/support")
    assert (answer.status_code, answer.location) == (303, "/support"), answer.text[-900:]
    assert "Rina" in visitor.page("/support")
    (held,) = process_of(at_nanoidp).sessions.of_account(REALM, who.id)
    assert (held.signed_in.method, held.signed_in.proof.amr) == ("oidc", ("pwd", "otp"))
    cookie = visitor.client.get_cookie("selaras_console_session", domain=HOST)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    with console_database.platform() as session:
        assert operator(session, who.id, day()).bound
        acts = session.scalars(
            text("SELECT action FROM selaras.operator_entry WHERE subject = :s ORDER BY id"), {"s": str(who.id)}
        ).all()
    assert acts[-1] == "operator.signed_in"


def test_without_the_second_factor_nobody_is_signed_in(nanoidp, at_nanoidp, console_database, reasons):
    user = nanoidp.add_user(f"lemah-{uuid4().hex[:6]}", "Lemah")
    who = make_operator(console_database, "administrator", login=user.user_name)
    visitor = Visitor(at_nanoidp, HOST)
    answer = _through(visitor, user)
    assert answer.status_code == 403
    assert "Konsol meminta faktor kedua" in answer.text
    assert visitor.get("/").status_code == 303
    assert process_of(at_nanoidp).sessions.of_account(REALM, who.id) == []
    assert reasons() == ["acr_insufficient"]
    with console_database.platform() as session:
        assert not operator(session, who.id, day()).bound


# At a provider that answers as it is told


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
def provider(running: HostileProvider) -> HostileProvider:
    mark = uuid4().hex[:8]
    running.orders = Orders(subject=f"sub-{mark}", more={"acr": MFA, "preferred_username": f"op-{mark}"})
    return running


@pytest.fixture
def app_there(provider, console) -> Flask:
    return console(
        operator_issuer=provider.issuer,
        operator_client_id=provider.client_id,
        operator_client_secret=provider.client_secret,
        operator_acr=f"urn:example:phishing-resistant, {MFA}",
    )


def _leave(visitor: Visitor) -> dict[str, str]:
    left = visitor.get("/sign-in/provider?next=/regions")
    assert left.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(left.location).query).items()}


def _return(visitor: Visitor, provider: HostileProvider, asked: dict[str, str]) -> TestResponse:
    there = urlsplit(provider.authorize(asked))
    return visitor.get(f"{there.path}?{there.query}")


def _sign_in(app: Flask, provider: HostileProvider) -> tuple[Visitor, TestResponse]:
    visitor = Visitor(app, HOST)
    return visitor, _return(visitor, provider, _leave(visitor))


def _known(console_database, provider: HostileProvider, *roles: str):
    return make_operator(console_database, *(roles or ("observer",)), login=provider.orders.more["preferred_username"])


def test_the_level_is_asked_for_and_must_come_back(app_there, provider, console_database, reasons):
    _known(console_database, provider)
    visitor = Visitor(app_there, HOST)
    asked = _leave(visitor)
    assert asked["acr_values"] == f"urn:example:phishing-resistant {MFA}"
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", BACK)
    answer = _return(visitor, provider, asked)
    assert (answer.status_code, answer.location) == (303, "/regions")
    assert visitor.get("/regions").status_code == 200
    for weak in (None, "urn:example:password", [MFA]):
        provider.orders.claims = lambda claims, weak=weak: {**claims, "acr": weak}
        other, refused = _sign_in(app_there, provider)
        assert refused.status_code == 403
        assert other.get("/").status_code == 303
    assert set(reasons()) == {"acr_insufficient"}


def _bent(**claims: Any) -> Callable[[Orders], None]:
    def order(orders: Orders) -> None:
        orders.claims = lambda given: {**given, **claims}

    return order


def _unsigned(orders: Orders) -> None:
    orders.sign = unsigned


def _mixed_up(orders: Orders) -> None:
    orders.back = lambda back: {**back, "iss": "https://elsewhere.example"}


def _denied(orders: Orders) -> None:
    orders.back = lambda back: {"error": "access_denied", "state": back["state"], "iss": back["iss"]}


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (_bent(iss="https://elsewhere.example"), "issuer_mismatch"),
        (_bent(aud="another-client"), "audience_mismatch"),
        (_bent(nonce="another"), "nonce_mismatch"),
        (_bent(exp=1_600_000_000), "token_expired"),
        (_unsigned, "algorithm_refused"),
        (_mixed_up, "issuer_mismatch"),
        (_denied, "denied"),
    ],
)
def test_what_cannot_be_believed_signs_nobody_in(app_there, provider, console_database, reasons, order, reason):
    who = _known(console_database, provider)
    order(provider.orders)
    visitor, answer = _sign_in(app_there, provider)
    assert answer.status_code == 403
    assert visitor.get("/").status_code == 303
    assert process_of(app_there).sessions.of_account(REALM, who.id) == []
    assert reasons() == [reason]


def test_an_answer_counts_once_and_in_its_own_browser(app_there, provider, console_database, reasons):
    _known(console_database, provider)
    visitor, other = Visitor(app_there, HOST), Visitor(app_there, HOST)
    there = urlsplit(provider.authorize(_leave(visitor)))
    assert other.get(f"{there.path}?{there.query}").status_code == 403
    assert visitor.get(f"{there.path}?{there.query}").status_code == 403, "a stolen answer is spent"
    again = urlsplit(provider.authorize(_leave(visitor)))
    assert visitor.get(f"{again.path}?{again.query}").status_code == 303
    assert Visitor(app_there, HOST).get(f"{again.path}?{again.query}").status_code == 403
    assert sorted(reasons()) == ["state_foreign", "state_unknown"]


def test_an_agencys_state_is_worth_nothing_here(app_there, provider, console_database, reasons):
    """The console keeps its sign-ins under its own beginning of keys, and its realm stands in each."""
    visitor = Visitor(app_there, HOST)
    asked = _leave(visitor)
    redis = process_of(app_there).redis
    (key,) = [one for one in redis.scan_iter(f"selaras_console:{REALM}:signing-in:*") if redis.ttl(one) > 595][:1]
    redis.rename(key, key.replace(b"selaras_console:", b"selaras:", 1))
    assert _return(visitor, provider, asked).status_code == 403
    assert reasons() == ["state_unknown"]


def test_an_account_is_bound_to_the_first_subject(app_there, provider, console_database, reasons):
    _known(console_database, provider)
    assert _sign_in(app_there, provider)[1].status_code == 303
    provider.orders.more["preferred_username"] = "renamed-at-the-provider"
    assert _sign_in(app_there, provider)[1].status_code == 303, "the subject is believed before the name"
    _known(console_database, provider)
    assert _sign_in(app_there, provider)[1].status_code == 303
    taken = Orders(subject=f"sub-{uuid4().hex[:8]}", more={**provider.orders.more})
    provider.orders = taken
    assert _sign_in(app_there, provider)[1].status_code == 303, "nobody was bound to that name yet"
    provider.orders = Orders(subject="somebody-else", more={**taken.more})
    visitor, refused = _sign_in(app_there, provider)
    assert refused.status_code == 403
    assert visitor.get("/").status_code == 303
    assert reasons() == ["account_linked_elsewhere"]


def test_strangers_and_leavers_read_the_same_and_are_told_apart_in_the_journal(
    app_there, provider, console_database, reasons
):
    first = _sign_in(app_there, provider)[1]
    who = _known(console_database, provider)
    assert _sign_in(app_there, provider)[1].status_code == 303
    with console_database.platform() as session:
        service.remove_operator(session, SERVER, who.id, day())
    second = _sign_in(app_there, provider)[1]
    assert first.status_code == second.status_code == 403
    said = [one.text[one.text.index('<p class="note bad"') : one.text.index("</p>")] for one in (first, second)]
    assert said[0] == said[1]
    assert sorted(reasons()) == ["account_inactive", "account_unknown"]


def test_an_unverified_address_names_nobody(provider, console, console_database, reasons):
    made = console(
        operator_issuer=provider.issuer,
        operator_client_id=provider.client_id,
        operator_client_secret=provider.client_secret,
        operator_acr=MFA,
        operator_claim="email",
    )
    address = f"{uuid4().hex[:8]}@helpdesk.example"
    make_operator(console_database, "administrator", login=address)
    provider.orders.more |= {"email": address.upper(), "email_verified": False}
    assert _sign_in(made, provider)[1].status_code == 403
    provider.orders.more["email_verified"] = True
    assert _sign_in(made, provider)[1].status_code == 303
    assert reasons() == ["account_unknown"]


def test_the_provider_may_end_a_session_by_itself_and_the_operator_there(app_there, provider, console_database):
    who = _known(console_database, provider)
    visitor, _ = _sign_in(app_there, provider)
    bad = provider.logout_token(aud="another-client")
    assert (
        visitor.client.post("/sign-out/back-channel", base_url=f"http://{HOST}", data={"logout_token": bad}).status_code
        == 400
    )
    assert visitor.get("/").status_code == 200
    good = {"logout_token": provider.logout_token()}
    for status in (200, 400):
        assert visitor.client.post("/sign-out/back-channel", base_url=f"http://{HOST}", data=good).status_code == status
    assert visitor.get("/").status_code == 303
    assert process_of(app_there).sessions.of_account(REALM, who.id) == []
    again, _ = _sign_in(app_there, provider)
    left = again.post("/sign-out", on="/")
    assert f"{provider.issuer}/end?id_token_hint=" in left.text
    assert again.get("/").status_code == 303


def test_a_provider_that_is_away_is_told_in_words(console, reasons):
    made = console(operator_issuer="http://127.0.0.1:9", operator_client_id="x", operator_amr="otp")
    answer = Visitor(made, HOST).get("/sign-in/provider")
    assert answer.status_code == 503
    assert "tidak dapat dihubungi" in answer.text
    assert reasons() == ["provider_unreachable"]
    assert Visitor(made, HOST).get("/sign-in").status_code == 200


def test_a_flood_of_refusals_does_not_fill_the_journal(app_there, reasons):
    for _ in range(5):
        assert Visitor(app_there, HOST).get("/sign-in/callback?code=x&state=made-up").status_code == 403
    assert reasons() == ["state_unknown"]
