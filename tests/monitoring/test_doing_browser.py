"""Log, feedback, talks, messages, calendar in a real Chromium: accessible, light, narrow, and without scripts."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from factories.browsing import IN_A_BROWSER, browser, serve
from factories.site import Home, Site
from factories.walking import looks_of
from playwright.sync_api import Browser, BrowserContext, Page, expect

from selaras.clock import today
from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof

__all__ = ["browser", "serve"]
pytestmark = [*IN_A_BROWSER, pytest.mark.slow]
HEAVIEST = 100_000
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 40


@pytest.fixture
def open_page(site: Site, browser: Browser, serve: Callable[..., int]) -> Iterator[Callable[..., Page]]:
    """A page of somebody who is signed in (a person by number, an account by its name), or of nobody."""
    port, home = serve(site.app), site.open
    contexts: list[BrowserContext] = []

    def page_of(who: int | str | None, *, script: bool = True) -> Page:
        context = browser.new_context(base_url=f"http://{home.host}:{port}", java_script_enabled=script)
        contexts.append(context)
        if who is not None:
            number = "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p LIMIT 1"
            subject = home.scalar(number, p=home.person(who)) if isinstance(who, int) else who
            token = home.app.extensions["selaras"].sessions.start(
                home.uuid, home.account(subject), Proof(method="oidc")
            )
            context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


def furnished(home: Home) -> dict[str, Any]:
    """A line, a word from a colleague that was asked for, a reported one, a talk, and a link for people served."""
    owner, superior, day = home.as_person(2), home.as_person(1), today("Asia/Makassar").isoformat()
    said = "Menyusun laporan triwulan dan mengirimkannya kepada pimpinan"
    line = owner.send("POST", "/api/v1/log", {"content": said, "on_day": day, "amount": "2", "measure": "laporan"}).json
    owner.send("POST", f"/api/v1/log/{line['activity_id']}/evidence-links", {"url": "https://drive.example.go.id/x"})
    change = {"content": f"{said}.", "on_day": day, "version": 1}
    owner.send("PUT", f"/api/v1/log/{line['activity_id']}", change)
    owner.send("POST", "/api/v1/feedback/requests", {"giver_id": str(home.person(3)), "note": "Bagaimana rapat saya?"})
    for giver in (1, 4):
        words = {"content": f"Rapat disiapkan dengan baik ({giver})."}
        home.as_person(giver).send("POST", f"/api/v1/people/{home.person(2)}/feedback", words)
    one = owner.get("/api/v1/feedback").json["received"][0]
    owner.send("POST", f"/api/v1/feedback/{one['feedback_id']}/report", {"reason": "Untuk orang lain."})
    talk = {
        "kind": "guidance",
        "cause": "progress_lags",
        "content": "Dibahas hambatan dan cara mengejar.",
        "on_day": day,
    }
    made = superior.send("POST", f"/api/v1/people/{home.person(2)}/talks", talk).json
    link = owner.send("POST", "/api/v1/feedback/links", {"label": "Legalisir ijazah", "uses": 3}).json["address"]
    home.as_role(Role.AGENCY_ADMIN).send(
        "PUT",
        "/api/v1/channel-settings",
        {"gateway_url": "http://localhost:9/x", "gateway_secret": "sixteen characters and more"},
    )
    return {"line": line["activity_id"], "talk": made["talk_id"], "served": re.search(r"/f/.+", link)[0]}  # type: ignore[index]  # found, or the test fails


def test_every_page_is_accessible_light_and_fits_a_narrow_screen(site: Site, open_page: Callable[..., Page]) -> None:
    home = site.open
    held = furnished(home)
    manager, admin = f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}", f"{Role.AGENCY_ADMIN.value}@{home.slug}"
    year = today("Asia/Makassar").year
    pages: list[tuple[str, int | str | None, str]] = [
        ("log", 2, "/log"),
        ("line", 2, f"/log/{held['line']}"),
        ("person log", 1, f"/people/{home.person(2)}/log/{year}"),
        ("feedback", 2, "/feedback"),
        ("feedback asked", 3, "/feedback"),
        ("feedback form", 3, f"/people/{home.person(2)}/feedback"),
        ("served", None, held["served"]),
        ("reported", manager, "/feedback/reported"),
        ("talks", 1, "/talks"),
        ("talk", 2, f"/talks/{held['talk']}"),
        ("talk form", 1, f"/people/{home.person(2)}/talks"),
        ("messages", 2, "/messages"),
        ("channels", admin, "/channels"),
        ("calendar", 2, "/my-calendar"),
    ]
    assert [fault for one in pages for fault in looked_at(open_page, *one)] == []


def test_a_line_is_noted_on_a_phone_without_a_script(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(5, script=False)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/log")
    page.get_by_label("Apa yang Anda kerjakan?").fill("Rapat koordinasi dengan dinas")
    page.get_by_text("Bukti dukung", exact=True).click()
    page.get_by_label("Bukti dukung: berkas").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": PNG}
    )
    page.get_by_role("button", name="Catat", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sudah dicatat")
    expect(page.get_by_role("link", name="foto.png")).to_be_visible()


def looked_at(open_page: Callable[..., Page], name: str, who: int | str | None, address: str) -> list[str]:
    page = open_page(who)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, name
    faults = looks_of(page, name)
    if len(gzip.compress(answer.body())) > HEAVIEST:
        faults.append(f"{name}: too heavy")
    page.close()
    return faults
