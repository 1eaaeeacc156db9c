"""The console in a real browser: no serious barrier, no sideways scroll on a phone, everything without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories.browsing import IN_A_BROWSER
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from selaras.regulation import load_registry
from selaras.tenancy import rollouts
from selaras.tenancy.rollouts import Goal

PATHS = ("/", "/?search=tidak-ada", "/regions", "/rollouts", "/isolation", "/nowhere", "AGENCY")

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def port(app: Flask, serve: Callable[[Flask], int]) -> int:
    return serve(app)


@pytest.fixture
def agency(plant, close_period, rule_text, console_database) -> str:
    """An agency with everything that a page can show; its uuid."""
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
        rollouts.start(session, "uji", goal, load_registry(), reason="Gelombang percontohan", slugs=[new.slug])
    return str(new.uuid)


def _signed_in(browser: Browser, port: int, width: int, height: int, *, scripts: bool = True) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"http://console.localhost:{port}/")
    page.get_by_role("button", name="Operator").click()
    page.wait_for_url(f"http://console.localhost:{port}/")
    return page


def _address(port: int, path: str, agency: str) -> str:
    return f"http://console.localhost:{port}" + (f"/agencies/{agency}" if path == "AGENCY" else path)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_no_page_has_a_serious_barrier(browser, port, agency, width, height):
    page = _signed_in(browser, port, width, height)
    page.context.clear_cookies()
    found = {}
    for path in ("/sign-in", None, *PATHS):
        if path is None:
            page = _signed_in(browser, port, width, height)
            continue
        page.goto(_address(port, path, agency))
        serious = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        if serious:
            found[path] = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in serious]
    assert found == {}
    page.context.close()


def test_a_phone_never_scrolls_sideways(browser, port, agency):
    page = _signed_in(browser, port, 360, 740)
    for path in PATHS:
        page.goto(_address(port, path, agency))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        cards = "[...document.querySelectorAll('.card')]"
        assert page.evaluate(f"{cards}.filter(card => card.scrollWidth > card.clientWidth).length") == 0, path
    page.context.close()


def test_everything_works_without_scripts(browser, port, agency):
    page = _signed_in(browser, port, 1280, 900, scripts=False)
    page.get_by_label("Nama, alamat host, atau wilayah").fill("panjang sekali")
    page.get_by_role("button", name="Cari").click()
    page.locator(f'a[href="/agencies/{agency}"]').click()
    assert page.get_by_role("heading", name="Triwulan III").is_visible()
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", name="Regulations by date").is_visible()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_text("You are signed out").is_visible()
    page.context.close()


def test_nothing_is_refused_by_the_pages_own_policy(browser, port, agency):
    page = _signed_in(browser, port, 1280, 900)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in PATHS:
        page.goto(_address(port, path, agency))
    assert [one for one in said if "404" not in one] == []
    page.context.close()
