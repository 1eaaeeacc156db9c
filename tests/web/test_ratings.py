"""From draft to what counts: drafts, two devices, reasons, the superior's review; pages and API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from factories.site import PERIOD, Home, Site, Visitor, site_settings
from sqlalchemy import text

from selaras.app import create_app
from selaras.clock import today
from selaras.config import settings
from selaras.identity.permissions import Role

GOOD = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}
FINE = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
WHY = "Bukti dukung bulan September baru diterima sekarang."
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def home(tenant, database, urls, redis_url, tmp_path, monkeypatch) -> Iterator[Home]:
    """An agency with an open quarter in which nobody of unit 2 is rated yet; 21 heads it, 1 stands above."""
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path))
    settings.cache_clear()
    app = create_app(site_settings(urls, redis_url, tmp_path))
    made = Home(app, database, tenant.tenant_id, tenant.uuid, tenant.slug)
    made.settle(40, unrated)
    yield made
    settings.cache_clear()
    app.extensions["selaras"].database.close()


def unrated(session) -> None:
    session.execute(
        text(
            "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id IN (SELECT id FROM selaras.person"
            " WHERE tenant_id = :t AND substr(source_id, 8)::int BETWEEN 22 AND 40)"
        ),
        {"t": session.info["tenant"]},
    )


def form_of(home: Home, n: int) -> str:
    return f"/people/{home.person(n)}/ratings/{PERIOD}"


def api_of(home: Home, n: int) -> str:
    return f"/api/v1{form_of(home, n)}"


def held(home: Home, n: int) -> list[dict[str, str]]:
    with home.database.tenant(home.tenant_id) as session:
        query = text("SELECT inputs FROM selaras.rating WHERE tenant_id = :t AND person_id = :p")
        return list(session.execute(query, {"t": home.tenant_id, "p": home.person(n)}).scalars())


def demand_review(home: Home) -> None:
    day = today("Asia/Jakarta").isoformat()
    body = {"review": True, "briefing": False, "start": day, "reason": "Peraturan Bupati menuntut penelaahan atasan."}
    made = home.manager().send("PUT", "/api/v1/rating-procedure", body)
    assert (made.status_code, made.json["today"]["review"]) == (200, True), made.text


def seen_by(visitor: Visitor, address: str) -> str:
    found = SEEN.search(visitor.page(address))
    assert found
    return found[1]


def test_a_draft_counts_nowhere_until_it_is_submitted(home: Home) -> None:
    head, form = home.as_person(21), form_of(home, 25)
    half = head.post(form, {"rating_hasil_kerja": "sesuai", "draft": "true"}, on=form)
    assert half.status_code == 303
    assert (held(home, 25), "rancangan" in head.page(f"/team?period={PERIOD}")) == ([], True)
    page = head.page(form)
    assert "rancangan Anda" in page
    assert re.search(r'value="sesuai" checked', page)
    lacking = head.post(form, {"rating_hasil_kerja": "sesuai"}, on=form)
    assert (lacking.status_code, held(home, 25)) == (422, [])
    assert head.post(form, FINE, on=form).status_code == 303
    assert held(home, 25) == [FINE]
    assert head.post(form, {**FINE, "draft": "true"}, on=form).status_code == 303
    shown = head.get(api_of(home, 25))
    assert (shown.json["state"], shown.json["inputs"]) == ("given", FINE), "the same again is no draft"


def test_the_second_device_is_told_and_overwrites_nothing(home: Home) -> None:
    desk, phone, form = home.as_person(21), home.as_person(21), form_of(home, 26)
    read = seen_by(desk, form)
    assert phone.post(form, {**GOOD, "draft": "true", "seen": read}, on=form).status_code == 303
    late = desk.post(form, {**FINE, "draft": "true", "seen": read}, on=form)
    assert late.status_code == 409
    assert "Di atas ekspektasi" in re.sub(r"(?s).*Yang tercatat sekarang", "", late.text)[:900]
    assert desk.get(api_of(home, 26)).json["inputs"] == GOOD
    again = SEEN.search(late.text)
    assert again
    assert desk.post(form, {**FINE, "seen": again[1]}, on=form).status_code == 303
    assert held(home, 26) == [FINE]


def test_the_api_changes_only_what_was_read(home: Home) -> None:
    head, path = home.as_person(21), api_of(home, 27)
    token = head.get("/api/v1/me").json["form_token"]
    first = head.get(path)
    assert (first.json["state"], first.json["inputs"]) == ("none", None)

    def put(version: str, body: dict[str, object]) -> int:
        headers = {"X-Form-Token": token, "If-Match": f'"{version}"'}
        return head.client.put(path, base_url=f"http://{home.host}", json=body, headers=headers).status_code

    assert put("none", {"inputs": GOOD, "draft": True}) == 200
    assert put("none", {"inputs": FINE}) == 409
    assert put(head.get(path).json["version"], {"inputs": FINE}) == 200
    assert held(home, 27) == [FINE]


def test_changing_what_was_submitted_needs_a_reason_and_the_person_reads_it(home: Home) -> None:
    head, form, own = home.as_person(21), form_of(home, 28), home.as_person(28)
    assert head.post(form, GOOD, on=form).status_code == 303
    assert "diubah" not in own.page("/")
    assert head.post(form, FINE, on=form).status_code == 422
    assert held(home, 28) == [GOOD]
    assert head.post(form, {**FINE, "reason": WHY}, on=form).status_code == 303
    changes = f"/people/{home.person(28)}/rating-changes"
    assert changes in own.page("/")
    page = own.page(changes)
    assert WHY in page
    assert "Di atas ekspektasi" in page
    assert "belum ditetapkan" in page, "how to object"
    answer = own.get(f"/api/v1{changes}").json["items"]
    assert [(one["cause"], one["before"], one["after"], one["reason"]) for one in answer] == [
        ("appraiser", GOOD, FINE, WHY)
    ]
    assert home.as_person(29).get(changes).status_code == 404
    assert home.as_person(1).get(changes).status_code == 404
    assert WHY in head.page(changes)


def test_where_the_review_is_demanded_nothing_counts_before_it(home: Home) -> None:
    demand_review(home)
    head, above, form = home.as_person(21), home.as_person(1), form_of(home, 30)
    sent = head.post(form, GOOD, on=form)
    assert sent.status_code == 303
    assert "rating-sent" in sent.headers["Location"]
    assert held(home, 30) == []
    assert head.post(form, FINE, on=form).status_code == 409, "it waits"
    assert "menunggu penelaahan" in head.page(form)
    assert f"/reviews?period={PERIOD}" in above.page("/")
    page = above.page(f"/reviews?period={PERIOD}")
    assert "Orang 30" in page
    assert "Orang 30" not in head.page(f"/reviews?period={PERIOD}")
    review = f"/reviews/{PERIOD}/{home.person(30)}/1"
    seen = SEEN.search(page)
    assert seen
    assert head.post(review, {"seen": seen[1]}, on="/reviews").status_code == 404, "not one's own"
    short = above.post(review, {"return": "true", "reason": "keliru"}, on="/reviews")
    assert (short.status_code, "keliru</textarea>" in short.text) == (422, True)
    back = above.post(review, {"return": "true", "reason": WHY, "seen": seen[1]}, on="/reviews")
    assert back.status_code == 303
    assert WHY in head.page(form)
    assert above.post(review, {}, on="/reviews").status_code == 409, "it is with the appraiser"
    assert head.post(form, FINE, on=form).status_code == 303
    assert above.post(review, {"seen": seen[1]}, on="/reviews").status_code == 409, "another one than was read"
    waiting = above.get(f"/api/v1/reviews/{PERIOD}").json["items"]
    assert [(one["name"], one["inputs"]) for one in waiting] == [("Orang 30", FINE)]
    body = {"confirmed": True, "version": waiting[0]["version"]}
    assert above.send("POST", f"{api_of(home, 30)}/review", body).status_code == 204
    assert held(home, 30) == [FINE]
    assert above.send("POST", f"{api_of(home, 30)}/review", body).status_code == 404
    own = home.as_person(30).page(f"/people/{home.person(30)}/rating-changes")
    assert WHY in own
    assert "penelaahan atasan" in own


def test_a_rating_under_review_blocks_no_close_and_a_closed_period_takes_nothing(home: Home, urls) -> None:
    demand_review(home)
    head, above, form = home.as_person(21), home.as_person(1), form_of(home, 31)
    assert head.post(form, GOOD, on=form).status_code == 303
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.period SET state = 'closed' WHERE tenant_id = :t"), {"t": home.tenant_id})
    assert above.post(f"/reviews/{PERIOD}/{home.person(31)}/1", {}, on="/reviews").status_code == 409
    late = head.send("PUT", api_of(home, 32), {"inputs": GOOD})
    assert (late.status_code, late.json["code"]) == (409, "period_not_open")


def test_the_procedure_is_chosen_for_days_to_come_by_who_may(home: Home) -> None:
    manager, day = home.manager(), today("Asia/Jakarta")
    assert "segera setelah" in manager.page("/rating-procedure")
    assert "/rating-procedure" in manager.page("/periods")
    late = {"review": "true", "from": (day - timedelta(days=1)).isoformat(), "reason": WHY}
    refused = manager.post("/rating-procedure", late, on="/rating-procedure")
    assert (refused.status_code, WHY in refused.text) == (422, True)
    tomorrow = {**late, "from": (day + timedelta(days=1)).isoformat()}
    assert manager.post("/rating-procedure", tomorrow, on="/rating-procedure").status_code == 303
    page = manager.page("/rating-procedure")
    assert "segera setelah" in page
    assert WHY in page
    sooner = manager.post("/rating-procedure", {**late, "from": day.isoformat()}, on="/rating-procedure")
    assert sooner.status_code == 409
    for role in (Role.AUDITOR, Role.AGENCY_ADMIN):
        assert home.as_role(role).get("/rating-procedure").status_code == 403
    assert home.as_person(21).get("/rating-procedure").status_code == 403


def test_another_agency_finds_nothing(home: Home, site: Site) -> None:
    stranger = site.open.as_person(1)
    assert stranger.get(form_of(home, 25)).status_code == 404
    assert stranger.get(f"/people/{home.person(25)}/rating-changes").status_code == 404
    assert stranger.post(f"/reviews/{PERIOD}/{home.person(25)}/1", {}, on="/reviews").status_code == 404
