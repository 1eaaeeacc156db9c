"""In a real Chromium: accessibility, narrow screens, the keyboard alone, progress without a reload."""

from __future__ import annotations

import re

import pytest
from factories.browsing import IN_A_BROWSER
from factories.providers import RunningProvider
from factories.real_sign_in import made_ready
from factories.site import PERIOD, Home, Site
from factories.walking import bring_session, faults_of, port, signed_in
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from selaras.clock import today
from selaras.followup.proposing import propose
from selaras.identity import clients
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.organisation.offered import offered
from selaras.regulation import load_registry

__all__ = ["port", "signed_in"]

HOME = re.compile(r"^http://[^/]+/$")
pytestmark = [*IN_A_BROWSER, pytest.mark.slow]


def number_of(home: Home, n: int) -> str:
    return home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(n)
    )


def official_at(home: Home) -> str:
    return f"{Role.AUTHORISED_OFFICIAL.value}@{home.slug}"


def proposed(home: Home) -> str:
    """What follows the results is proposed; the first proposal."""
    with home.database.tenant(home.tenant_id) as session:
        propose(session, system(home.tenant_id), PERIOD, load_registry())
    return str(home.scalar("SELECT id FROM selaras.proposal WHERE tenant_id = :tenant ORDER BY id LIMIT 1"))


def drafted(home: Home, n: int) -> object:
    """Somebody with a long draft in which much is open."""
    visitor, person = home.as_person(n), home.person(n)
    where = f"/people/{person}/plans/2026/write"
    fields = {"model": "kuantitatif"}
    for i in range(10):
        at = f"items.{i}"
        fields |= {f"{at}.code": f"{i:02d}", f"{at}.section": "utama", f"{at}.title": f"Layanan meningkat {i}"}
        fields |= {f"{at}.measures.{m}.aspect": one for m, one in enumerate(("quantity", "quality", "time"))}
    assert visitor.post(where, fields | {"seen": "none", "do": "save"}, on=where).status_code == 303
    return person


def every_page(site: Site) -> list[tuple[str, Home, str, str]]:
    """Name, agency, who, address: every page there is, in the state in which it shows most."""
    manager = {
        home.slug: f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}" for home in (site.closed, site.open, site.empty)
    }
    official = f"{Role.AUTHORISED_OFFICIAL.value}@{site.waiting.slug}"
    closed, opened = site.closed, site.open
    person, proposal = closed.person(4), proposed(closed)
    return [
        ("sign-in", closed, "", "/sign-in"),
        ("home closed", closed, manager[closed.slug], "/"),
        ("home waiting", site.waiting, official, "/"),
        ("home open", opened, manager[opened.slug], "/"),
        ("home empty", site.empty, manager[site.empty.slug], "/"),
        ("home employee", closed, number_of(closed, 4), "/"),
        ("home appraiser", opened, number_of(opened, 1), "/"),
        ("periods", closed, manager[closed.slug], "/periods"),
        ("period", site.waiting, official, f"/periods/{PERIOD}"),
        ("close", opened, manager[opened.slug], f"/periods/{PERIOD}/close"),
        ("period closed", closed, manager[closed.slug], f"/periods/{PERIOD}"),
        ("units", opened, manager[opened.slug], f"/periods/{PERIOD}/units"),
        ("parts", opened, manager[opened.slug], f"/periods/{PERIOD}/segments"),
        ("parts of one", opened, manager[opened.slug], f"/people/{opened.person(4)}/segments/{PERIOD}"),
        ("unit", opened, manager[opened.slug], f"/periods/{PERIOD}/units/{opened.unit(2)}"),
        ("people", closed, manager[closed.slug], "/people"),
        ("people none", closed, manager[closed.slug], "/people?search=zzz"),
        ("person", closed, manager[closed.slug], f"/people/{person}"),
        ("receipt", closed, number_of(closed, 4), f"/people/{person}/receipts/{PERIOD}"),
        ("team", opened, number_of(opened, 1), "/team"),
        ("rating", opened, number_of(opened, 1), f"/people/{opened.person(4)}/ratings/{PERIOD}"),
        ("rating closed", closed, number_of(closed, 1), f"/people/{person}/ratings/{PERIOD}"),
        ("plan", closed, number_of(closed, 4), f"/people/{person}/plans/2026"),
        ("imports", closed, manager[closed.slug], "/imports"),
        ("not found", closed, manager[closed.slug], "/nothing"),
        *pages_of_follow_up(closed, str(proposal)),
        *pages_of_objections(closed),
        ("merit", closed, manager[closed.slug], "/merit/2026"),
        ("refused", closed, number_of(closed, 4), "/people"),
        *pages_of_keys(closed, manager[closed.slug]),
        *pages_of_plans(opened),
    ]


