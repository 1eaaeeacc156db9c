"""One's own log: a line from a phone, never twice, changed with history, seen by whom, closed with its period."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from factories.counting import statements
from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy import text

from selaras import clock

DAY = "2026-10-07"
DOING = {"content": "Menyusun laporan triwulan", "on_day": DAY}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.fixed(datetime(2026, 10, 7, 4, tzinfo=UTC)):
        yield


def item_of(home: Home, n: int) -> UUID:
    """A result of the person's agreed plan of the year."""
    with home.database.tenant(home.tenant_id) as session:
        values = {"tenant": home.tenant_id, "person": home.person(n)}
        plan = session.execute(
            text(
                "INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state)"
                " VALUES (:tenant, :person, 2026, 9, 'agreed') ON CONFLICT (tenant_id, person_id, year, segment)"
                " DO UPDATE SET state = 'agreed' RETURNING id"
            ),
            values,
        ).scalar_one()
        found: UUID = session.execute(
            text(
                "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)"
                " VALUES (:tenant, :plan, 'RHK-9', 'main', 'Laporan tepat waktu') ON CONFLICT"
                " (tenant_id, plan_id, code) DO UPDATE SET kind = 'main' RETURNING id"
            ),
            values | {"plan": plan},
        ).scalar_one()
    return found


def lines(visitor: Visitor, home: Home, n: int) -> list[dict[str, object]]:
    items: list[dict[str, object]] = visitor.get(f"/api/v1/people/{home.person(n)}/log/2026").json["items"]
    return items


def noted(visitor: Visitor, **more: str) -> dict[str, object]:
    answer = visitor.send("POST", "/api/v1/log", {**DOING, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def test_a_line_from_the_form_sent_twice_is_one(site: Site) -> None:
    home = site.open
    visitor, item = home.as_person(2), item_of(home, 2)
    page = visitor.page("/log")
    assert "Laporan tepat waktu" in page
    key = re.search(r'name="key" value="([0-9a-f]+)"', page)[1]  # type: ignore[index]  # found, or the test fails
    form = {
        **DOING,
        "item_id": str(item),
        "amount": "1,5",
        "measure": "laporan",
        "key": key,
        "url": "https://x.go.id/a",
    }
    for _ in range(2):
        assert visitor.post("/log", form, on="/log").status_code == 303
    [line] = lines(visitor, home, 2)
    assert (line["content"], line["item_title"], line["amount"]) == (DOING["content"], "Laporan tepat waktu", "1.5")
    assert [one["url"] for one in line["evidence"]] == ["https://x.go.id/a"]  # type: ignore[attr-defined]  # there, or the test fails


def test_the_api_is_idempotent_by_its_header(site: Site) -> None:
    home = site.open
    visitor = home.as_person(4)
    token = visitor.get("/api/v1/me").json["form_token"]
    headers = {"X-Form-Token": token, "Idempotency-Key": "tap-1"}
    for _ in range(2):
        made = visitor.client.post("/api/v1/log", base_url=f"http://{home.host}", json=DOING, headers=headers)
        assert made.status_code == 201
    assert len(lines(visitor, home, 4)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"content": " "}, "Tulis 1 sampai"),
        ({"on_day": "2026-10-08"}, "Hari ini belum tiba"),
        ({"amount": "-1"}, "tidak kurang dari 0"),
        ({"amount": "banyak"}, "bukan angka"),
        ({"starts": "10:00", "ends": "09:00"}, "Tidak mungkin selesai"),
        ({"item_id": str(UUID(int=5))}, "Pilih RHK"),
        ({"url": "javascript:alert(1)"}, "https://"),
    ],
)
def test_what_cannot_be_noted_is_said_at_its_field(site: Site, change: dict[str, str], words: str) -> None:
    home = site.open
    visitor = home.as_person(5)
    answer = visitor.post("/log", {**DOING, **change}, on="/log")
    assert (answer.status_code, words in answer.text) == (422, True), answer.text[:3000]
    assert lines(visitor, home, 5) == []


