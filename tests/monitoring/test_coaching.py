"""Guidance and counselling: who records, who reads, acknowledging, following up, reminders; and the calendar feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories.site import Home, Site
from icalendar import Calendar
from sqlalchemy import text

from selaras import clock
from selaras.agenda.reminders import asked_on
from selaras.monitoring.coaching import remind_of_follow_ups
from selaras.regulation import load_registry

WORDS = "Progres RHK tertinggal; dibahas hambatan dan cara mengejarnya."


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.fixed(datetime(2026, 10, 7, 4, tzinfo=UTC)):
        yield


def record(home: Home, coach: int, person: int, kind: str = "guidance", **more: str) -> Any:
    form = {"kind": kind, "cause": "progress_lags", "content": WORDS, "on_day": "2026-10-06", **more}
    return home.as_person(coach).post(f"/people/{home.person(person)}/talks", form, on="/talks")


def talk_of(home: Home, n: int, kind: str = "guidance") -> dict[str, Any]:
    found = home.as_person(n).get("/api/v1/talks").json["items"]
    return next(dict(one) for one in found if one["kind"] == kind)


def test_a_talk_is_recorded_once_told_and_acknowledged(site: Site) -> None:
    home = site.open
    for _ in range(2):
        assert record(home, 1, 2, agreed="Laporan mingguan", follow_up_on="2026-11-02").status_code == 303
    assert len(home.as_person(2).get("/api/v1/talks").json["items"]) == 1
    talk = talk_of(home, 2)
    assert "Laporan mingguan" in home.as_person(2).page(f"/talks/{talk['talk_id']}")
    assert "baca dan nyatakan mengetahui" in home.as_person(2).page("/messages")
    said = home.as_person(2).post(
        f"/talks/{talk['talk_id']}/acknowledgement", {"answer": "Saya memahami."}, on=f"/talks/{talk['talk_id']}"
    )
    assert said.status_code == 303
    page = home.as_person(1).page(f"/talks/{talk['talk_id']}")
    assert "Saya memahami." in page
    done = home.as_person(1).send(
        "POST", f"/api/v1/talks/{talk['talk_id']}/follow-up", {"follow_up": "Semua laporan terkirim."}
    )
    assert done.json["followed_up_at"]
    again = home.as_person(1).send(
        "POST", f"/api/v1/talks/{talk['talk_id']}/follow-up", {"follow_up": "Sekali lagi dicatat."}
    )
    assert again.json["code"] == "talk_followed"


@pytest.mark.parametrize("kind", ["guidance", "counselling"])
def test_who_reads_a_talk(site: Site, kind: str) -> None:
    home = site.open
    assert record(home, 1, 3, kind).status_code == 303
    address = f"/talks/{talk_of(home, 3, kind)['talk_id']}"
    for reader, status in ((1, 200), (3, 200), (4, 404), (21, 404)):
        assert home.as_person(reader).get(address).status_code == status
        assert home.as_person(reader).get(f"/api/v1{address}").status_code == status
    assert home.manager().get(address).status_code in (403, 404)
    # A new appraiser reads guidance, never counselling.
    with home.database.tenant(home.tenant_id) as session:
        values = {"tenant": home.tenant_id, "p": home.person(3), "s": home.person(4)}
        line = "UPDATE selaras.reporting_line SET superior_id = :s WHERE tenant_id = :tenant AND person_id = :p"
        session.execute(text(line), values)
    try:
        with home.database.tenant(home.tenant_id) as session:
            from selaras.identity.actor import Actor  # noqa: PLC0415  # only this test needs it
            from selaras.identity.permissions import Permission  # noqa: PLC0415  # only this test needs it
            from selaras.monitoring import coaching  # noqa: PLC0415  # only this test needs it

            new = Actor(home.tenant_id, None, "x", frozenset(), frozenset(Permission), person_id=home.person(4))
            found = [one.kind for one in coaching.talks_with(session, new, home.person(3), date(2026, 10, 7))]
        assert set(found) <= {"guidance"}
    finally:
        with home.database.tenant(home.tenant_id) as session:
            session.execute(text(line), values | {"s": home.person(1)})


def test_only_who_appraises_records_and_only_the_two_write(site: Site) -> None:
    home = site.open
    assert record(home, 4, 5).status_code in (403, 404)
    assert record(home, 1, 1).status_code == 404
    assert record(home, 1, 25).status_code == 404
    assert record(home, 1, 5).status_code == 303
    talk = talk_of(home, 5)["talk_id"]
    assert home.as_person(6).send("POST", f"/api/v1/talks/{talk}/acknowledgement", {}).status_code == 404
    assert home.as_person(1).send("POST", f"/api/v1/talks/{talk}/acknowledgement", {}).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"content": "x"}, "Tulis 10 sampai"),
        ({"on_day": "2026-10-09"}, "Hari ini belum tiba"),
        ({"follow_up_on": "2026-10-01"}, "setahun ke depan"),
        ({"cause": "gossip"}, "yang ditawarkan"),
    ],
)
def test_what_cannot_be_recorded_is_said(site: Site, change: dict[str, str], words: str) -> None:
    answer = record(site.open, 1, 6, **change)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_closed_period_takes_no_talk(site: Site) -> None:
    refused = record(site.closed, 1, 2, on_day="2026-09-10")
    assert (refused.status_code, "ditutup" in refused.text) == (409, True)


def test_both_are_reminded_once_for_each_step(site: Site) -> None:
    home = site.open
    assert record(home, 1, 7, follow_up_on="2026-11-16").status_code == 303
    told = []
    for day in ("2026-10-20", "2026-11-05", "2026-11-06", "2026-11-13", "2026-11-17"):
        moment = datetime.fromisoformat(f"{day}T05:00").replace(tzinfo=UTC)
        with clock.fixed(moment), home.database.tenant(home.tenant_id) as session:
            told.append(remind_of_follow_ups(session, asked_on(session, home.tenant_id, load_registry())))
    assert told[0] == 0
    assert told[1:] == [2, 0, 2, 2]


def events(data: bytes) -> list[tuple[str, date]]:
    found = Calendar.from_ical(data)
    return [(str(one["summary"]), one.decoded("dtstart")) for one in found.walk("VEVENT")]


def test_the_calendar_has_one_s_last_days_and_nothing_about_others(site: Site) -> None:
    home = site.open
    assert record(home, 1, 8, follow_up_on="2026-11-20").status_code == 303
    visitor = home.as_person(8)
    page = visitor.post("/my-calendar", on="/my-calendar").text
    path = re.search(r'value="http://[^/"]+(/calendar/[\w-]+\.ics)"', page)[1]  # type: ignore[index]  # found, or the test fails
    answer = home.visitor().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    found = events(answer.data)
    assert ("Tindak lanjut bimbingan atau konseling jatuh tempo", date(2026, 11, 20)) in found
    assert date(2027, 1, 31) in [day for _, day in found]
    assert b"Orang" not in answer.data
    assert WORDS.encode() not in answer.data
    assert [one["uid"] for one in Calendar.from_ical(home.visitor().get(path).data).walk("VEVENT")] == [
        one["uid"] for one in Calendar.from_ical(answer.data).walk("VEVENT")
    ]
    assert site.closed.visitor().get(path).status_code == 404
    # A new address ends the old one, and it can be ended altogether.
    new = visitor.send("POST", "/api/v1/me/calendar").json["address"]
    assert home.visitor().get(path).status_code == 404
    path = "/calendar/" + new.rpartition("/")[2]
    assert home.visitor().get(path).status_code == 200
    assert visitor.post("/my-calendar/revocation", on="/my-calendar").status_code == 303
    assert home.visitor().get(path).status_code == 404
