"""The pages of the national exchange in a real Chromium: accessible, and no wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from factories.browsing import IN_A_BROWSER, browser, serve
from factories.telling import Told
from factories.walking import looks_of
from playwright.sync_api import Browser

from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof

__all__ = ["browser", "serve"]
pytestmark = IN_A_BROWSER


def test_doctor_and_connection_are_accessible_and_narrow(
    told: Told, browser: Browser, serve: Callable[..., int], site: Any
) -> None:
    told.goes_wrong(None, "refused")
    told.run()
    home = told.home
    account = home.account(f"{Role.AGENCY_ADMIN.value}@{home.slug}")
    token = site.app.extensions["selaras"].sessions.start(home.uuid, account, Proof(method="oidc"))
    context = browser.new_context(base_url=f"http://{home.host}:{serve(site.app)}")
    context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
    page, faults = context.new_page(), []
    for name, address in (("doctor", "/national-exchange"), ("connection", "/national-connection")):
        page.goto(address)
        faults += looks_of(page, name)
    context.close()
    assert faults == []