def test_a_line_is_changed_with_what_it_said_before(site: Site) -> None:
    home = site.open
    visitor = home.as_person(6)
    line = noted(visitor)["activity_id"]
    changed = {**DOING, "content": "Menyusun dan mengirim laporan", "version": "1"}
    assert visitor.post(f"/log/{line}", changed, on=f"/log/{line}").status_code == 303
    page = visitor.page(f"/log/{line}")
    assert "Menyusun dan mengirim laporan" in page
    assert "Menyusun laporan triwulan" in page
    # The other device still holds the first version.
    late = visitor.post(f"/log/{line}", {**changed, "content": "Lain"}, on=f"/log/{line}")
    assert (late.status_code, "sudah diubah" in late.text) == (409, True)
    assert visitor.send("PUT", f"/api/v1/log/{line}", {**DOING, "version": 1}).json["code"] == "log_changed"
    assert visitor.send("DELETE", f"/api/v1/log/{line}").status_code == 204
    assert lines(visitor, home, 6) == []


def test_a_closed_period_takes_nothing_more(site: Site) -> None:
    home = site.closed
    visitor = home.as_person(7)
    line = noted(visitor)["activity_id"]
    refused = visitor.post("/log", {**DOING, "on_day": "2026-09-10"}, on="/log")
    assert (refused.status_code, "Triwulan III" in refused.text or PERIOD in refused.text) == (409, True)
    assert visitor.send("POST", "/api/v1/log", {**DOING, "on_day": "2026-09-10"}).json["code"] == "day_settled"
    moved = visitor.send("PUT", f"/api/v1/log/{line}", {**DOING, "on_day": "2026-09-10", "version": 1})
    assert moved.json["code"] == "day_settled"


def test_who_reads_a_log(site: Site) -> None:
    home = site.open
    owner = home.as_person(8)
    noted(owner)
    superior = home.scalar(
        "SELECT s.source_id FROM selaras.reporting_line l JOIN selaras.person s ON s.tenant_id = :tenant"
        " AND s.id = l.superior_id WHERE l.tenant_id = :tenant AND l.person_id = :person"
        " AND l.during @> DATE '2026-10-07'",
        person=home.person(8),
    )
    address = f"/people/{home.person(8)}/log/2026"
    assert "Menyusun laporan" in home.as_person(int(superior.rpartition("-")[2])).page(address)
    assert "Menyusun laporan" in home.manager().page(address)
    for other in (9, 12):
        assert home.as_person(other).get(address).status_code in (403, 404)
        assert home.as_person(other).get(f"/api/v1{address}").status_code in (403, 404)
    line = lines(owner, home, 8)[0]["activity_id"]
    stranger = home.as_person(9)
    assert stranger.get(f"/log/{line}").status_code == 404
    assert stranger.send("DELETE", f"/api/v1/log/{line}").status_code == 404


def test_a_log_of_many_lines_takes_two_statements_more_than_none(site: Site) -> None:
    home = site.open
    visitor = home.as_person(10)
    counts = []
    for _ in range(2):
        visitor.page("/log")
        with statements(site.app.extensions["selaras"].database) as seen:
            visitor.page("/log")
        counts.append(len(seen))
        for n in range(12):
            noted(visitor, content=f"Kegiatan {n}")
    assert counts[0] == counts[1]


CSV = "Rencana Aksi,Tanggal,Jam Mulai,Jam Selesai,Kegiatan Harian,Realisasi,Satuan,Bukti Dukung\r\n"
ROW = "{action},2026-10-06,08.00,09:30,Rapat koordinasi,2,dokumen,https://drive.example/x\r\n"


