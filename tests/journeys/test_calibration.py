"""A calibration meeting by its pages: talked in by two browsers at once, locked, signed, answered, replayed."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from factories.browsing import IN_A_BROWSER
from factories.site import PERIOD, Home, Site
from factories.walking import faults_of, port, signed_in
from playwright.sync_api import Page, expect

from selaras.identity.permissions import Role

__all__ = ["port", "signed_in"]

pytestmark = [*IN_A_BROWSER, pytest.mark.slow]
WHY = "Bukti dukung baru menunjukkan hasil di atas rekan setara."


def number_of(home: Home, n: int) -> str:
    return home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(n)
    )


def prepared(home: Home) -> str:
    """A meeting prepared and opened by plain forms; its address."""
    manager = home.manager()
    sent = manager.post("/calibrations", {"period": PERIOD, "name": "Rapat kalibrasi"}, on="/calibrations")
    path = re.sub(r"\?.*", "", sent.headers["Location"])
    seats = {1: "chair", 21: "member", 22: "member"}
    form = {"number": [number_of(home, n) for n in seats], "role": list(seats.values())}
    assert manager.post(f"{path}/seats", form, on=path).status_code == 303
    assert manager.post(f"{path}/opening", on=path).status_code == 303
    return path


def say(home: Home, path: str, n: int, kind: str, **more: object) -> int:
    form = {"key": str(uuid4()), "kind": kind, **more}
    return home.as_person(n).post(f"{path}/room", form, on=f"{path}/room").status_code


def case_of(home: Home, n: int) -> int:
    return home.scalar(
        "SELECT number FROM selaras.calibration_case WHERE tenant_id = :tenant AND person_id = :p", p=home.person(n)
    )


def events(home: Home, kind: str) -> int:
    return home.scalar(
        "SELECT count(*) FROM selaras.calibration_event WHERE tenant_id = :tenant AND kind = :kind", kind=kind
    )


def propose(page: Page) -> None:
    """Say why in the panel that the move has opened, and send it."""
    panel = page.locator("#panel")
    expect(panel.locator('[name="to_outcome"]:checked')).to_have_value("sangat_baik")
    panel.locator('[name="reason_code"]').select_option("evidence_new")
    panel.locator("form:has([name=to_outcome]) textarea").fill(WHY)
    panel.get_by_role("button", name=re.compile("Usulkan")).click()


@pytest.fixture(scope="module")
def path(site: Site) -> str:
    made = prepared(site.open)
    assert {say(site.open, made, n, "joined") for n in (1, 21, 22)} == {303}
    return made


def test_a_move_by_mouse_and_one_by_keyboard_are_seen_by_the_others(site: Site, path: str, signed_in) -> None:
    home = site.open
    chair, member = signed_in(home, number_of(home, 1)), signed_in(home, number_of(home, 21))
    chair.goto(f"{path}/room")
    # The order of people differs from meeting to meeting; alone in its column the card needs no scrolling.
    member.goto(f"{path}/room?search=Orang 5")
    best = member.locator('section[data-column="sangat_baik"]')
    member.locator(f"#c-{case_of(home, 5)} .person").drag_to(best)
    propose(member)
    expect(chair.locator("#talk article")).to_have_count(1)
    proposal = home.scalar("SELECT max(proposal) FROM selaras.calibration_case WHERE tenant_id = :tenant")
    assert say(home, path, 22, "supported", answers=proposal) == 303
    expect(chair.locator("#talk")).to_contain_text("mendukung: Orang 22")
    member.goto(f"{path}/room")
    # With the keyboard alone: taken up, a column chosen, proposed there.
    card = member.locator(f"#c-{case_of(home, 6)} .person")
    card.focus()
    member.keyboard.press("Space")
    member.keyboard.press("ArrowLeft")
    member.keyboard.press("Enter")
    propose(member)
    expect(chair.locator("#talk article")).to_have_count(2)
    # The connection breaks while something is sent: it is kept, sent again by itself, and counts once.
    before = events(home, "noted")
    member.context.set_offline(True)
    member.locator("summary", has_text="catatan tentang rapat").click()
    member.locator("textarea:visible").last.fill("Catatan yang tidak boleh hilang.")
    member.get_by_role("button", name="Simpan catatan").last.click()
    expect(member.locator("#said")).to_contain_text("terputus")
    member.context.set_offline(False)
    expect(chair.locator("#log")).to_contain_text("tidak boleh hilang")
    assert events(home, "noted") == before + 1
    chair.locator("#talk").get_by_role("button", name=re.compile("mufakat")).first.click()
    expect(member.locator("#talk article")).to_have_count(1)
    expect(best.locator(f"#c-{case_of(home, 5)}")).to_be_attached()
    for page in (chair, member):
        page.close()


def test_the_rest_by_plain_forms_and_every_page_is_accessible(
    site: Site, path: str, signed_in: Callable[..., Page]
) -> None:
    home, chair = site.open, site.open.as_person(1)
    manager = f"{Role.PERFORMANCE_MANAGER.value}@{home.slug}"
    faults = faults_of(signed_in(home, number_of(home, 21)), "room", f"{path}/room")
    faults += faults_of(signed_in(home, number_of(home, 21)), "case", f"{path}/room/{case_of(home, 7)}")
    proposal = home.scalar("SELECT coalesce(max(proposal), 0) FROM selaras.calibration_case WHERE tenant_id = :tenant")
    if proposal:
        assert say(home, path, 21, "withdrawn", answers=proposal) == 303
    else:
        told = {"case": case_of(home, 5), "from_outcome": "baik", "to_outcome": "sangat_baik"}
        assert say(home, path, 21, "proposed", reason_code="evidence_new", text=WHY, **told) == 303
        number = home.scalar("SELECT max(proposal) FROM selaras.calibration_case WHERE tenant_id = :tenant")
        assert say(home, path, 1, "agreed", answers=number) == 303
    for step in ("lock", "minutes", "signature"):
        assert chair.post(f"{path}/{step}", {"key": str(uuid4())}, on=path).status_code == 303
    about = f"{path}/results/{home.person(5)}"
    for name, who, address in (
        ("meetings", manager, "/calibrations"),
        ("meeting", number_of(home, 1), path),
        ("recommendations", number_of(home, 1), "/calibration-results"),
        ("recommendation", number_of(home, 1), about),
        ("replay", manager, f"{path}/replay"),
    ):
        faults += faults_of(signed_in(home, who), name, address)
    assert faults == []
    assert chair.get(f"{path}/minutes").data.startswith(b"%PDF")
    above = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}
    assert chair.post(about, above, on=about).status_code == 303
    for n in (21, 22):
        home.as_person(n).post(f"{path}/signature", {"key": str(uuid4())}, on=path)
    assert chair.post(f"{path}/closing", {"key": str(uuid4())}, on=path).status_code == 303
    assert "The ledger" not in home.manager().page(f"{path}/replay?at=3")
