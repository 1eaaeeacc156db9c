"""Signing in for real at two different products: over plain HTTP, and in a browser (test_real_browser)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from factories.browsing import serve
from factories.provider_pages import browser, forms, walk
from factories.providers import RunningProvider
from factories.real_sign_in import Ready, hrefs, made_ready, number_of
from factories.signing_in import CALLBACK
from factories.site import Site

from selaras.identity.provider_queries import providers

__all__ = ["serve"]


@pytest.fixture(scope="module")
def port(site: Site, serve: Callable[..., int]) -> int:
    return serve(site.app)


@pytest.fixture(params=["nanoidp", "canaille"])
def ready(request: pytest.FixtureRequest, site: Site, port: int) -> Ready:
    """Nanoidp at one agency, Canaille at another."""
    home = {"nanoidp": site.closed, "canaille": site.open}[request.param]
    running = request.getfixturevalue(request.param)
    known = request.module.__dict__.setdefault("_ready", {})
    if request.param not in known:
        known[request.param] = made_ready(home, port, running, number_of(home, 1))
    return known[request.param]


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with browser() as made:
        yield made


def me(client: httpx.Client, ready: Ready) -> int:
    return client.get(f"{ready.origin}/api/v1/me").status_code


def test_there_and_back(ready: Ready, client: httpx.Client) -> None:
    reached = ready.enter(client)
    assert me(client, ready) == 401, "nothing is believed before the callback"
    arrived = ready.arrive(client, reached)
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/people")
    said = client.get(f"{ready.origin}/api/v1/me").json()
    assert said["person_id"] == str(ready.home.person(1))
    asked = [address.split("?")[0] for address in reached.asked]
    assert asked[0] == f"{ready.origin}/sign-in/with/{ready.provider_id}"
    assert all(address.startswith(ready.running.issuer) for address in asked[1:])
    assert ready.refusals() == []


def test_a_wrong_password_is_the_providers_affair(ready: Ready, client: httpx.Client) -> None:
    reached = ready.enter(client, password="salah-sekali")
    assert not reached.answer.is_redirect
    assert reached.asked[-1].startswith(ready.running.issuer)
    assert me(client, ready) == 401


def test_signing_out_ends_it_here_and_at_the_provider(ready: Ready, client: httpx.Client) -> None:
    ready.arrive(client, ready.enter(client))
    page = client.get(f"{ready.origin}/people")
    form = next(form for form in forms(page) if form.action == "/sign-out")
    left = client.post(f"{ready.origin}/sign-out", data=form.fields)
    assert left.status_code == 200
    assert me(client, ready) == 401
    there = next(address for address in hrefs(left) if address.startswith(ready.running.issuer))
    gone = walk(client, there, f"{ready.origin}/sign-out/done")
    assert gone.location.startswith(f"{ready.origin}/sign-out/done?state=")
    assert client.get(gone.location).status_code == 303
    again = walk(client, f"{ready.origin}/sign-in/with/{ready.provider_id}", f"{ready.origin}{CALLBACK}")
    assert not again.answer.is_redirect, "the provider asks for the password again"


def test_keys_that_rotate_in_the_middle_disturb_nobody(ready: Ready, client: httpx.Client) -> None:
    ready.arrive(client, ready.enter(client))
    reached_by = browser()
    with reached_by as other:
        reached = ready.enter(other)
        ready.running.rotate_keys()
        assert ready.arrive(other, reached).status_code == 303
        assert me(other, ready) == 200
    assert me(client, ready) == 200, "whoever was signed in stays so"
    with browser() as third:
        assert ready.arrive(third, ready.enter(third)).status_code == 303


def test_an_old_callback_signs_nobody_in_again(ready: Ready, client: httpx.Client) -> None:
    """The back button, after signing out."""
    reached = ready.enter(client)
    assert ready.arrive(client, reached).status_code == 303
    client.cookies.delete("selaras_session")
    before = len(ready.refusals())
    assert ready.arrive(client, reached).status_code == 401
    assert me(client, ready) == 401
    assert ready.refusals()[before:] == ["state_unknown"]


def test_an_agency_may_have_two_providers_for_a_while(
    site: Site, port: int, nanoidp: RunningProvider, canaille: RunningProvider, client: httpx.Client
) -> None:
    number = number_of(site.waiting, 2)
    old, new = (made_ready(site.waiting, port, running, number) for running in (nanoidp, canaille))
    page = client.get(f"{old.origin}/sign-in").text
    assert str(old.provider_id) in page
    assert str(new.provider_id) in page
    for way in (old, new):
        with browser() as one:
            assert way.arrive(one, way.enter(one)).status_code == 303
            said = one.get(f"{way.origin}/api/v1/me").json()
            assert said["person_id"] == str(site.waiting.person(2)), "the same account by both"
    with site.waiting.database.tenant(site.waiting.tenant_id) as session:
        assert [view.state for view in providers(session)] == ["active", "active"]


def test_consent_is_asked_where_the_provider_asks_for_it(
    site: Site, port: int, canaille: RunningProvider, client: httpx.Client
) -> None:
    ready = made_ready(site.waiting, port, canaille, number_of(site.waiting, 3), trusted=False)
    reached = ready.enter(client)
    assert [address.split("?")[0] for address in reached.asked].count(f"{canaille.issuer}/oauth/authorize") >= 3
    assert ready.arrive(client, reached).status_code == 303


def test_a_code_of_one_agency_at_the_same_provider_is_nothing_at_another(
    site: Site, port: int, nanoidp: RunningProvider, canaille: RunningProvider, client: httpx.Client
) -> None:
    for running in (nanoidp, canaille):
        a = made_ready(site.open, port, running, number_of(site.open, 4))
        b = made_ready(site.waiting, port, running, number_of(site.waiting, 4))
        stolen = httpx.URL(a.enter(client).location).params["code"]
        with browser() as thief:
            own = httpx.URL(b.enter(thief).location)
            assert thief.get(own.copy_set_param("code", stolen)).status_code == 401
            assert me(thief, b) == 401
    # Of the same reason and address, one entry a minute.
    assert b.refusals()[-1] == "code_refused"
