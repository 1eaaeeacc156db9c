"""The console in a real browser: no serious barrier, no sideways scroll on a phone, everything without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from factories.browsing import IN_A_BROWSER
from factories.operators import ask_support, make_operator
from factories.walking import looks_of
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from selaras.clock import fixed
from selaras.edge.context import Process
from selaras.identity.sessions import Proof
from selaras.identity.support.asking import Asker
from selaras.regulation import load_registry
from selaras.tenancy import rollouts
from selaras.tenancy.rollouts import Goal
from selaras_admin.operators import REALM

PATHS = (
    *("/", "/?search=tidak-ada", "/regions", "/rollouts", "/isolation", "/nowhere", "AGENCY", "AGENCY/support"),
    *("/operators", "/journal", "/sessions", "/support", "/tickets", "ROLLOUT", "OPERATOR", "SUPPORT"),
)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def port(app: Flask, serve: Callable[[Flask], int]) -> int:
    return serve(app)


@pytest.fixture
def places(plant, close_period, rule_text, console_database, database, everything) -> dict[str, str]:
    """An agency, a rollout, an operator and a support access with everything that a page can show; their addresses."""
    old = plant("Kementerian Pekerjaan Umum dan Perumahan Rakyat", kind="ministry", status="ended")
    new = plant("Pemerintah Kabupaten Dengan Nama Yang Panjang Sekali", region="3515", kind="regency")
    close_period(new, outcomes={"sangat_baik": 37, "baik": 203, "butuh_perbaikan": 17, "kurang": 3})
    close_period(new, "2026-TW2", at=datetime(2026, 7, 7, 3, 0, tzinfo=UTC))
    with console_database.platform() as session:
        session.execute(
            text(
                "INSERT INTO selaras.agency_succession"
                " (predecessor_id, successor_id, effective, legal_basis, certainty)"
                " VALUES (:old, :new, '2024-10-21', 'Perpres 139/2024', 'assumed')"
            ),
            {"old": old.tenant_id, "new": new.tenant_id},
        )
        goal = Goal("regulation", "permenpan_6_2022", date(2027, 1, 1))
        one = rollouts.start(session, "uji", goal, load_registry(), reason="Gelombang percontohan", slugs=[new.slug])
    with database.tenant(new.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.ticket_figure (tenant_id, month, category, told, open, forwarded)"
                " VALUES (:t, date_trunc('month', now())::date, 'information_system', 1240, 7, 3)"
            ),
            {"t": new.tenant_id},
        )
    asked = ask_support(console_database, everything, new.tenant_id, urgent=True)
    return {
        "AGENCY": f"/agencies/{new.uuid}",
        "ROLLOUT": f"/rollouts/{one}",
        "OPERATOR": f"/operators/{make_operator(console_database, 'observer').id}",
        "SUPPORT": f"/support/{asked}",
    }


@pytest.fixture
def token(process: Process, everything: Asker) -> str:
    """A session of an operator; the served application tells the time by its own clock."""
    with fixed(datetime.now(UTC)):
        return process.sessions.start(REALM, everything.id, Proof(method="oidc"))


@pytest.fixture
def visit(browser: Browser, port: int, token: str) -> Iterator[Callable[..., Page]]:
    """A page of a browser of some size, signed in unless told otherwise, that stands at the agencies."""
    contexts = []

    def opened(width: int, height: int, *, scripts: bool = True, signed_in: bool = True) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=scripts)
        contexts.append(context)
        if signed_in:
            at = {"domain": "console.localhost", "path": "/", "httpOnly": True, "sameSite": "Lax"}
            context.add_cookies([{"name": "selaras_console_session", "value": token, **at}])
        page = context.new_page()
        page.goto(f"http://console.localhost:{port}/")
        return page

    yield opened
    for context in contexts:
        context.close()


def _go(page: Page, path: str, places: dict[str, str]) -> None:
    head, _, tail = path.partition("/")
    origin = "/".join(page.url.split("/")[:3])
    page.goto(origin + (places[head] + (f"/{tail}" if tail else "") if head else path))


def test_no_page_has_a_serious_barrier(visit, places):
    stranger = visit(1280, 900, signed_in=False)
    assert stranger.url.endswith("/sign-in?next=/")
    faults = looks_of(stranger, "/sign-in")
    page = visit(1280, 900)
    for path in PATHS:
        page.set_viewport_size({"width": 1280, "height": 900})
        _go(page, path, places)
        faults += looks_of(page, path)
    assert faults == []


def test_a_phone_never_scrolls_sideways(visit, places):
    page = visit(360, 740)
    for path in PATHS:
        _go(page, path, places)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        cards = "[...document.querySelectorAll('.card')]"
        assert page.evaluate(f"{cards}.filter(card => card.scrollWidth > card.clientWidth).length") == 0, path


def test_everything_works_without_scripts(visit, places):
    page = visit(1280, 900, scripts=False)
    page.get_by_label("Nama, alamat host, atau wilayah").fill("panjang sekali")
    page.get_by_role("button", name="Cari").click()
    page.locator(f'a[href="{places["AGENCY"]}"]').click()
    expect(page.get_by_role("heading", name="Triwulan III")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Regulations by date")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()


def test_nothing_is_refused_by_the_pages_own_policy(visit, places):
    page = visit(1280, 900)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in PATHS:
        _go(page, path, places)
    assert [one for one in said if "404" not in one] == []