def sent(visitor: Visitor, rows: str, *, preview: bool = False) -> str:
    data = {"file": (io.BytesIO((CSV + rows).encode()), "log_harian.csv"), "preview": "true" if preview else ""}
    answer = visitor.post("/log/file", data, on="/log", content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_file_of_one_s_own_log(site: Site) -> None:
    home = site.open
    visitor = home.as_person(11)
    item_of(home, 11)
    good = ROW.format(action="rhk-9") + ROW.format(action="Laporan  tepat waktu").replace("08.00", "10:00").replace(
        "09:30", "11:00"
    )
    assert "hanya dilihat" in sent(visitor, good, preview=True)
    assert lines(visitor, home, 11) == []
    assert "2 baris baru" in sent(visitor, good)
    assert "sudah ada" in sent(visitor, good)
    found = lines(visitor, home, 11)
    assert [(one["starts"], one["item_code"], one["amount"]) for one in found] == [
        ("10:00", "RHK-9", "2"),
        ("08:00", "RHK-9", "2"),
    ]
    assert [one["url"] for line in found for one in line["evidence"]] == ["https://drive.example/x"] * 2  # type: ignore[attr-defined]  # there, or the test fails


def test_what_is_wrong_with_a_file_is_said_row_by_row(site: Site) -> None:
    home = site.open
    visitor = home.as_person(13)
    item_of(home, 13)
    rows = (
        ROW.format(action="RHK-9")
        + ROW.format(action="Rencana lain")
        + ROW.format(action="RHK-9").replace("08.00", "25:00")
        + ROW.format(action="RHK-9").replace("https://drive.example/x", "drive x")
        + ROW.format(action="RHK-9").replace("2026-10-06", "2026-12-24")
    )
    page = sent(visitor, rows)
    assert "Baris 4" in page
    assert "25:00" in page
    assert "2026-12-24" in page
    assert lines(visitor, home, 13) == []
    again = sent(visitor, ROW.format(action="RHK-9") + ROW.format(action="Rencana lain"))
    assert "Baris 3" in again


def test_nobody_brings_a_log_of_somebody_else(site: Site) -> None:
    home = site.open
    item_of(home, 14)
    number = home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p LIMIT 1",
        p=home.person(14),
    )
    rows = f"NIP,{CSV}{number},{ROW.format(action='RHK-9')}"
    data = {"file": (io.BytesIO(rows.encode()), "log.csv"), "kind": "daily_log"}
    answer = home.as_person(15).post("/log/file", {"file": (io.BytesIO(rows.encode()), "log.csv")}, on="/log")
    assert answer.status_code == 200
    assert lines(home.as_person(14), home, 14) == []
    # Whoever imports for the agency does.
    taken = home.manager().post("/imports", data, on="/imports", content_type="multipart/form-data")
    assert taken.status_code == 303
    assert [one["source"] for one in lines(home.as_person(14), home, 14)] == ["import"]


def locked_from(home: Home, code: str, day: str) -> None:
    with home.database.tenant(home.tenant_id) as session:
        statement = (
            "INSERT INTO selaras.period_lock (tenant_id, code, matter, from_day) VALUES (:t, :c, 'progress', :d)"
            " ON CONFLICT (tenant_id, code, matter) DO UPDATE SET from_day = excluded.from_day"
        )
        session.execute(text(statement), {"t": home.tenant_id, "c": code, "d": day})


def test_a_locked_period_takes_no_line_no_evidence_and_no_step(site: Site) -> None:
    home, code = site.open, "2026-TW4"
    item_of(home, 16)
    visitor = home.as_person(16)
    line = noted(visitor, item_id=str(item_of(home, 16)))["activity_id"]
    steps = f"/api/v1/people/{home.person(16)}/plans/2026/actions/{code}"
    locked_from(home, code, "2026-10-01")
    key = re.search(r'name="key" value="([0-9a-f]+)"', visitor.page("/log"))[1]  # type: ignore[index]  # found, or the test fails
    answers = {
        "page": visitor.post("/log", {**DOING, "key": key}, on="/log").status_code,
        "line": visitor.send("POST", "/api/v1/log", DOING).json["code"],
        "change": visitor.send("PUT", f"/api/v1/log/{line}", {**DOING, "version": 1}).json["code"],
        "removal": visitor.send("DELETE", f"/api/v1/log/{line}").json["code"],
        "evidence": visitor.send("POST", f"/api/v1/log/{line}/evidence-links", {"url": "https://x.go.id"}).json["code"],
        "steps": visitor.send("PUT", steps, {"items": []}).json["code"],
    }
    assert answers.pop("page") in (409, 422)
    assert set(answers.values()) == {"period_locked"}, answers
    assert noted(visitor, on_day="2026-09-30"), "another period's day"
    locked_from(home, code, "2026-10-08")
    assert noted(visitor), "from tomorrow on"
