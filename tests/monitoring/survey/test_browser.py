"""The survey's pages in a real Chromium: accessible, light, on a narrow screen, kept in the tab alone."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import pytest
from factories.browsing import IN_A_BROWSER
from factories.walking import looks_of
from playwright.sync_api import Browser, BrowserContext, Page, expect

from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof

from .conftest import PERIOD, SUBJECT, Held

pytestmark = [*IN_A_BROWSER, pytest.mark.slow]
HEAVIEST = 100_000


@pytest.fixture
def open_page(held: Held, browser: Browser, serve: Callable[..., int]) -> Iterator[Callable[..., Page]]:
    """A page of somebody who is signed in: a person by number, or an account by its name."""
    port, home = serve(held.home.app), held.home
    contexts: list[BrowserContext] = []

    def page_of(who: int | str, *, script: bool = True) -> Page:
        context = browser.new_context(base_url=f"http://{home.host}:{port}", java_script_enabled=script)
        contexts.append(context)
        number = "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p"
        subject = home.scalar(number, p=home.person(who)) if isinstance(who, int) else who
        token = home.app.extensions["selaras"].sessions.start(home.uuid, home.account(subject), Proof(method="oidc"))
        context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


def test_every_page_is_accessible_light_and_fits_a_narrow_screen(held: Held, open_page) -> None:
    home, survey = held.home, held.survey
    peers = [rater for rater, _ in survey.asked(SUBJECT, "peers")]
    manager, faults = f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}", []
    running = [
        ("list", peers[0], "/surveys"),
        ("form", peers[0], held.form()),
        ("form of the superior", 1, held.form()),
        ("known", peers[0], f"/surveys/{survey.id}/known"),
        ("before", SUBJECT, f"/surveys/{survey.id}/results/{home.person(SUBJECT)}"),
        ("campaigns", manager, "/survey-campaigns"),
        ("campaign", manager, held.at),
        ("close of the period", manager, f"/periods/{PERIOD}/close"),
        ("home", peers[0], "/"),
    ]
    faults += [fault for one in running for fault in looked_at(open_page, *one)]
    for n, rater in enumerate(peers[:5]):
        survey.cast(
            rater, SUBJECT, {"loyal": 1 + n % 3, "harmonis": 2}, f"Selalu siap membantu, juga di luar tugas ({n})."
        )
    survey.close()
    closed = [
        ("results", SUBJECT, f"/surveys/{survey.id}/results/{home.person(SUBJECT)}"),
        ("campaign closed", manager, held.at),
    ]
    faults += [fault for one in closed for fault in looked_at(open_page, *one)]
    assert faults == []


def looked_at(open_page: Callable[..., Page], name: str, who: int | str, address: str) -> list[str]:
    page = open_page(who)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, name
    faults = looks_of(page, name)
    if len(gzip.compress(answer.body())) > HEAVIEST:
        faults.append(f"{name}: too heavy")
    page.close()
    return faults


def test_what_is_written_stays_in_the_tab_until_it_is_sent(held: Held, open_page) -> None:
    rater = held.survey.asked(SUBJECT, "peers")[0][0]
    page = open_page(rater)
    page.goto(held.form())
    page.locator("textarea").fill("Belum selesai ditulis.")
    page.locator("input[name=v-loyal][value='3']").check()
    page.reload()
    expect(page.locator("textarea")).to_have_value("Belum selesai ditulis.")
    expect(page.locator("input[name=v-loyal][value='3']")).to_be_checked()
    assert page.evaluate("window.localStorage.length") == 0
    other = page.context.new_page()
    other.goto(held.form())
    expect(other.locator("textarea")).to_have_value("")
    page.get_by_role("button", name="Segel dan kirim").click()
    page.wait_for_url("**/surveys?note=*")
    assert page.evaluate("window.sessionStorage.length") == 0
    page.goto(held.form())
    expect(page.locator("textarea")).to_have_value("")


def test_the_form_works_without_a_script(held: Held, open_page) -> None:
    rater = held.survey.asked(SUBJECT, "peers")[0][0]
    page = open_page(rater, script=False)
    page.goto(held.form())
    page.locator("input[name=v-loyal][value='2']").check()
    page.get_by_role("button", name="Segel dan kirim").click()
    expect(page.get_by_role("status")).to_contain_text("Jawaban Anda telah disegel")