def pages_of_follow_up(home: Home, proposal: str) -> list[tuple[str, Home, str, str]]:
    """What follows results: proposals, the page of one result, and the count of results that nothing follows."""
    manager = f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}"
    follows = f"/people/{home.person(4)}/receipts/{PERIOD}/follow-up"
    return [
        ("follow-up", home, official_at(home), "/follow-up"),
        ("proposal", home, official_at(home), f"/follow-up/{proposal}"),
        ("what follows", home, number_of(home, 1), follows),
        ("results nothing follows", home, manager, f"/periods/{PERIOD}/follow-up"),
    ]


def pages_of_tickets(home: Home) -> list[tuple[str, Home, str, str]]:
    """A ticket as the agency's administrator handles it, and the list with its figures."""
    said = {"category": "information_system", "content": "Halaman penilaian tidak dapat dibuka sejak pagi."}
    made = home.as_person(26).send("POST", "/api/v1/tickets", said).json["id"]
    admin = f"{Role.AGENCY_ADMIN.value}@{home.slug}"
    return [("ticket", home, admin, f"/tickets/{made}"), ("tickets", home, admin, "/tickets")]


def pages_of_objections(home: Home) -> list[tuple[str, Home, str, str]]:
    """An objection as the person sees it, and as whoever decides it does once both sides were heard."""
    receipt = f"/people/{home.person(26)}/receipts/{PERIOD}"
    page = f"/people/{home.person(26)}/objections/{PERIOD}"
    why = {"reason": "Bukti dukung bulan Agustus belum dihitung dalam penilaian ini."}
    home.as_person(26).post(f"{receipt}/objection", why, on=receipt)
    home.as_person(21).post(f"{page}/statement", {"nothing": "1"}, on=page)
    manager = f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}"
    seen = [
        ("objection", home, number_of(home, 26), page),
        ("objections", home, official_at(home), "/objections"),
        ("figures of objections", home, manager, "/objections/figures"),
        ("outages", home, manager, "/outages"),
        ("unlocking", home, manager, "/unlocks"),
        ("reporting a problem", home, number_of(home, 26), "/tickets/new"),
        *pages_of_tickets(home),
        ("unlocking for oneself", home, number_of(home, 26), "/unlocks"),
    ]
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.objection_case SET invited_at = now() - interval '9 days' WHERE tenant_id = :t"
                " AND person_id = :p"
            ),
            {"t": home.tenant_id, "p": home.person(26)},
        )
    return [*seen, ("objection to decide", home, number_of(home, 1), page)]


def pages_of_plans(home: Home) -> list[tuple[str, Home, str, str]]:
    """The form of a plan, empty and with much that is open, and a plan that the appraiser decides on."""
    drafted(home, 7)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET state = 'submitted' WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(7)},
        )
    return [
        ("plan writing", home, number_of(home, 4), f"/people/{home.person(4)}/plans/2026/write"),
        ("plan open fields", home, number_of(home, 5), f"/people/{drafted(home, 5)}/plans/2026/write?check=1"),
        ("plan to decide on", home, number_of(home, 1), f"/people/{home.person(7)}/plans/2026"),
        ("plans that wait", home, number_of(home, 1), "/team"),
    ]


def pages_of_keys(home: Home, manager: str) -> list[tuple[str, Home, str, str]]:
    """Machine clients, with one that exists."""
    with home.database.tenant(home.tenant_id) as session:
        made = clients.create(session, system(home.tenant_id), "Simpeg", "token", ["people:read"], days=9)
    return [
        ("clients", home, manager, "/clients"),
        ("sessions", home, manager, "/sessions"),
        ("limits", home, f"{Role.AGENCY_ADMIN.value}@{home.slug}", "/access-limits"),
        ("client", home, manager, f"/clients/{made.client_id}"),
        ("api", home, manager, "/api/v1/"),
    ]


def test_every_page_is_accessible_light_and_fits_a_narrow_screen(site: Site, signed_in) -> None:
    faults: list[str] = []
    for name, home, who, address in every_page(site):
        page = signed_in(home, who)
        faults += faults_of(page, name, address)
        page.close()
    assert faults == []


