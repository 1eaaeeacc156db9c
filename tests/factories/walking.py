"""Walking through pages in a real browser: signed in as somebody, looked at on a wide and on a narrow screen."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from factories.site import Home, Site
from selaras.identity.sessions import Proof

HEAVIEST = 100_000
WIDTHS = (1280, 360)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
# What is seen and in which colours: where that is the same at two widths, so is every contrast.
COLOURS = """[...document.querySelectorAll('body *')].map(one => {
    const style = getComputedStyle(one);
    return one.checkVisibility() ? style.color + style.backgroundColor + style.fontSize + style.fontWeight : '';
}).join()"""
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def port(site: Site, serve: Callable[..., int]) -> int:
    return serve(site.app)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, port: int) -> Iterator[Callable[[Home, str], Page]]:
    """A page of somebody who is signed in, one context for each."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def page_of(home: Home, number: str) -> Page:
        key = (home.slug, number)
        if key not in contexts:
            contexts[key] = browser.new_context(base_url=f"http://{home.host}:{port}")
            if number:
                bring_session(contexts[key], home, number)
        return contexts[key].new_page()

    yield page_of
    for context in contexts.values():
        context.close()


def bring_session(context: BrowserContext, home: Home, number: str) -> None:
    """As if the agency's provider had just said who this is; the real way there is in tests/identity."""
    token = home.app.extensions["selaras"].sessions.start(home.uuid, home.account(number), Proof(method="oidc"))
    context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])


def faults_of(page: Page, name: str, address: str) -> list[str]:
    """What is wrong with a page: too heavy, too wide, not accessible, or complaining.

    A folder in SELARAS_SHOTS gets a picture of each, for whoever wants to look.
    """
    faults: list[str] = []
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    answer = page.goto(address)
    weight = len(gzip.compress(answer.body())) if answer else 0
    if weight > HEAVIEST:
        faults.append(f"{name}: {weight} bytes")
    faults += looks_of(page, name)
    return faults + [f"{name}: {text}" for text in spoken if "404" not in text and "403" not in text]


def looks_of(page: Page, name: str) -> list[str]:
    """What is wrong with how a loaded page looks with everything opened, at each width.

    Styles answer to the width in the browser alone, so the page is asked for once.
    """
    faults: list[str] = []
    colours: set[str] = set()
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(SETTLED)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{name} at {width}: {wide} wide")
        seen = page.evaluate(COLOURS)
        faults += [f"{name} at {width}: {one}" for one in barriers(page, contrast=seen not in colours)]
        colours.add(seen)
        if folder := os.environ.get("SELARAS_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name.replace(' ', '-')}-{width}.png", full_page=True)
    return faults


def barriers(page: Page, *, contrast: bool = True) -> list[str]:
    """The serious ones of those that axe finds; its script is in the page. Contrasts take most of its time."""
    rules = {} if contrast else {"color-contrast": {"enabled": False}}
    asked = {"resultTypes": ["violations"], "rules": rules}
    found = page.evaluate("asked => axe.run(asked).then(found => found.violations)", asked)
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in serious]
