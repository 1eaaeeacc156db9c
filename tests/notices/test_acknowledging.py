"""Whoever hands something in is given the server's time and a reference, once, and finds it again; late by a second."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from factories.desk import Desk, clean, path, stored
from factories.site import PERIOD, Home, Site
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from selaras.clock import fixed
from selaras.errors import NotFound
from selaras.notices.acknowledging import HandedIn, acknowledge, acknowledgement, reference_of

__all__ = ["clean"]

ZONE = "Asia/Makassar"
# The last second of 31 January 2026 at Makassar.
LAST = datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC)
REASON = "Bukti dukung triwulan ini belum diperhitungkan."


def handed_in(**more: object) -> HandedIn:
    what = {"kind": "plan", "subject_id": uuid4(), "content": "isi", "params": {"year": 2026}}
    return HandedIn(**(what | {"due": date(2026, 1, 31), "article": "PermenPANRB 6/2022"} | more))  # type: ignore[arg-type]  # given by name, or wrong on purpose


def somebody(session) -> UUID:
    create_staff(session, 1)
    return session.execute(
        text("SELECT id FROM selaras.person WHERE tenant_id = :t"), {"t": session.info["tenant"]}
    ).scalar_one()


def test_the_day_ends_with_its_last_second_in_the_agencys_zone(session) -> None:
    person = somebody(session)
    with fixed(LAST + timedelta(microseconds=999_999)):
        in_time = acknowledge(session, person, handed_in())
    with fixed(LAST + timedelta(seconds=1)):
        late = acknowledge(session, person, handed_in())
    assert (in_time.is_late(ZONE), late.is_late(ZONE)) == (False, True)
    assert not late.is_late("Asia/Jakarta"), "an hour behind it is still 31 January"
    assert not acknowledge(session, person, handed_in(due=None, article=None)).is_late(ZONE)


def test_a_seal_can_be_worked_out_again_and_a_reference_is_found_however_it_is_typed(session) -> None:
    person, what = somebody(session), handed_in(content="Meningkatnya layanan")
    made = acknowledge(session, person, what)
    said = [person, "plan", what.subject_id, hashlib.sha256(b"Meningkatnya layanan").hexdigest()]
    lines = [*said, made.at.isoformat(), "2026-01-31", "PermenPANRB 6/2022"]
    assert made.seal == hashlib.sha256("\n".join(str(one) for one in lines).encode()).hexdigest()
    assert made.reference == reference_of(made.seal)
    assert acknowledgement(session, person, made.reference.lower().replace("-", " ")) == made
    for wrong in ("", "AAAA", made.reference + "A", "AAAA-AAAA-AAAA"):
        with pytest.raises(NotFound):
            acknowledgement(session, person, wrong)
    with pytest.raises(NotFound):
        acknowledgement(session, uuid4(), made.reference)


def test_an_acknowledgement_is_never_changed_or_removed(session) -> None:
    acknowledge(session, somebody(session), handed_in())
    for statement in ("UPDATE selaras.acknowledgement SET at = now()", "DELETE FROM selaras.acknowledgement"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(f"{statement} WHERE tenant_id = :t"), {"t": session.info["tenant"]})


def whole(home: Home, n: int) -> Desk:
    """Somebody at a form that is filled in as far as it must be."""
    leader = Desk(home, 1)
    if (kept := stored(home, 1)) is None or not kept["items"]:
        assert leader.write(items__0__title="Layanan unit meningkat").status_code == 303
    own = Desk(home, n)
    served = stored(home, 1)["items"][0]["id"]
    assert own.write(items__0__parent_item_id=served, annex__konsekuensi="Pembinaan").status_code == 303
    own.read()
    return own


def kept(home: Home, kind: str, n: int) -> int:
    query = "SELECT count(*) FROM selaras.acknowledgement WHERE tenant_id = :tenant AND kind = :kind AND person_id = :p"
    found: int = home.scalar(query, kind=kind, p=home.person(n))
    return found


def test_a_plan_is_acknowledged_once_however_often_the_button_is_pressed(site: Site) -> None:
    home, own = site.open, whole(site.open, 4)
    before = kept(home, "plan", 4)
    first, second = own.press("submit"), own.press("submit")
    assert first.headers["Location"] == second.headers["Location"]
    assert first.status_code == second.status_code == 303
    assert kept(home, "plan", 4) == before + 1
    changed = own.press("submit", **{"items.0.title": "Sesuatu yang lain"})
    assert (changed.status_code, "Sesuatu yang lain" in changed.text) == (409, True), "that was not handed in"
    again = own.visitor.send("POST", f"/api/v1{path(home, 4, '/submission')}")
    shown = again.json["acknowledgement"]
    assert (again.status_code, kept(home, "plan", 4)) == (200, before + 1)
    assert (shown["late"], shown["due"], shown["article"]) == (True, "2026-01-31", "PermenPANRB 6/2022 (penetapan SKP)")
    assert shown["local_time"].endswith("+08:00")
    assert shown["reference"] in own.visitor.page(path(home, 4, ""))
    page = own.visitor.page(f"/acknowledgements/{shown['reference']}")
    assert "hari setelah hari terakhir" in page
    assert shown["seal"] in page
    assert "WITA" in page
    told = own.visitor.page("/messages")
    assert f"/acknowledgements/{shown['reference']}" in told
    listed = own.visitor.get("/api/v1/acknowledgements").json["items"]
    assert listed[0] == shown == own.visitor.get(f"/api/v1/acknowledgements/{shown['reference']}").json
    found = own.visitor.get(f"/acknowledgements?reference={shown['reference'].lower()}")
    assert found.headers["Location"] == f"/acknowledgements/{shown['reference']}"
    assert shown["reference"] in own.visitor.page("/acknowledgements")
    for stranger in (home.as_person(1), home.manager(), site.closed.as_person(4)):
        for where in ("/acknowledgements/", "/api/v1/acknowledgements/"):
            assert stranger.get(where + shown["reference"]).status_code in (403, 404)


def test_of_two_who_press_at_once_both_are_told_the_same(site: Site) -> None:
    home = site.open
    whole(home, 5)
    where, before = f"/api/v1{path(home, 5, '/submission')}", kept(home, "plan", 5)
    devices = [home.as_person(5) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.send("POST", where), devices))
    assert [one.status_code for one in answers] == [200] * 4
    assert len({one.json["acknowledgement"]["reference"] for one in answers}) == 1
    assert kept(home, "plan", 5) == before + 1


def test_a_plan_that_is_handed_in_again_after_it_came_back_is_acknowledged_anew(site: Site) -> None:
    home, own = site.open, whole(site.open, 6)
    assert own.press("submit").status_code == 303
    before = kept(home, "plan", 6)
    returned = path(home, 6, "/return")
    note = {"note": "Tambahkan indikator kualitas pada hasil pertama."}
    assert home.as_person(1).post(returned, note, on=path(home, 6, "")).status_code == 303
    own.read()
    assert own.press("submit").status_code == 303
    assert kept(home, "plan", 6) == before + 1


def test_an_objection_is_acknowledged_once(site: Site) -> None:
    home, own = site.closed, site.closed.as_person(12)
    where = f"/api/v1/people/{home.person(12)}/objections/{PERIOD}"
    first = own.send("POST", where, {"reason": REASON})
    again = own.send("POST", where, {"reason": REASON})
    assert (first.status_code, again.status_code) == (200, 200)
    shown = first.json["acknowledgement"]
    assert again.json["acknowledgement"] == shown
    assert (shown["late"], shown["article"]) == (False, "PP 30/2019 Ps 59")
    assert shown["content"] == hashlib.sha256(REASON.encode()).hexdigest()
    assert shown["reference"] in own.page(f"/people/{home.person(12)}/receipts/{PERIOD}")
    assert shown["reference"] not in home.as_person(1).page(f"/people/{home.person(12)}/receipts/{PERIOD}")
    assert kept(home, "objection", 12) == 1


def test_an_objection_a_second_after_its_last_day_is_refused_with_the_rule(site: Site) -> None:
    home, own = site.closed, site.closed.as_person(13)
    waits = own.get("/api/v1/next").json["items"]
    until = date.fromisoformat(next(one["due"] for one in waits if one["code"] == "result_to_answer"))
    where = f"/people/{home.person(13)}/receipts/{PERIOD}/objection"
    last_second = datetime(until.year, until.month, until.day, 15, 59, 59, tzinfo=UTC)
    with fixed(last_second + timedelta(seconds=1)):
        late = home.as_person(13).post(where, {"reason": REASON}, on="/")
    assert (late.status_code, "PP 30/2019 Ps 59" in late.text) == (409, True)
    assert kept(home, "objection", 13) == 0
    with fixed(last_second):
        assert home.as_person(13).post(where, {"reason": REASON}, on="/").status_code == 303
    assert kept(home, "objection", 13) == 1
