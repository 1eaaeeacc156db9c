"""The agency's calendar on its page, by the API and from a file; objections are counted by it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from factories.site import Home, Site
from factories.uploads import taken
from sqlalchemy import text

from selaras.calendar.queries import office_calendar
from selaras.tenancy.legal_clock import LegalClock

PAGE, API = "/calendar", "/api/v1/calendar"
LOCAL = {"day": "2026-10-12", "kind": "local", "name": "Hari jadi kota", "source": "Perda 4/2010"}


@pytest.fixture
def home(site: Site) -> Home:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        for table in ("closed_day", "working_week"):
            session.execute(text(f"DELETE FROM selaras.{table} WHERE tenant_id = :t"), {"t": home.tenant_id})
    return home


def until(home: Home, kind: str) -> date:
    with home.database.tenant(home.tenant_id) as session:
        here = office_calendar(session)
    received, window = datetime(2026, 10, 5, 2, tzinfo=UTC), {"days": 14, "kind": kind}
    return LegalClock("Asia/Jakarta").until(received, window, here)


def test_the_page_shows_days_with_their_source_and_warns_of_a_missing_list(home: Home) -> None:
    manager = home.manager()
    page = manager.page(f"{PAGE}?year=2026")
    assert "SKB 1497/2025" in page
    assert "Cuti Bersama Hari Raya Natal" in page
    assert "Perkiraan" in manager.page(f"{PAGE}?year=2027")
    assert PAGE in manager.page("/periods")
    # Everybody may read it, nobody else may change it.
    own = home.as_person(4)
    assert "SKB 1497/2025" in own.page(f"{PAGE}?year=2026")
    assert f'action="{PAGE}/days' not in own.page(PAGE)
    assert f'action="{PAGE}/days' in page
    for path, data in ((f"{PAGE}/days", LOCAL), (f"{PAGE}/week", {"days": "6", "since": "2026-01-01"})):
        assert own.post(path, data, on=PAGE).status_code == 403
    assert own.send("PUT", f"{API}/week", {"days": 6, "since": "2026-01-01"}).status_code == 403
    assert manager.get(f"{PAGE}?year=1800").status_code == 422


def test_the_manager_records_a_local_holiday_and_a_week_of_six_days(home: Home) -> None:
    manager = home.manager()
    assert (until(home, "working"), until(home, "calendar")) == (date(2026, 10, 23), date(2026, 10, 19))
    assert manager.post(f"{PAGE}/days", LOCAL, on=PAGE).status_code == 303
    assert "Hari jadi kota" in manager.page(f"{PAGE}?year=2026")
    assert (until(home, "working"), until(home, "calendar")) == (date(2026, 10, 26), date(2026, 10, 19))
    assert manager.post(f"{PAGE}/week", {"days": "6", "since": "2026-07-01"}, on=PAGE).status_code == 303
    assert until(home, "working") == date(2026, 10, 22)
    assert manager.post(f"{PAGE}/days/removal", {"day": "2026-10-12"}, on=PAGE).status_code == 303
    assert until(home, "working") == date(2026, 10, 21)
    assert manager.post(f"{PAGE}/days/removal", {"day": "2026-10-12"}, on=PAGE).status_code == 404
    actions = home.scalar(
        "SELECT string_agg(action, ' ' ORDER BY at) FROM selaras.ledger_entry WHERE tenant_id = :tenant"
        " AND action LIKE 'calendar.%'"
    )
    assert str(actions).split()[-3:] == ["calendar.close", "calendar.week", "calendar.open"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("days", {**LOCAL, "day": "besok"}), ("days", {**LOCAL, "day": ""}), ("days", {**LOCAL, "kind": "weekend"}),
        ("days", {**LOCAL, "name": " "}), ("days", {**LOCAL, "source": "x" * 201}),
        ("days", {**LOCAL, "day": "1900-01-01"}),
        ("week", {"days": "7", "since": "2026-01-01"}), ("week", {"days": "6", "since": ""}),
        ("days/removal", {"day": ""}),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_in_words_and_comes_back_as_written(
    home: Home, path: str, data: dict[str, str]
) -> None:
    refused = home.manager().post(f"{PAGE}/{path}", data, on=PAGE)
    assert (refused.status_code, 'role="alert"' in refused.text or "complaint" in refused.text) == (422, True)


def test_the_api_and_a_file_say_the_same(home: Home) -> None:
    manager = home.manager()
    body = {name: LOCAL[name] for name in ("kind", "name", "source")}
    put = manager.send("PUT", f"{API}/days/2026-10-12", body)
    assert [one for one in put.json["days"] if one["own"]] == [{**LOCAL, "own": True}]
    assert manager.send("PUT", f"{API}/days/someday", body).status_code == 422
    assert manager.send("PUT", f"{API}/week", {"days": 6, "since": "2026-01-01"}).json["week"] == 6
    assert manager.send("PUT", f"{API}/week", {"days": 4, "since": "2026-01-01"}).json["code"] == "calendar.week"
    assert manager.get(f"{API}/2027").json["decree"] is None
    days = ("01-01-2027;libur nasional;Tahun Baru", "10-03-2027;cuti bersama;Lebaran")
    rows = "TANGGAL;JENIS;NAMA;DASAR\n" + "".join(f"{one};SKB 2026\n" for one in days)
    with home.database.tenant(home.tenant_id) as session:
        taken(session, "closed_days", rows.encode())
    year = manager.get(f"{API}/2027").json
    assert (year["decree"], year["certainty"], len(year["days"])) == ("SKB 2026", "own", 2)
    assert manager.send("DELETE", f"{API}/days/2026-10-12").status_code == 204
    assert manager.send("DELETE", f"{API}/days/2026-10-12").status_code == 404
