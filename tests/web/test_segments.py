"""Rating a part of a period, and reading how a combined result came about: pages and API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from factories.site import Home, site_settings
from factories.years import BEHAVIOUR, Years
from sqlalchemy import text

from selaras.app import create_app
from selaras.closing import service
from selaras.config import settings
from selaras.evaluation.forming import form_segments
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
