"""Signing in at both real providers in a real Chromium: every page, consent, sign-out, a wrong password, going back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from factories.browsing import IN_A_BROWSER, browser, serve
from factories.providers import RunningProvider
from factories.real_sign_in import Ready, made_ready, number_of
from factories.site import Site
from playwright.sync_api import Browser, Page, Route, expect

__all__ = ["browser", "serve"]
pytestmark = [*IN_A_BROWSER, pytest.mark.slow]


@pytest.fixture(scope="module")
def port(site: Site, serve: Callable[..., int]) -> int:
    return serve(site.app)


@pytest.fixture(scope="module")
def at_nanoidp(site: Site, port: int, nanoidp: RunningProvider) -> Ready:
    return made_ready(site.closed, port, nanoidp, number_of(site.closed, 1))


@pytest.fixture(scope="module")
def at_canaille(site: Site, port: int, canaille: RunningProvider) -> Ready:
    return made_ready(site.open, port, canaille, number_of(site.open, 1), trusted=False)


@pytest.fixture(params=["nanoidp", "canaille"])
def ready(request: pytest.FixtureRequest) -> Ready:
    return request.getfixturevalue(f"at_{request.param}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser of its own. Nanoidp's pages ask a network for their looks; nothing but this machine is reached."""
    context = browser.new_context(locale="id-ID")
    context.route(lambda url: "127.0.0.1" not in url and ".localhost" not in url, stop)
    made = context.new_page()
    yield made
    context.close()


def stop(route: Route) -> None:
    route.abort()


def leave(page: Page, ready: Ready) -> None:
    page.goto(f"{ready.origin}/sign-in?next=/people")
    page.locator(f"a[href*='{ready.provider_id}']").click()
    page.wait_for_url(f"{ready.running.issuer}/**")


def enter(page: Page, ready: Ready, password: str = "") -> None:
    """The provider's own pages: one with both fields, or one after the other."""
    name, secret = page.locator("input[name=username], input[name=login]"), page.locator("input[name=password]")
    name.fill(ready.user.user_name)
    if not secret.count():
        name.press("Enter")
    secret.fill(password or ready.user.password)
    # Until the next page stands there, what is looked for would be found on this one.
    with page.expect_event("load"):
        secret.press("Enter")


def consent(page: Page) -> None:
    page.locator("button[name=answer][value=accept]").click()


def sign_in(page: Page, ready: Ready, *, asks: bool = False) -> None:
    leave(page, ready)
    enter(page, ready)
    if asks:
        consent(page)
    page.wait_for_url(f"{ready.origin}/people")


def test_the_whole_way_there_and_out(page: Page, ready: Ready) -> None:
    led: list[str] = []
    page.on("request", lambda one: led.append(one.url.split("?")[0]) if one.is_navigation_request() else None)
    sign_in(page, ready, asks=ready.running.name == "canaille")
    assert led[0] == f"{ready.origin}/sign-in"
    assert f"{ready.origin}/sign-in/callback" in led
    own = {ready.origin, ready.running.issuer}
    assert {"/".join(url.split("/")[:3]) for url in led} == own, "nobody else was asked on the way"
    name = ready.home.scalar(
        "SELECT name FROM selaras.person WHERE tenant_id = :tenant AND id = :id", id=ready.home.person(1)
    )
    expect(page.locator("body")).to_contain_text(name)
    page.locator("form[action='/sign-out'] button").first.click()
    page.wait_for_url(f"{ready.origin}/sign-in**")
    page.goto(f"{ready.origin}/people")
    page.wait_for_url(f"{ready.origin}/sign-in**")
    leave(page, ready)
    expect(page.locator("input[name=username], input[name=login]")).to_be_visible()


def test_a_wrong_password_and_then_the_right_one(page: Page, ready: Ready) -> None:
    leave(page, ready)
    enter(page, ready, "salah-sekali")
    assert page.url.startswith(ready.running.issuer)
    if page.locator("input[name=username], input[name=login]").count() == 0:
        # Canaille forgets who it was.
        page.goto(f"{ready.origin}/sign-in/with/{ready.provider_id}?next=/people")
    enter(page, ready)
    page.wait_for_url(f"{ready.origin}/people")


def test_going_back_after_signing_in_and_out_shows_nothing(page: Page, ready: Ready) -> None:
    sign_in(page, ready)
    page.go_back(wait_until="load")
    page.goto(f"{ready.origin}/people")
    expect(page.locator("h1")).to_be_visible()
    page.locator("form[action='/sign-out'] button").first.click()
    page.wait_for_url(f"{ready.origin}/sign-in**")
    page.go_back(wait_until="load")
    page.reload()
    expect(page.locator("form[action='/sign-out']")).to_have_count(0)


def test_keys_rotate_while_somebody_stands_at_the_password(page: Page, ready: Ready) -> None:
    leave(page, ready)
    ready.running.rotate_keys()
    enter(page, ready)
    page.wait_for_url(f"{ready.origin}/people")


def test_a_second_provider_beside_the_first(
    page: Page, site: Site, port: int, at_nanoidp: Ready, canaille: RunningProvider
) -> None:
    second = made_ready(site.closed, port, canaille, at_nanoidp.user.user_name)
    page.goto(f"{at_nanoidp.origin}/sign-in")
    expect(page.locator("a[href*='/sign-in/with/']")).to_have_count(2)
    sign_in(page, second)
    page.goto(f"{at_nanoidp.origin}/people")
    expect(page.locator("form[action='/sign-out']").first).to_be_attached()
