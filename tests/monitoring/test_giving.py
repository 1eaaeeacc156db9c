"""Feedback: who may give it to whom, asked or unasked, by a link without an account, reported and decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories.site import PERIOD, Home, Site, Visitor

from selaras import clock

NOON = datetime(2026, 10, 7, 4, tzinfo=UTC)
WORDS = "Rapat disiapkan dengan baik dan selesai tepat waktu."


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


def give(home: Home, giver: int, to: int, **more: str) -> Any:
    address = f"/people/{home.person(to)}/feedback"
    return home.as_person(giver).post(address, {"content": WORDS, **more}, on="/feedback")


def received(home: Home, n: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.as_person(n).get("/api/v1/feedback").json["received"]
    return found


def test_superior_colleague_and_staff_give_it_and_the_relation_is_theirs(site: Site) -> None:
    home = site.open
    for giver in (1, 3):
        assert give(home, giver, 2).status_code == 303
        assert give(home, giver, 2).status_code == 303  # the same words twice
    assert give(home, 2, 1, behaviour="kolaboratif").status_code == 303
    assert sorted(one["relation"] for one in received(home, 2)) == ["peer", "superior"]
    [upward] = received(home, 1)
    assert (upward["relation"], upward["behaviour"]) == ("subordinate", "kolaboratif")
    assert "Anda menerima umpan balik" in home.as_person(2).page("/messages")


def test_who_reads_it_is_said_before_writing(site: Site) -> None:
    page = site.open.as_person(3).page(f"/people/{site.open.person(2)}/feedback")
    assert page.index("dengan nama Anda") < page.index('name="content"')


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"content": "pendek"}, "Tulis 10 sampai"),
        ({"behaviour": "rajin"}, "Pilih perilaku"),
        ({"item_id": "00000000-0000-0000-0000-000000000005"}, "Pilih RHK dari daftar"),
    ],
)
def test_what_cannot_be_given(site: Site, form: dict[str, str], words: str) -> None:
    answer = give(site.open, 5, 4, **form)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert received(site.open, 4) == []


def test_nobody_from_elsewhere_nor_oneself(site: Site) -> None:
    home = site.open
    assert give(home, 3, 3).status_code in (403, 404)
    assert give(home, 25, 3).status_code == 404
    assert home.as_person(25).get(f"/people/{home.person(3)}/feedback").status_code == 404


def test_a_request_opens_the_way_and_is_answered(site: Site) -> None:
    home = site.open
    asker = home.as_person(6)
    asked = {"giver_id": str(home.person(7)), "behaviour": "akuntabel", "note": "Bagaimana laporan saya?"}
    for _ in range(2):
        assert asker.post("/feedback/requests", asked, on="/feedback").status_code == 303
    page = home.as_person(7).page("/feedback")
    assert page.count("Bagaimana laporan saya?") == 1
    assert give(home, 7, 6, behaviour="akuntabel").status_code == 303
    assert "Bagaimana laporan saya?" not in home.as_person(7).page("/feedback")
    assert "dijawab" in asker.page("/feedback")
    far = asker.send("POST", "/api/v1/feedback/requests", {"giver_id": str(home.person(25))})
    assert far.json["code"] == "feedback_giver"


def test_an_appraiser_asks_about_staff_and_nobody_else_does(site: Site) -> None:
    home = site.open
    body = {"giver_id": str(home.person(9)), "person_id": str(home.person(8))}
    assert home.as_person(1).send("POST", "/api/v1/feedback/requests", body).status_code == 201
    assert home.as_person(10).send("POST", "/api/v1/feedback/requests", body).status_code == 404
    [request] = home.as_person(9).get("/api/v1/feedback").json["asked"]
    stranger = home.as_person(10)
    path = f"/feedback/requests/{request['request_id']}/refusal"
    assert stranger.post(path, on="/feedback").status_code == 404
    assert home.as_person(9).post(path, on="/feedback").status_code == 303
    assert home.as_person(9).get("/api/v1/feedback").json["asked"] == []


def test_it_stands_beside_the_rating(site: Site) -> None:
    home = site.open
    with clock.fixed(datetime(2026, 9, 15, 4, tzinfo=UTC)):
        assert give(home, 12, 11).status_code == 303
    assert WORDS in _rating(home, 11)


def _rating(home: Home, n: int) -> str:
    rule = next(one for one in home.app.url_map.iter_rules() if one.endpoint == "web.rating")
    with home.app.test_request_context(base_url=f"http://{home.host}"):
        address = rule.build({"person_id": home.person(n), "period": PERIOD}, append_unknown=False)[1]  # type: ignore[index]  # found, or the test fails
    return home.as_person(1).page(address)


def link(visitor: Visitor, **more: Any) -> str:
    form = {"label": "Legalisir ijazah", "uses": "2", "days": "7", **more}
    answer = visitor.post("/feedback/links", form, on="/feedback")
    assert answer.status_code == 200, answer.text
    assert "<svg" in answer.text
    return re.search(r'href="(?:http://[^/"]+)?(/f/[\w-]+)"', answer.text)[1]  # type: ignore[index]  # found, or the test fails


def say(home: Home, address: str, **more: str) -> Any:
    """As from a page that is still open, also when the link is over."""
    return home.visitor().post(address, {"content": WORDS, **more}, on="/sign-in")


def test_somebody_served_writes_without_an_account_so_often(site: Site) -> None:
    home = site.open
    owner = home.as_person(13)
    address = link(owner)
    page = home.visitor().page(address)
    assert "Legalisir ijazah" in page
    assert "Orang 13" not in page
    assert say(home, address, name="Bu Sari").status_code == 200
    assert say(home, address).status_code == 200
    assert say(home, address).status_code == 404
    found = received(home, 13)
    assert sorted(one["giver_name"] for one in found) == ["Bu Sari · Legalisir ijazah", "Legalisir ijazah"]
    assert {(one["relation"], one["giver_id"]) for one in found} == {("service_user", None)}
    token = address.removeprefix("/f/")
    kept = "SELECT count(*) FROM selaras.feedback_link WHERE tenant_id = :tenant AND token_hash = :token"
    assert home.scalar(kept, token=token) == 0


def test_what_a_link_does_not_take(site: Site) -> None:
    home = site.open
    owner = home.as_person(14)
    address = link(owner, uses="5")
    assert say(home, address, content="Kunjungi https://judi.example sekarang").status_code == 422
    assert say(home, address, content="pendek").status_code == 422
    # A program fills every field; it is thanked, and nothing is kept.
    assert say(home, address, website="https://x.example").status_code == 200
    assert received(home, 14) == []
    assert site.closed.visitor().get(address).status_code == 404
    with clock.fixed(NOON + timedelta(days=8)):
        assert home.visitor().get(address).status_code == 404
    links = owner.get("/api/v1/feedback").json["links"]
    assert owner.send("DELETE", f"/api/v1/feedback/links/{links[0]['link_id']}").status_code == 204
    assert home.visitor().get(address).status_code == 404
    assert home.as_person(15).send("DELETE", f"/api/v1/feedback/links/{links[0]['link_id']}").status_code == 404


def test_links_are_limited_by_address(site: Site) -> None:
    home = site.open
    address = link(home.as_person(16), uses="50")
    answers = [say(home, address, content=f"{WORDS} {n}").status_code for n in range(12)]
    assert answers[:10] == [200] * 10
    assert 429 in answers[10:]


def test_reported_feedback_is_decided_by_the_performance_manager(site: Site) -> None:
    home = site.open
    assert give(home, 18, 17).status_code == 303
    [one] = received(home, 17)
    path = f"/feedback/{one['feedback_id']}/report"
    reason = {"reason": "Ini bukan tentang saya."}
    assert home.as_person(19).post(path, reason, on="/feedback").status_code == 404
    assert home.as_person(17).post(path, {"reason": "x"}, on="/feedback").status_code == 422
    assert home.as_person(17).post(path, reason, on="/feedback").status_code == 303
    assert received(home, 17)[0]["reported"] is True
    manager = home.manager()
    assert WORDS in manager.page("/feedback/reported")
    assert home.as_person(1).get("/feedback/reported").status_code == 403
    decided = manager.post(f"/feedback/reported/{one['feedback_id']}", {"remove": "true"}, on="/feedback/reported")
    assert decided.status_code == 303
    assert received(home, 17) == []
    ledger = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'feedback.remove'"
    assert home.scalar(ledger) == 1


def test_a_closed_period_takes_no_feedback(site: Site) -> None:
    home = site.closed
    with clock.fixed(datetime(2026, 9, 15, 4, tzinfo=UTC)):
        refused = give(home, 3, 2)
    assert (refused.status_code, "ditutup" in refused.text) == (409, True)
