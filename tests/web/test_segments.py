"""Rating a part of a period, and reading how a combined result came about: pages and API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from factories.site import Home, site_settings
from factories.staff import create_staff
from factories.years import BEHAVIOUR, Years
from sqlalchemy import text

from selaras.app import create_app
from selaras.closing import service
from selaras.config import settings
from selaras.evaluation.forming import form_segments
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.segment_queries import segments_of
from selaras.evaluation.service import remove_period
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on, rules_within

POINTS = dict.fromkeys(BEHAVIOUR, 80)


@pytest.fixture
def home(tenant, database, console_database, urls, redis_url, tmp_path, monkeypatch) -> Iterator[Home]:
    """2019 under PP 46/2011: person 2 served under head 1 until June and then under head 21 of another unit."""
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path))
    settings.cache_clear()
    app = create_app(site_settings(urls, redis_url, tmp_path))
    made = Home(app, database, tenant.tenant_id, tenant.uuid, tenant.slug)
    made.settle(40, prepare)
    yield made
    settings.cache_clear()
    app.extensions["selaras"].database.close()


def prepare(session) -> None:
    years = Years(session)
    years.alone(1, 2, 21)
    years.activity(2, 2019, 85.0)
    years.open("2019")
    years.move(2, date(2019, 7, 1), 2)
    years.report(2, date(2019, 7, 1), 21)
    whose = agency(session, years.tenant)
    law = rules_within(session, whose, date(2019, 1, 1), date(2019, 12, 31), load_registry())
    form_segments(session, system(years.tenant), "2019", law)


def close(home: Home, urls) -> None:
    with home.database.tenant(home.tenant_id) as session:
        rules = rules_on(session, agency(session, home.tenant_id), date(2019, 12, 31), load_registry())
        service.start(session, system(home.tenant_id), "2019", rules, without_unrated=True)
    home.carry(urls)


def test_each_appraiser_rates_their_own_part(home: Home, urls) -> None:
    person = home.person(2)
    first, second, stranger = home.as_person(1), home.as_person(21), home.as_person(2)
    page = first.page("/team?period=2019")
    assert "Bagian periode yang Anda nilai" in page
    assert f"/people/{person}/ratings/2019?segment=1" in page
    form = first.page(f"/people/{person}/ratings/2019?segment=1")
    assert "30 Juni 2019" in form
    assert "segment=1" in form
    saved = first.post(f"/people/{person}/ratings/2019?segment=1", {name: "80" for name in BEHAVIOUR})
    assert saved.status_code == 303, saved.text[:500]
    # The part of another is nobody's business, and neither is one that does not exist.
    for visitor, segment in ((first, 2), (second, 1), (second, 7), (stranger, 1)):
        address = f"/people/{person}/ratings/2019?segment={segment}"
        assert visitor.get(address).status_code in (403, 404), (segment, address)
    given = second.send("PUT", f"/api/v1/people/{person}/ratings/2019", {"inputs": {**POINTS, "integritas": 90}})
    assert (given.status_code, given.json["segment"]) == (200, 2)
    close(home, urls)
    read = home.as_person(2)
    receipt = read.get(f"/api/v1/people/{person}/receipts/2019").json
    assert [(part["segment"], part["regulation"], part["cause"]) for part in receipt["parts"]] == [
        (1, "pp46_2011", "start"), (2, "pp46_2011", "promotion"),
    ]  # fmt: skip
    assert receipt["outcome"]["segment"] == 0
    assert receipt["outcome"]["score"] == pytest.approx(sum(part["score"] for part in receipt["parts"]) / 2)
    assert all(part["lines"] for part in receipt["parts"])
    shown = read.page(f"/people/{person}/receipts/2019")
    assert shown.count("Bagian 1 periode") == 2
    assert "promosi ke jabatan lebih tinggi" in shown
    assert "Nilai prestasi kerja setahun" in shown


def test_a_period_with_segments_can_be_removed_while_nothing_is_rated(home: Home) -> None:
    with home.database.tenant(home.tenant_id) as session:
        count = text("SELECT count(*) FROM selaras.segment WHERE tenant_id = :tenant")
        assert session.execute(count, {"tenant": home.tenant_id}).scalar_one() == 2
        remove_period(session, system(home.tenant_id), "2019")
        assert session.execute(count, {"tenant": home.tenant_id}).scalar_one() == 0


REASON = "Surat keputusan mutasi diterima setelah data diimpor."


def parts(home: Home) -> list[tuple[int, str, str, str]]:
    with home.database.tenant(home.tenant_id) as session:
        found = segments_of(session, period_by_code(session, "2019").id, home.person(2))
        return [(one.number, f"{one.starts:%m-%d}", f"{one.ends:%m-%d}", one.cause) for one in found]


HALVES = [(1, "01-01", "06-30", "start"), (2, "07-01", "12-31", "promotion")]


def test_the_manager_sees_and_forms_the_parts(home: Home) -> None:
    manager = home.manager()
    assert "Bagian periode" in manager.page("/periods/2019")
    page = manager.page("/periods/2019/segments")
    assert "Orang 2" in page
    assert f"/people/{home.person(2)}/segments/2019" in page
    assert f"/people/{home.person(2)}/segments/2019" in manager.page(f"/people/{home.person(2)}")
    with home.database.tenant(home.tenant_id) as session:
        Years(session).run("DELETE FROM selaras.segment WHERE tenant_id = :tenant")
    formed = manager.post("/periods/2019/segments", {}, on="/periods/2019/segments")
    assert formed.headers["Location"].endswith("note=segmented")
    assert parts(home) == HALVES


def test_the_manager_cuts_joins_and_ends_parts_with_a_reason(home: Home) -> None:
    manager, base = home.manager(), f"/people/{home.person(2)}/segments/2019"
    assert "1 Juli 2019" in manager.page(base)
    leave = {"number": "2", "starts": "2019-09-01", "ends": "2019-09-30", "cause": "leave"}
    short = manager.post(f"{base}/split", {**leave, "reason": "cuti"}, on=base)
    assert (short.status_code, parts(home)) == (422, HALVES)
    assert "cuti" in short.text
    assert 'value="2019-09-01"' in short.text
    strange = {**leave, "reason": REASON, "evaluated": "true", "appraiser": "199999999999999999"}
    assert manager.post(f"{base}/split", strange, on=base).status_code == 404
    assert manager.post(f"{base}/split", {**leave, "ends": "besok", "reason": REASON}, on=base).status_code == 422
    outside = {**leave, "starts": "2018-01-01", "reason": REASON}
    assert manager.post(f"{base}/split", outside, on=base).status_code == 422
    assert manager.post(f"{base}/split", {**leave, "reason": REASON}, on=base).status_code == 303
    assert [one[1:] for one in parts(home)] == [
        ("01-01", "06-30", "start"), ("07-01", "08-31", "promotion"), ("09-01", "09-30", "leave"),
        ("10-01", "12-31", "return"),
    ]  # fmt: skip
    shown = manager.page(base)
    assert REASON in shown
    assert "bagian ini tanpa hasil" in shown
    assert manager.post(f"{base}/merge", {"number": "1", "reason": REASON}, on=base).status_code == 404
    for number in ("4", "3", "2"):
        assert manager.post(f"{base}/merge", {"number": number, "reason": REASON}, on=base).status_code == 303
    assert parts(home) == [(1, "01-01", "12-31", "start")]
    assert manager.post(f"{base}/end", {"ended": "bosan", "reason": REASON}, on=base).status_code == 422
    assert manager.post(f"{base}/end", {"ended": "retirement", "reason": REASON}, on=base).status_code == 303
    assert "pensiun" in manager.page(base)


def test_what_was_stated_goes_back_to_the_facts(home: Home) -> None:
    manager, base = home.manager(), f"/people/{home.person(2)}/segments/2019"
    api = f"/api/v1{base}"
    assert "Kembali ke fakta" not in manager.page(base)
    assert manager.send("DELETE", f"{api}/stated", {}).json["code"] == "segment_not_stated"
    assert manager.post(f"{base}/merge", {"number": "2", "reason": REASON}, on=base).status_code == 303
    assert parts(home) == [(1, "01-01", "12-31", "start")]
    assert "Kembali ke fakta" in manager.page(base)
    assert home.as_person(1).send("DELETE", f"{api}/stated", {}).status_code == 403
    assert manager.post(f"{base}/release", {}, on=base).status_code == 303
    assert parts(home) == HALVES
    again = manager.post(f"{base}/release", {}, on=base)
    assert (again.status_code, "sudah berasal dari fakta" in again.text) == (404, True)
    assert manager.post(f"{base}/end", {"ended": "retirement", "reason": REASON}, on=base).status_code == 303
    given = manager.send("DELETE", f"{api}/stated", {})
    assert [(one["ended"], one["stated"]) for one in given.json["items"]] == [(None, False), (None, False)]
    with home.database.tenant(home.tenant_id) as session:
        kinds = session.execute(text("SELECT action FROM selaras.ledger_entry WHERE tenant_id = :tenant"
                                     " AND action LIKE 'segments.%' ORDER BY id DESC LIMIT 1"),
                                {"tenant": home.tenant_id}).scalar_one()  # fmt: skip
    assert kinds == "segments.release"


def test_the_api_lists_states_cuts_joins_and_ends(home: Home) -> None:
    manager, base = home.manager(), f"/api/v1/people/{home.person(2)}/segments/2019"
    listed = manager.get("/api/v1/periods/2019/segments").json
    assert [(one["name"], one["segments"], one["stated"]) for one in listed["items"]] == [("Orang 2", 2, False)]
    formed = manager.send("POST", "/api/v1/periods/2019/segments", {})
    assert formed.json == {"people": 1, "segments": 2, "stated": 0}
    assert [one["cause"] for one in manager.get(base).json["items"]] == ["start", "promotion"]
    assert [one["number"] for one in home.as_person(2).get(base).json["items"]] == [1, 2]
    body = {"starts": "2019-12-01", "ends": "2019-12-31", "cause": "new_appraiser", "reason": REASON}
    body["appraiser_id"] = str(home.person(1))
    cut = manager.send("POST", f"{base}/2/split", body)
    assert (cut.status_code, len(cut.json["items"]), cut.json["items"][2]["stated"]) == (200, 3, True)
    assert manager.send("POST", f"{base}/3/merge", {"reason": REASON}).json["items"][1]["ends"] == "2019-12-31"
    assert (
        manager.send("POST", f"{base}/end", {"ended": "death", "reason": REASON}).json["items"][1]["ended"] == "death"
    )
    whole = {"segments": [{"starts": "2019-01-01", "ends": "2019-12-31", "cause": "start"}], "reason": REASON}
    assert len(manager.send("PUT", base, whole).json["items"]) == 1
    for wrong in ({**whole, "reason": "pendek"}, {**whole, "segments": []}):
        assert manager.send("PUT", base, wrong).status_code == 422


def test_parts_are_the_manager_s_to_state_and_name_only_people_of_the_agency(home: Home, two_tenants) -> None:
    other = two_tenants[0]
    with home.database.tenant(other.tenant_id) as session:
        create_staff(session, 4)
        stranger = Years(session).person(2)
    base = f"/api/v1/people/{home.person(2)}/segments/2019"
    body = {"starts": "2019-12-01", "ends": "2019-12-31", "cause": "new_appraiser", "reason": REASON}
    refused = home.manager().send("POST", f"{base}/2/split", {**body, "appraiser_id": str(stranger)})
    assert (refused.status_code, refused.json["code"]) == (422, "segment_appraiser")
    theirs = f"/api/v1/people/{stranger}/segments/2019"
    assert home.manager().get(theirs).status_code == 404
    assert home.manager().send("POST", f"{theirs}/1/split", body).status_code == 404
    for visitor in (home.as_person(1), home.as_person(2), home.official()):
        assert visitor.send("POST", f"{base}/2/split", body).status_code == 403
        assert visitor.get("/periods/2019/segments").status_code == 403
        assert visitor.get(f"/people/{home.person(2)}/segments/2019").status_code == 403
    assert home.as_person(21).get(base).status_code in (200, 404)
    assert parts(home) == HALVES


def test_a_closed_period_keeps_its_parts(home: Home, urls) -> None:
    person = home.person(2)
    for n, segment in ((1, 1), (21, 2)):
        address = f"/api/v1/people/{person}/ratings/2019"
        home.as_person(n).send("PUT", address, {"inputs": POINTS, "segment": segment})
    close(home, urls)
    manager, base = home.manager(), f"/people/{person}/segments/2019"
    assert "Gabungkan" not in manager.page(base)
    assert manager.post(f"{base}/merge", {"number": "2", "reason": REASON}, on=base).status_code == 409
    assert manager.send("POST", "/api/v1/periods/2019/segments", {}).status_code == 409
