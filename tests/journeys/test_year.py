"""One team's year in a real browser: plan, agreement, log, feedback, rating, close, talk, objection, decision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from factories.browsing import IN_A_BROWSER
from factories.desk import Desk, set_state, stored
from factories.one_agency import EMPLOYEE, HEAD, TOP, one_agency, outcome_of
from factories.site import PERIOD, Home
from playwright.sync_api import Browser, Page, expect

from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof
from selaras.organisation.accounts import account_of

pytestmark = [*IN_A_BROWSER, pytest.mark.slow]
YEAR, DAY = 2026, date(2026, 10, 1)
RESULT = "Layanan perizinan selesai tepat waktu"
DONE = "Memeriksa dua belas berkas permohonan izin usaha."
SEEN = "Berkas yang Anda periksa tidak lagi dikembalikan oleh pemohon."
AGREED = "Laporan layanan dikirim setiap Jumat, mulai minggu depan."
REASON = "Dua layanan yang selesai pada September belum dihitung dalam penilaian ini."
DECISION = "Bukti dukung menunjukkan bahwa kedua layanan selesai dalam periode ini."


@pytest.fixture(scope="module")
def home(console_database, database, urls, redis_url, tmp_path_factory) -> Iterator[Home]:
    with one_agency(console_database, database, urls, redis_url, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture(scope="module")
def sit(home: Home, browser: Browser, serve: Callable[..., int]) -> Callable[..., object]:
    port = serve(home.app)

    @contextmanager
    def sitting(who: int | Role) -> Iterator[Page]:
        """Somebody with a phone in their hand; the employee's runs no scripts."""
        context = browser.new_context(
            base_url=f"http://{home.host}:{port}",
            viewport={"width": 360, "height": 740},
            reduced_motion="reduce",
            java_script_enabled=who != EMPLOYEE,
        )
        proof = Proof(method="oidc")
        token = home.app.extensions["selaras"].sessions.start(home.uuid, account(home, who), proof)
        context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
        yield context.new_page()
        context.close()

    return sitting


def account(home: Home, who: int | Role) -> object:
    if isinstance(who, Role):
        return home.account(f"{who.value}@{home.slug}")
    with home.database.tenant(home.tenant_id) as session:
        return account_of(session, home.person(who), DAY)


def noted(page: Page, note: str) -> None:
    """What was sent has been kept: the next page says so."""
    page.wait_for_url(re.compile(rf"[?&]note={note}\b"))
    expect(page.locator("p.note[role='status']").first).to_be_visible()


def unfold(page: Page, form: str) -> None:
    page.locator(form).first.evaluate("one => { for (let at = one; at; at = at.parentElement) at.open = true; }")


def above_them(home: Home) -> None:
    """The leader's plan is set, by whoever stands above the agency; the head's serves it and is handed in."""
    Desk(home, TOP).write(items__0__title="Kepuasan pengguna layanan meningkat")
    set_state(home, TOP, "agreed")
    served = stored(home, TOP)["items"][0]["id"]
    Desk(home, HEAD).write(items__0__title="Layanan unit meningkat", items__0__parent_item_id=served)
    sent = Desk(home, HEAD).press("submit")
    assert sent.location.endswith("note=plan-submitted"), sent.location