def test_from_sign_in_to_a_receipt_with_the_keyboard_alone(
    site: Site, browser: Browser, port: int, nanoidp: RunningProvider
) -> None:
    with site.closed.database.tenant(site.closed.tenant_id) as session:
        leader, _ = offered(session, today("Asia/Makassar"))
        number = session.execute(
            text("SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :person"),
            {"tenant": site.closed.tenant_id, "person": leader.person_id},
        ).scalar_one()
    ready = made_ready(site.closed, port, nanoidp, number)
    context = browser.new_context(base_url=ready.origin)
    # The provider's page asks a network for its looks; nothing but this machine is reached.
    context.route(lambda url: "127.0.0.1" not in url and ".localhost" not in url, lambda route: route.abort())
    page = context.new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in"))
    _tab_to(page, "Masuk dengan Penyedia")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{ready.running.issuer}/**")
    _tab_into(page, "username")
    page.keyboard.type(ready.user.user_name)
    page.keyboard.press("Tab")
    page.keyboard.type(ready.user.password)
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    _tab_to(page, "Tim saya")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/team"))
    _tab_to(page, "Orang 10")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/"))
    _tab_to(page, "Triwulan III 2026")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/receipts/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hasil evaluasi Triwulan III 2026")
    context.close()


def _tab_into(page: Page, name: str) -> None:
    """Where the provider's page does not put the keyboard into its first field by itself, or not yet."""
    for _ in range(20):
        if page.evaluate("document.activeElement.name || ''") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def _tab_to(page: Page, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || ''")
        if words in focused:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{words}: focus cannot be seen"
            return
    raise AssertionError(f"“{words}” cannot be reached with the Tab key")


def test_people_are_found_while_typing(site: Site, signed_in) -> None:
    page = signed_in(site.closed, f"{Role.PERFORMANCE_MANAGER.value}@{site.closed.slug}")
    page.goto("/people")
    page.locator("#search").press_sequentially("orang 33")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    expect(page.locator("#people tbody tr a")).to_have_text("Orang 33")
    expect(page).to_have_url(re.compile(r"search=orang(\+|%20)33"))
    page.close()


def test_a_plan_saves_itself_while_it_is_written_and_a_second_device_is_told(site: Site, browser, signed_in) -> None:
    home, where = site.open, f"/people/{site.open.person(6)}/plans/2026/write"
    page, other = signed_in(home, number_of(home, 6)), signed_in(home, number_of(home, 6))
    for one in (page, other):
        one.goto(where)
    page.get_by_label("Rencana hasil kerja").fill("Layanan meningkat")
    expect(page.locator("#saved")).to_contain_text("Tersimpan:")
    with page.expect_response(lambda answer: "meningkat%20lagi" in (answer.request.post_data or "")):
        page.get_by_label("Rencana hasil kerja").press_sequentially(" lagi")
    expect(page.locator("#saved")).to_contain_text("Tersimpan:")
    other.get_by_label("Rencana hasil kerja").fill("Dari perangkat lain")
    expect(other.locator("#saved")).to_contain_text("Belum tersimpan")
    page.reload()
    expect(page.get_by_label("Rencana hasil kerja")).to_have_value("Layanan meningkat lagi")
    page.get_by_role("button", name="+ Tambah hasil kerja").first.click()
    expect(page.locator("#item-1")).to_be_visible()
    page.close()
    other.close()


def test_progress_moves_without_a_reload_and_ends_by_itself(site: Site, signed_in, urls) -> None:
    manager = f"{Role.PERFORMANCE_MANAGER.value}@{site.open.slug}"
    page = signed_in(site.open, manager)
    page.goto(f"/periods/{PERIOD}/close")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Tutup periode untuk 39 pegawai").click()
    page.wait_for_url(re.compile(rf"/periods/{PERIOD}"))
    page.wait_for_selector("text=0 dari 9 tahap selesai")
    site.open.carry(urls)
    page.wait_for_selector("text=Ditetapkan dan ditutup")
    page.close()


def test_it_works_without_javascript(site: Site, browser: Browser, port: int) -> None:
    context = browser.new_context(base_url=f"http://{site.closed.host}:{port}", java_script_enabled=False)
    bring_session(context, site.closed, f"{Role.PERFORMANCE_MANAGER.value}@{site.closed.slug}")
    page = context.new_page()
    page.goto("/people")
    page.fill("#search", "orang 33")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator("#people tbody tr")).to_have_count(1)
    context.close()
