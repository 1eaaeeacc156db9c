"""Rating in a real Chromium: the board with mouse and keyboard; every page of ratings accessible and narrow enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from factories.browsing import IN_A_BROWSER
from factories.site import PERIOD, Home, Site
from factories.walking import looks_of
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof

BOARD = f"/team/board?period={PERIOD}"
pytestmark = [*IN_A_BROWSER, pytest.mark.slow]


@pytest.fixture(scope="module")
def home(site: Site) -> Home:
    """The open agency, in which nobody of unit 2 is rated yet."""
    with site.open.database.tenant(site.open.tenant_id) as session:
        session.execute(
            text(
                "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id IN (SELECT id FROM selaras.person"
                " WHERE tenant_id = :t AND substr(source_id, 8)::int > 21)"
            ),
            {"t": site.open.tenant_id},
        )
    return site.open


@pytest.fixture
def open_page(site: Site, browser: Browser, serve: Callable[..., int]) -> Iterator[Callable[..., Page]]:
    port, contexts = serve(site.app), list[BrowserContext]()

    def made(home: Home, account: str, **more: object) -> Page:
        context = browser.new_context(base_url=f"http://{home.host}:{port}", **more)  # type: ignore[arg-type]  # given by name, or wrong on purpose
        token = home.app.extensions["selaras"].sessions.start(home.uuid, home.account(account), Proof(method="oidc"))
        context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
        contexts.append(context)
        return context.new_page()

    yield made
    for context in contexts:
        context.close()


def number_of(home: Home, n: int) -> str:
    return home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(n)
    )


def drafts(home: Home) -> dict[str, object]:
    with home.database.tenant(home.tenant_id) as session:
        query = text("SELECT person_id, inputs FROM selaras.rating_draft WHERE tenant_id = :t")
        return {str(row.person_id): row.inputs for row in session.execute(query, {"t": home.tenant_id})}


def test_a_name_is_dragged_into_a_cell_and_kept(home: Home, open_page) -> None:
    page = open_page(home, number_of(home, 21))
    page.goto(BOARD)
    cell = page.locator('td[data-row="di_atas"][data-column="sesuai"]')
    page.locator(f"#card-{home.person(22)}").drag_to(cell)
    expect(cell.locator(".person")).to_have_text(["Orang 22"])
    expect(page.locator("#preview")).to_contain_text("1 · 100%")
    page.get_by_role("button", name="Simpan semua sebagai rancangan").click()
    page.wait_for_url(re.compile("note=ratings-drafted"))
    assert drafts(home)[str(home.person(22))] == {"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}


def test_the_keyboard_alone_places_a_name(home: Home, open_page) -> None:
    page = open_page(home, number_of(home, 21))
    page.goto(BOARD)
    card = page.locator(f"#card-{home.person(23)}")
    card.focus()
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).to_contain_text("Orang 23")
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("aria-pressed", "false")
    chosen = [
        page.locator(f'[name="{home.person(23)}.{one}"]').input_value()
        for one in ("rating_hasil_kerja", "rating_perilaku")
    ]
    place = card.locator("xpath=ancestor::td")
    assert [place.get_attribute("data-row"), place.get_attribute("data-column")] == chosen
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(page.locator(f'[name="{home.person(23)}.rating_perilaku"]')).to_have_value("")


def test_evidence_opens_beside_and_a_choice_in_the_list_moves_the_name(home: Home, open_page) -> None:
    page = open_page(home, number_of(home, 21))
    page.goto(BOARD)
    row = page.locator(f"#row-{home.person(24)}")
    row.locator("select").nth(0).select_option("sesuai")
    row.locator("select").nth(1).select_option("di_bawah")
    cell = page.locator('td[data-row="sesuai"][data-column="di_bawah"]')
    expect(cell.locator(".person")).to_have_text(["Orang 24"])
    row.get_by_role("link").click()
    expect(page.locator("#panel h2").first).to_have_text("Orang 24")


def test_without_javascript_the_list_rates(home: Home, open_page) -> None:
    page = open_page(home, number_of(home, 21), java_script_enabled=False)
    page.goto(BOARD)
    row = page.locator(f"#row-{home.person(25)}")
    row.locator("select").nth(0).select_option("sesuai")
    row.locator("select").nth(1).select_option("sesuai")
    row.locator('[name="person"]').check()
    page.get_by_role("button", name="Ajukan yang dicentang").click()
    page.wait_for_url(re.compile("note=ratings-submitted"))
    assert home.scalar(
        "SELECT count(*) FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :p", p=home.person(25)
    )


def pages_of_ratings(home: Home) -> list[tuple[str, str, str]]:
    """Name, who, address."""
    head, manager = number_of(home, 21), f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}"
    confirm = f"/team/confirmation?period={PERIOD}&rating_hasil_kerja=di_atas&rating_perilaku=di_atas"
    return [
        ("board", head, BOARD),
        ("confirmation", head, confirm),
        ("rating", head, f"/people/{home.person(26)}/ratings/{PERIOD}"),
        ("reviews", number_of(home, 1), f"/reviews?period={PERIOD}"),
        ("changes", number_of(home, 28), f"/people/{home.person(28)}/rating-changes"),
        ("procedure", manager, "/rating-procedure"),
    ]


def test_pages_of_ratings_are_accessible_and_fit_a_narrow_screen(home: Home, open_page) -> None:
    head, form = home.as_person(21), f"/people/{home.person(28)}/ratings/{PERIOD}"
    for given in ("di_atas", "sesuai"):
        rating = {"rating_hasil_kerja": given, "rating_perilaku": "sesuai", "reason": "Bukti dukung baru diterima."}
        assert head.post(form, rating, on=form).status_code == 303
    faults: list[str] = []
    for name, who, address in pages_of_ratings(home):
        page = open_page(home, who)
        page.goto(address)
        faults += looks_of(page, name)
        page.close()
    assert not faults, "\n".join(faults)
