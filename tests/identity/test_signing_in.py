"""Signing in through HTTP at an agency's own providers, signing out at both sides, and what a visitor is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import httpx
import pytest
from factories.door import Door, doors, leave, returned, sign_in
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.provider_pages import walk
from factories.providers import RunningProvider
from factories.site_fixtures import fresh_agency

from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.identity.service import close_account

NIP = "198501012010011001"


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
def there(running: HostileProvider) -> HostileProvider:
    running.orders = Orders(subject=f"sub-{uuid4()}", more={"preferred_username": NIP})
    return running


@pytest.fixture(scope="module")
def both(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Door]]:
    files = tmp_path_factory.mktemp("files")
    with doors(lambda: fresh_agency(console_database), database, urls, redis_url, files) as found:
        yield found


@pytest.fixture
def here(both: list[Door], console_database: Database) -> Door:
    """A fresh agency of the same application."""
    made = fresh_agency(console_database)
    return Door(both[0].app, both[0].database, made.tenant_id, made.uuid, made.slug).settle(0)


def test_the_sign_in_page_offers_what_is_switched_on(here: Door, there: HostileProvider) -> None:
    assert "Belum ada cara masuk" in here.visitor().page("/sign-in")
    first = here.at(there, name={"id": "SSO Kota", "en": "City SSO"})
    draft = here.at(there, name={"id": "SSO Baru"}, on=False)
    page = here.visitor().page("/sign-in?next=/people")
    assert "Masuk dengan SSO Kota" in page
    assert f"/sign-in/with/{first}?next=/people" in unquote(unescape(page))
    assert "SSO Baru" not in page
    refused = here.visitor().get(f"/sign-in/with/{draft}")
    assert refused.status_code == 401
    assert here.refusals() == ["provider_inactive"]


def test_somebody_signs_in_and_reads_on_where_they_were(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP, "Ani")
    way, visitor = here.at(there, max_age=3600), here.visitor()
    assert visitor.get("/people").headers["Location"].endswith("/sign-in?next=/people")
    answer = sign_in(visitor, way, "/people?unit=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/people?unit=1")
    held = here.app.extensions["selaras"].sessions.of_account(here.uuid, here.account(NIP))
    assert [one.signed_in.proof.provider_id for one in held] == [way]
    proof = held[0].signed_in.proof
    assert (proof.method, proof.subject) == ("oidc", there.orders.subject)
    assert abs((held[0].signed_in.until - held[0].signed_in.since).total_seconds() - 3600) < 30
    assert here.refusals() == []
    assert visitor.get("/sign-in").headers["Location"] == "/", "whoever is in needs no second sign-in"


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(here: Door, there: HostileProvider, next_: str) -> None:
    here.person_called(NIP)
    assert sign_in(here.visitor(), here.at(there), next_).headers["Location"] == "/"


def test_what_a_visitor_is_told_does_not_tell_accounts_apart(here: Door, there: HostileProvider) -> None:
    way = here.at(there)
    unknown = sign_in(here.visitor(), way)
    here.person_called(NIP)
    with here.database.tenant(here.tenant_id) as session:
        close_account(session, system(here.tenant_id), here.account(NIP), "left")
    closed = sign_in(here.visitor(), way)
    assert unknown.status_code == closed.status_code == 401
    told = [answer.text.split("<main")[1].split('name="form_token"')[0] for answer in (unknown, closed)]
    assert told[0] == told[1]
    assert "tidak ada akun di sini" in told[0]
    assert NIP not in unknown.text
    assert here.refusals() == ["account_unknown", "account_inactive"]
    assert NIP not in str(here.entries())


def test_an_answer_that_is_swapped_replayed_or_taken_elsewhere_signs_nobody_in(
    here: Door, both: list[Door], there: HostileProvider
) -> None:
    here.person_called(NIP)
    way, mine, theirs = here.at(there), here.visitor(), here.visitor()
    location = httpx.get(leave(mine, way), trust_env=False).headers["location"]
    leave(theirs, way)
    assert theirs.get(returned(location)).status_code == 401, "another browser"
    assert mine.get(returned(location)).status_code == 401, "its state is used up"
    again = httpx.get(leave(mine, way), trust_env=False).headers["location"]
    other = both[1].visitor()
    assert other.get(returned(again)).status_code == 401, "another agency"
    assert mine.get(returned(again)).status_code == 303
    assert mine.get(returned(again)).status_code == 401
    assert here.refusals() == ["state_foreign", "state_unknown"], "one entry a minute for each reason"
    assert both[1].refusals() == ["state_unknown"]
    for query in ("", "?state=x", "?code=x&state=", "?error=access_denied", "?state[]=1", "?state=%ff"):
        assert here.visitor().get(f"/sign-in/callback{query}").status_code == 401


def test_a_session_from_before_is_another_one_afterwards(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP)
    visitor = here.visitor()
    planted = here.app.extensions["selaras"].sessions
    visitor.client.set_cookie("selaras_session", "planted-by-somebody", domain=here.host)
    sign_in(visitor, here.at(there))
    cookie = visitor.client.get_cookie("selaras_session", domain=here.host)
    assert cookie is not None
    assert cookie.value != "planted-by-somebody"
    assert planted.read(here.uuid, "planted-by-somebody") is None


def test_two_providers_overlap(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP)
    first, second = here.at(there), here.at(there, name={"id": "SSO Baru"})
    for way in (first, second):
        assert sign_in(here.visitor(), way).status_code == 303


def test_signing_out_here_goes_on_to_the_provider(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP)
    visitor, way = here.visitor(), here.at(there)
    sign_in(visitor, way)
    answer = visitor.post("/sign-out", on="/")
    assert answer.status_code == 200
    led = unescape(answer.text.split('content="0; url=')[1].split('"')[0])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(led).query).items()}
    assert led.startswith(f"{there.issuer}/end?")
    assert asked["client_id"] == there.client_id
    assert asked["id_token_hint"].count(".") == 2
    assert asked["post_logout_redirect_uri"] == f"http://{here.host}/sign-out/done"
    assert visitor.get("/").status_code == 303, "out, whatever the provider does"
    done = visitor.get(f"/sign-out/done?state={asked['state']}")
    assert "note=signed-out-everywhere" in done.headers["Location"]
    assert "note=signed-out-everywhere" not in visitor.get(f"/sign-out/done?state={asked['state']}").headers["Location"]


def test_the_provider_ends_a_session_of_its_own_only(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP)
    way = here.at(there)
    visitor, second = here.visitor(), here.visitor()
    for one in (visitor, second):
        sign_in(one, way)

    def tell(token: str, provider: Any = way) -> int:
        where = f"/sign-out/back-channel/{provider}"
        data = {"logout_token": token}
        answer = here.app.test_client().post(where, base_url=f"http://{here.host}", data=data)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status_code

    assert tell(there.logout_token(sid="another", sub=None)) == 200
    assert visitor.get("/").status_code == 200
    token = there.logout_token()
    assert tell(there.logout_token(nonce="n")) == 400
    assert tell(token, uuid4()) == 400
    assert tell("") == 400
    assert visitor.get("/").status_code == 200
    assert tell(token) == 200
    assert [visitor.get("/").status_code, second.get("/").status_code] == [303, 303]
    assert tell(token) == 400, "told once"
    assert here.refusals() == ["claim_malformed", "provider_inactive", "answer_malformed", "token_replayed"]
    assert [one.payload["sessions"] for one in here.entries() if one.action == "session.ended_by_provider"] == [2]


def test_a_session_ends_no_later_than_the_provider_says(here: Door, there: HostileProvider) -> None:
    here.person_called(NIP)
    there.orders.more["session_expiry"] = int(time.time()) + 120
    sign_in(here.visitor(), here.at(there))
    (held,) = here.app.extensions["selaras"].sessions.of_account(here.uuid, here.account(NIP))
    assert abs(held.signed_in.until.timestamp() - time.time() - 120) < 60


def test_the_way_back_is_a_link_of_this_host_alone(here: Door, there: HostileProvider) -> None:
    way = here.at(there)
    asked = parse_qs(urlsplit(leave(here.visitor(), way)).query)
    assert asked["redirect_uri"] == [f"http://{here.host}/sign-in/callback"]
    spoofed = here.app.test_client().get(
        f"/sign-in/with/{way}", base_url=f"http://{here.host}", headers={"X-Forwarded-Host": "evil.example"}
    )
    assert "evil.example" not in spoofed.headers["Location"]


@pytest.fixture(params=["nanoidp", "canaille"])
def product(request: pytest.FixtureRequest) -> RunningProvider:
    return request.getfixturevalue(request.param)


def test_both_products_sign_somebody_in_and_change_their_keys(here: Door, product: RunningProvider) -> None:
    number = f"19850101201001{int(time.monotonic_ns()) % 10_000:04}"
    here.person_called(number, "Sari")
    callback = f"http://{here.host}/sign-in/callback"
    client = product.register_client([callback], [f"http://{here.host}/sign-out/done"])
    way = here.provider(product.issuer, client.client_id, client.client_secret)
    user = product.add_user(number)
    for _ in range(2):
        visitor = here.visitor()
        with httpx.Client(trust_env=False) as browser:
            reached = walk(
                browser, leave(visitor, way), callback, username=number, login=number, password=user.password
            )
        answer = visitor.get(returned(reached.location))
        assert (answer.status_code, here.refusals()) == (303, [])
        assert visitor.get("/").status_code == 200
        product.rotate_keys()
    assert product.subject(user)
