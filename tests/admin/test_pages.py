"""What the console's pages show: agencies, one agency, regions, rollouts, isolation; in both languages."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from selaras.clock import fixed
from selaras.db.session import Database
from selaras.regulation import load_registry
from selaras.tenancy import rollouts
from selaras.tenancy.rollouts import Goal
from selaras_admin.app import process_of


def _names(page: str) -> list[str]:
    return re.findall(r'<a href="/agencies/[^"]+">([^<]+)</a>', page)


def test_an_agency_stands_in_the_list_with_its_last_close(operator, plant, close_period):
    one = plant("Pemerintah Kabupaten Sidoarjo Uji", region="3515", kind="regency")
    close_period(one, "2026-TW2", at=datetime(2026, 7, 6, 2, 0, tzinfo=UTC), breaches=0, overrides=0)
    close_period(one, "2026-TW3")
    close_period(one, "2019", at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    page = operator.page("/?search=sidoarjo+uji")
    for told in (
        "Pemerintah Kabupaten Sidoarjo Uji", "Kabupaten Sidoarjo · aktif", f"{one.slug}.localhost", "aktif",
        "PermenPANRB", "Triwulan III", "7 Oktober 2026", "11.00 WIB", "300", "1 di luar pola", "2,5",
        "Rp1.150.000.000", "95,8% dari dasar",
    ):  # fmt: skip
        assert told in page, told
    assert "Triwulan II 2026" not in page


def test_the_regulation_of_today_follows_the_agencys_own_day(operator, plant, console_database):
    """At 15.30 UTC it is the new year in Jayapura already, and still the old one in Jakarta."""
    east, west = plant("Timur Jauh", zone="Asia/Jayapura"), plant("Barat Jauh", zone="Asia/Jakarta")
    with console_database.platform() as session:
        for one in (east, west):
            session.execute(
                text(
                    "UPDATE selaras.regulation_assignment SET during = '[2022-01-01,2027-01-01)'"
                    " WHERE tenant_id = :tenant AND regulation = 'permenpan_6_2022'"
                ),
                {"tenant": one.tenant_id},
            )
    with fixed(datetime(2026, 12, 31, 15, 30, tzinfo=UTC)):
        assert "tidak ada" in operator.sign_in(operator.who).page("/?search=Timur+Jauh")
        assert "PermenPANRB" in operator.page("/?search=Barat+Jauh")


def test_predecessor_and_successor_are_named(operator, plant, console_database):
    old, new = plant("Kementerian Lama", kind="ministry", status="ended"), plant("Kementerian Baru", kind="ministry")
    with console_database.platform() as session:
        session.execute(
            text(
                "INSERT INTO selaras.agency_succession"
                " (predecessor_id, successor_id, effective, legal_basis, certainty)"
                " VALUES (:old, :new, '2024-10-21', 'Perpres 139/2024', 'regulation')"
            ),
            {"old": old.tenant_id, "new": new.tenant_id},
        )
    assert "dilanjutkan oleh Kementerian Baru sejak 21 Oktober 2024" in operator.page("/?search=Kementerian+Lama")
    assert "melanjutkan tugas Kementerian Lama" in operator.page("/?search=Kementerian+Baru")
    page = operator.page(f"/agencies/{new.uuid}")
    assert f"/agencies/{old.uuid}" in page
    assert "Perpres 139/2024" in page
    assert "dibaca dalam peraturan" in page


def test_the_list_is_searched_narrowed_sorted_and_paged(operator, plant, close_period):
    mark = f"x{uuid4().hex[:8]}"
    few = plant(f"A {mark}", region="3515", kind="regency")
    many = plant(f"B {mark}", kind="ministry")
    plant(f"C {mark}", status="suspended")
    close_period(few, outcomes={"baik": 50}, seconds=9.5)
    close_period(many, outcomes={"baik": 900}, seconds=0.5)
    letters = lambda query: "".join(name[0] for name in _names(operator.page(f"/?search={mark}&{query}")))  # noqa: E731  # one line says it
    assert letters("") == "ABC"
    assert letters("kind=ministry") == "B"
    assert letters("region=35") == "A"
    assert letters("region=94") == ""
    assert letters("region=-") == "BC"
    assert letters("status=suspended") == "C"
    assert letters("sort=people") == "BAC"
    assert letters("sort=seconds") == "ABC"
    assert _names(operator.page(f"/?search={few.slug}.localhost")) == [few.name]
    for number in range(60):
        plant(f"{mark} {number:02d}")
    first, second = operator.page(f"/?search={mark}"), operator.page(f"/?search={mark}&page=2")
    assert (len(_names(first)), len(_names(second))) == (50, 13)
    assert "Halaman 2 dari 2" in second
    assert _names(operator.page(f"/?search={mark}&page=99")) == _names(second)


def test_what_cannot_be_sorted_by_is_told(operator):
    answer = operator.get("/?sort=secret")
    assert answer.status_code == 422
    assert "Daftar ini tidak dapat diurutkan menurut secret" in answer.text


def test_nothing_found_says_what_to_do(operator, plant):
    plant()
    page = operator.page("/?search=tidak-ada-sama-sekali")
    assert "Tidak ada instansi yang cocok" in page
    assert "Tampilkan semua" in page


def test_statements_do_not_grow_with_the_agencies(operator, plant, close_period, statements):
    def count(path: str) -> int:
        statements.clear()
        operator.page(path)
        return len(statements)

    for _ in range(10):
        close_period(plant(region="3515", kind="regency"))
    paths = ("/", "/regions", "/rollouts")
    at_ten = [count(path) for path in paths]
    for _ in range(90):
        close_period(plant(region="3515", kind="regency"))
    assert [count(path) for path in paths] == at_ten
    assert at_ten[0] <= 7, "five for the list, two for who asks"


def test_a_page_of_a_hundred_agencies_is_light(operator, plant, close_period):
    for number in range(100):
        close_period(plant(f"Pemerintah Kabupaten Dengan Nama Panjang {number}", region="3515", kind="regency"))
    page = operator.get("/?search=Nama+Panjang", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(_names(gzip.decompress(page.data).decode())) == 50
    loaded = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', gzip.decompress(page.data).decode()))
    parts = [operator.get(path, headers={"Accept-Encoding": "gzip"}).data for path in loaded]
    assert len(parts) >= 2
    assert len(page.data) + sum(map(len, parts)) < 60_000


def test_one_agency_shows_its_facts_regulations_and_closes(operator, plant, close_period, rule_text):
    one = plant("Pemerintah Provinsi Contoh", region="35", kind="province", zone="Asia/Makassar")
    close_period(one)
    page = operator.page(f"/agencies/{one.uuid}")
    for told in (
        "Jawa Timur", "Asia/Makassar", f"{one.slug}.localhost", "PP 46", "1 Januari 2014 sampai sebelum 1 Juli 2021",
        "sejak 1 Januari 2022", "mulai 2022", "12.00 WITA", "Sangat Baik", "240", "80%", "95,8%",
        "Instansi ini tidak termasuk dalam penerapan mana pun",
    ):  # fmt: skip
        assert told in page, told
    assert "disembunyikan" not in page


def test_cells_that_are_too_small_are_hidden(operator, plant, close_period, rule_text):
    one = plant("Instansi Kecil")
    close_period(one, outcomes={"sangat_baik": 37, "baik": 203, "butuh_perbaikan": 17, "kurang": 3})
    page = operator.page(f"/agencies/{one.uuid}")
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    shown = dict(re.findall(r"<span>([^<]+)</span></span>.*?<td class=\"num[^>]*>(.*?)</td>", table, re.S))
    assert shown["Baik"] == "203"
    assert shown["Sangat Baik"] == "37"
    assert "disembunyikan" in shown["Kurang"]
    assert "disembunyikan" in shown["Butuh Perbaikan"]
    assert shown["Sangat Kurang"] == "0"
    assert "kurang dari lima orang" in page


def test_an_outcome_without_its_rules_words_stands_for_itself(operator, plant, close_period):
    one = plant("Instansi Aturan Lama")
    close_period(one, regulation="aturan_lama", outcomes={"cukup": 30})
    page = operator.page(f"/agencies/{one.uuid}")
    assert "cukup" in page
    assert "aturan_lama" in page


def test_an_agency_that_closed_nothing_says_what_comes(operator, plant):
    assert "Hasil perorangan tidak pernah ditampilkan" in operator.page(f"/agencies/{plant().uuid}")


def test_an_unknown_agency_is_not_there(operator):
    assert operator.get(f"/agencies/{uuid4()}").status_code == 404


def _row(page: str, name: str) -> list[str]:
    row = next(one for one in re.findall(r"<tr.*?</tr>", page, re.S) if re.search(rf">{name}\b", one))
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]


def test_every_province_tells_how_many_closed(operator, plant, close_period):
    before = _row(operator.page("/regions"), "Jawa Timur")
    one = plant(region="3515", kind="regency")
    plant(region="35", kind="province")
    plant(region="35", kind="province", status="ended")
    close_period(one)
    page = operator.page("/regions")
    assert len(re.findall(r'<tr><th scope="row"', page)) == 39
    assert "Triwulan III" in page
    agencies, closed = _row(page, "Jawa Timur")
    assert agencies == f"{int(before[0].split()[0]) + 2} dari 39"
    assert int(closed) == (int(before[1]) if before[1] != "–" else 0) + 1
    assert _row(operator.page("/regions?period=2025-TW1"), "Jawa Timur")[1] == "0"
    assert operator.get("/regions?period=kapan").status_code == 422


def test_rollouts_are_listed_with_their_stages(operator, plant, console_database):
    one = plant("Instansi Terapan", region="3578", kind="city")
    with console_database.platform() as session:
        session.execute(
            text("DELETE FROM selaras.regulation_assignment WHERE tenant_id = :tenant"), {"tenant": one.tenant_id}
        )
        rollouts.start(
            session,
            "uji",
            Goal("regulation", "permenpan_6_2022", date(2027, 1, 1)),
            load_registry(),
            reason="Gelombang percontohan",
            slugs=[one.slug],
        )
    page = operator.page("/rollouts")
    for told in ("PermenPANRB", "Gelombang percontohan", "1 Januari 2027", "percontohan", "instansi pilihan"):
        assert told in page, told
    page = operator.page(f"/agencies/{one.uuid}")
    assert "Gelombang percontohan" in page
    assert "tidak mengikuti peraturan apa pun" in page


def test_isolation_asks_the_database_and_names_the_command(operator):
    page = operator.page("/isolation")
    assert "selaras tenant prove-isolation" in page
    assert "selaras_console" in page
    assert 'class="note bad"' not in page


def test_isolation_tells_when_the_role_reads_too_much(operator, urls):
    with psycopg.connect(urls.admin, autocommit=True) as admin:
        admin.execute("GRANT SELECT (id) ON selaras.person TO selaras_console")
        try:
            page = operator.page("/isolation")
        finally:
            admin.execute("REVOKE ALL (id) ON selaras.person FROM selaras_console")
    assert 'class="note bad"' in page
    assert "<small>person</small>" in page
    assert 'class="note bad"' not in operator.page("/isolation")


def test_everything_reads_in_english_too(operator, plant, close_period, rule_text):
    one = plant("Instansi Dwibahasa")
    close_period(one)
    answer = operator.post("/language", {"language": "en", "next": "/regions"}, on="/")
    assert answer.location == "/regions"
    assert operator.client.get_cookie("selaras_console_language", domain="console.localhost").value == "en"
    assert '<html lang="en">' in operator.page("/regions")
    assert "Agencies that have ended are left out" in operator.page("/regions")
    page = operator.page(f"/agencies/{one.uuid}")
    for told in ("Regulations by date", "Effect on pay", "7 October 2026 at 11:00 WIB"):
        assert told in page, told
    assert operator.post("/language", {"language": "xx"}, on="/").status_code == 422


def test_headers_guard_every_answer(operator):
    answer = operator.get("/")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert operator.get("/nowhere").status_code == 404
    assert "<script" not in answer.text


def test_a_database_that_is_away_is_told_in_words(operator, app, monkeypatch):
    """The pool is emptied and pointed at nothing: the page says so, and says nothing of the inside."""
    database = process_of(app).database
    broken = Database("postgresql://selaras_console@127.0.0.1:1/none")
    monkeypatch.setattr(database, "engine", broken.engine)
    answer = operator.get("/")
    assert answer.status_code == 503
    assert "127.0.0.1" not in answer.text
    broken.close()


@pytest.mark.parametrize("path", ["/", "/regions", "/rollouts", "/isolation"])
def test_a_page_that_did_not_change_is_not_sent_again(operator, path):
    first = operator.get(path)
    assert re.sub(r'value="[^"]{30,}"', "", first.text) == re.sub(r'value="[^"]{30,}"', "", operator.get(path).text)