def plans(page: Page, home: Home) -> None:
    """The employee finds on home that no plan is there, writes one that serves the head's result, and hands it in."""
    page.goto("/")
    expect(page.locator("ol.next")).to_contain_text(f"Anda belum memiliki SKP {YEAR}")
    page.get_by_role("link", name=re.compile("^Susun SKP")).first.click()
    page.locator("[name='model'][value='kuantitatif']").check()
    page.locator("[name='items.0.title']").fill(RESULT)
    page.locator("[name='items.0.parent_item_id']").select_option(stored(home, HEAD)["items"][0]["id"])
    page.locator("[name='items.0.measures.0.indicator']").fill("Jumlah layanan selesai")
    page.locator("[name='items.0.measures.0.target']").fill("120")
    page.locator("[name='items.0.measures.0.measure']").fill("layanan")
    page.locator("button[name='do'][value='submit']").click()
    page.wait_for_url(re.compile(rf"/plans/{YEAR}\?note=plan-submitted"))
    page.get_by_role("link", name=re.compile(r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){2}$")).click()
    expect(page.locator("main")).to_contain_text("menurut jam server")


def agrees(page: Page, name: str) -> None:
    """An appraiser reads the plan that waits and agrees to it."""
    page.goto("/")
    expect(page.locator("ol.next")).to_contain_text("1 SKP menunggu keputusan Anda")
    page.get_by_role("link", name=re.compile(rf"^Putuskan\s+{name}$")).first.click()
    page.locator("form[action$='/agreement'] button").click()
    noted(page, "plan-agreed")


def logs(page: Page) -> None:
    """One line on the day, for the result, with where its evidence lies."""
    page.goto("/log")
    page.locator("#content").fill(DONE)
    page.locator("#item_id").select_option(index=1)
    unfold(page, "#url")
    page.locator("#url").fill("https://bukti.example/berkas-12")
    page.get_by_role("button", name="Catat").click()
    noted(page, "line-added")
    expect(page.locator("main")).to_contain_text(DONE)


def gives_feedback(page: Page, home: Home) -> None:
    page.goto(f"/people/{home.person(EMPLOYEE)}/feedback")
    page.locator("#item_id").select_option(index=1)
    page.locator("#content").fill(SEEN)
    page.locator("form[action$='/feedback'] button").click()
    noted(page, "feedback-given")


def rates(page: Page, home: Home) -> None:
    """The head sees the log and the feedback beside the form, and what the choice comes to, before submitting it."""
    page.goto(f"/people/{home.person(EMPLOYEE)}/ratings/{PERIOD}")
    for name in ("rating_hasil_kerja", "rating_perilaku"):
        page.locator(f"[name='{name}'][value='sesuai']").check()
    page.locator("button[name='preview']").click()
    expect(page.locator("section[aria-labelledby='comes'] p.big")).to_contain_text("Baik")
    page.locator("form .acts button:not([name])").first.click()
    noted(page, "rated")


def closes(page: Page, home: Home, urls: object) -> None:
    page.goto(f"/periods/{PERIOD}/close")
    page.get_by_role("button", name=re.compile("^Tutup periode")).click()
    page.wait_for_url(re.compile(rf"/periods/{PERIOD}($|\?)"))
    home.carry(urls)
    expect(page.locator("main")).to_contain_text("Ditetapkan dan ditutup")


def objects(page: Page) -> None:
    """The employee finds the result with every step and its article, and says why it is not right."""
    page.goto("/my-results")
    page.get_by_role("link", name=re.compile("Triwulan III 2026")).first.click()
    expect(page.locator("main")).to_contain_text("PermenPANRB 6/2022, lampiran (kuadran kinerja)")
    unfold(page, "form[action$='/talk']")
    page.locator("#held_on").fill(DAY.isoformat())
    page.locator("#agreed").fill(AGREED)
    page.locator("form[action$='/talk'] button").click()
    noted(page, "talk-kept")
    unfold(page, "form[action$='/objection'] textarea")
    page.locator("form[action$='/objection'] textarea").fill(REASON)
    page.locator("form[action$='/objection'] button").click()
    noted(page, "objected")
    page.get_by_role("link", name="Lihat keberatan dan putusannya").click()
    page.locator("button[name='nothing']").click()
    noted(page, "stated-objection")


def answers(page: Page, home: Home) -> None:
    """The head says that the record of the talk is right, and has nothing to add to the objection."""
    page.goto(f"/people/{home.person(EMPLOYEE)}/receipts/{PERIOD}")
    expect(page.locator("main")).to_contain_text(AGREED)
    page.locator("button[name='says'][value='agrees']").click()
    noted(page, "talk-answered")
    page.goto(f"/people/{home.person(EMPLOYEE)}/objections/{PERIOD}")
    page.locator("button[name='nothing']").click()
    noted(page, "stated-objection")


def decides(page: Page) -> None:
    """The head's superior finds the objection on home and grants it."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("keberatan menunggu keputusan Anda")).click()
    page.get_by_role("link", name=f"Orang {EMPLOYEE}").click()
    expect(page.locator("main")).to_contain_text(REASON)
    page.locator("[name='verdict'][value='upheld']").check()
    for name in ("rating_hasil_kerja", "rating_perilaku"):
        page.locator(f"[name$='{name}'][value='di_atas']").check()
    page.locator("form[action$='/decision'] textarea").fill(DECISION)
    page.locator("form[action$='/decision'] button").click()
    noted(page, "decided")


def test_the_year_of_one_team(home: Home, sit, urls) -> None:
    above_them(home)
    with sit(TOP) as page:
        agrees(page, f"Orang {HEAD}")
    with sit(EMPLOYEE) as page:
        plans(page, home)
    with sit(HEAD) as page:
        agrees(page, f"Orang {EMPLOYEE}")
    assert stored(home, EMPLOYEE)["state"] == "agreed"
    with sit(EMPLOYEE) as page:
        logs(page)
    with sit(HEAD) as page:
        gives_feedback(page, home)
        rates(page, home)
    with sit(Role.PERFORMANCE_MANAGER) as page:
        closes(page, home, urls)
    assert outcome_of(home, EMPLOYEE) == "baik"
    with sit(EMPLOYEE) as page:
        objects(page)
    with sit(HEAD) as page:
        answers(page, home)
    with sit(TOP) as page:
        decides(page)
    with sit(EMPLOYEE) as page:
        page.goto("/my-results")
        expect(page.locator("main")).to_contain_text("Sangat Baik")
        page.goto("/messages")
        expect(page.locator("main")).to_contain_text("keberatan", ignore_case=True)
    assert outcome_of(home, EMPLOYEE) == "sangat_baik"
