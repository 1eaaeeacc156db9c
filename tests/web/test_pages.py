"""What the pages show and do, through HTTP."""

from __future__ import annotations

import gzip
import io
import re

from factories.site import PERIOD, Site

from selaras.closing.document import determination
from selaras.closing.queries import overview
from selaras.regulation import load_registry
from selaras.tenancy.letterheads import Letterhead
from selaras.tenancy.queries import agency, rules_on

REASON = "Unit ini baru dibentuk dan seluruh targetnya terlampaui."


def test_home_shows_the_closed_quarter_with_its_figures(site: Site) -> None:
    page = site.closed.manager().page("/")
    assert "Triwulan III 2026" in page
    assert "Juli–September 2026" in page
    assert re.search(r"pukul \d\d\.\d\d\s+WITA", page)
    assert '<svg class="bars"' in page
    assert "<title>Predikat pada Triwulan III 2026</title>" in page
    assert re.search(r"Baik: 42 \(70%\)", page)
    assert re.search(r'<td class="num">42</td><td class="num">70%</td>', page)
    assert "Dokumen penetapan (PDF)" in page


def test_the_page_speaks_english_when_asked(site: Site) -> None:
    visitor = site.closed.manager()
    assert visitor.post("/language", {"language": "en", "next": "/people"}, on="/").headers["Location"] == "/people"
    page = visitor.page("/")
    assert '<html lang="en">' in page
    assert "Quarter III of 2026" in page
    assert "Good" in page
    assert visitor.post("/language", {"language": "xx"}, on="/").status_code == 422


def test_an_empty_agency_says_what_to_do_next(site: Site) -> None:
    manager = site.empty.manager()
    assert "Belum ada periode yang dibuka" in manager.page("/")
    assert "Impor unit, lalu pegawai" in manager.page("/people")
    assert "Mulai dengan unit" in manager.page("/imports")


def test_people_are_found_by_the_beginning_of_name_or_number_and_paged(site: Site) -> None:
    manager = site.closed.manager()
    first = manager.page("/people")
    assert first.count('<th scope="row">') == 25
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = manager.page(following[1].replace("&amp;", "&"))
    names = re.findall(r'<th scope="row"><a[^>]*>([^<]+)', first + second)
    assert len(names) == len(set(names)) == 50
    assert re.findall(r'<th scope="row"><a[^>]*>([^<]+)', manager.page("/people?search=orang+7")) == ["Orang 7"]
    number = re.search(r"<td class=\"wide num-id\">(\d{18})</td>", manager.page("/people?search=orang+7"))
    assert number
    assert "Orang 7" in manager.page(f"/people?search={number[1]}")
    assert "Tidak ditemukan" in manager.page("/people?search=zzz")
    assert manager.get("/people?after=broken").status_code == 422
    part = manager.get("/people?search=orang+7", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Orang 7" in part


def test_a_receipt_names_steps_articles_rule_and_pay(site: Site) -> None:
    person = site.closed.person(4)
    page = site.closed.as_person(4).page(f"/people/{person}/receipts/{PERIOD}")
    assert "Rating hasil kerja" in page
    assert "PermenPANRB 6/2022, lampiran (kuadran kinerja)" in page
    assert re.search(r"sidik aturan [0-9a-f]{8}…[0-9a-f]{4}", page)
    assert re.search(r'<td aria-current="true">.*?Sangat Baik', page, re.S)
    assert "TPP" in page
    assert "Rp2.500.000" in page
    assert "Sebaran predikat Unit 1" in page


def test_the_person_accepts_or_objects_and_nobody_else(site: Site) -> None:
    accepting, objecting = site.closed.person(6), site.closed.person(7)
    base = f"/people/{accepting}/receipts/{PERIOD}"
    assert site.closed.as_person(1).post(f"{base}/acceptance", on="/").status_code == 403
    assert site.closed.as_person(5).post(f"{base}/acceptance", on="/").status_code == 404
    person = site.closed.as_person(6)
    asked = person.page(base)
    places = [asked.index(one) for one in ('class="big"', "Penerimaan tidak dapat ditarik", "Saya terima hasil ini")]
    assert places == sorted(places), "the result, what accepting means, then the button"
    assert person.post(f"{base}/acceptance", on=base).status_code == 303
    answered = person.page(base)
    steps = answered[answered.index('<ol class="steps">') : answered.index("</ol>")]
    assert "Diterima" in steps
    assert not re.search(r"sampai \d", steps), "the day of the answer stands there, not the last day to object"
    assert len(set(re.findall(r'class="when">([^<]+)<', steps))) == 1, "set, told and accepted today"
    late = person.post(f"{base}/objection", {"reason": REASON}, on="/")
    assert late.status_code == 409
    assert "Hasil 2026-TW3 sudah diterima" in late.text
    other = site.closed.as_person(7)
    base = f"/people/{objecting}/receipts/{PERIOD}"
    short = other.post(f"{base}/objection", {"reason": "tidak setuju"}, on=base)
    assert short.status_code == 422
    assert "tidak setuju</textarea>" in short.text
    assert "paling sedikit 20 karakter" in short.text
    assert other.post(f"{base}/objection", {"reason": REASON}, on=base).status_code == 303
    assert "Keberatan sedang diproses" in other.page(base)


def test_an_appraiser_rates_and_sees_first_what_it_comes_to(site: Site) -> None:
    head, person = site.open.as_person(1), site.open.person(3)
    assert "19 dari 20" in head.page("/team") or "19 dari 20" in head.page("/")
    form = f"/people/{person}/ratings/{PERIOD}"
    page = head.page(form)
    assert 'name="rating_hasil_kerja" value="di_atas"' in page
    rating = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_bawah"}
    preview = head.post(form, {**rating, "preview": "true"}, on=form)
    assert preview.status_code == 200
    assert "Belum disimpan" in preview.text
    assert re.search(r'class="big" role="status">.*?Kurang', preview.text, re.S)
    missing = head.post(form, {"rating_hasil_kerja": "di_atas"}, on=form)
    assert missing.status_code == 422
    wrong = head.post(form, {**rating, "rating_perilaku": "hebat"}, on=form)
    assert wrong.status_code == 422
    assert (
        site.open.scalar("SELECT count(*) FROM selaras.rating WHERE tenant_id = :tenant AND person_id = :p", p=person)
        == 0
    )
    assert head.post(form, rating, on=form).status_code == 303
    assert "20 dari 20" in head.page("/team")
    assert site.open.as_person(21).get(form).status_code == 404


def test_closing_says_first_what_it_changes_and_for_whom_then_shows_progress(site: Site, urls) -> None:
    manager = site.open.manager()
    page = manager.page(f"/periods/{PERIOD}/close")
    assert "40 pegawai" in page
    assert "keberatan" in page
    assert site.open.as_person(1).get(f"/periods/{PERIOD}/close").status_code == 403
    assert manager.post(f"/periods/{PERIOD}/close", {"without_unrated": "true"}, on="/").status_code == 303
    running = manager.page("/")
    assert "0 dari 9 tahap selesai" in running
    assert 'hx-trigger="every 1s"' in running
    assert '<noscript><meta http-equiv="refresh"' in running
    again = manager.post(f"/periods/{PERIOD}/close", {}, on="/")
    assert again.status_code == 409
    site.open.carry(urls)
    done = manager.get(f"/periods/{PERIOD}/progress")
    assert done.headers["HX-Refresh"] == "true"
    assert "Ditetapkan dan ditutup" in manager.page("/")
    pdf = manager.get(f"/periods/{PERIOD}/document")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")


def test_a_refused_value_is_told_in_the_readers_words(site: Site) -> None:
    head, form = site.open.as_person(1), f"/people/{site.open.person(4)}/ratings/{PERIOD}"
    refused = head.post(form, {"rating_hasil_kerja": "hebat", "rating_perilaku": "sesuai"}, on=form)
    assert refused.status_code == 422
    assert "Rating hasil kerja: nilai tidak dikenal; pakai salah satu dari:" in refused.text
    assert "not an allowed value" not in refused.text


def test_a_rating_of_a_closed_period_is_shown_without_a_form(site: Site) -> None:
    page = site.closed.as_person(1).page(f"/people/{site.closed.person(4)}/ratings/{PERIOD}")
    assert "Penilaian yang diberikan" in page
    assert "Simpan penilaian" not in page
    assert 'type="radio"' not in page


def test_pay_is_for_oneself_and_for_whoever_may_see_it(site: Site) -> None:
    page = f"/people/{site.closed.person(4)}/receipts/{PERIOD}"
    assert "per bulan" in site.closed.as_person(4).page(page)
    assert "per bulan" in site.closed.manager().page(page)
    # Person 1 heads the unit and appraises person 4.
    assert "per bulan" not in site.closed.as_person(1).page(page)


def test_the_manager_opens_a_period(site: Site) -> None:
    manager = site.empty.manager()
    assert "Belum ada periode" in manager.page("/periods")
    for wrong in ("2026-TW9", "2026-S1"):
        refused = manager.post("/periods", {"period": wrong}, on="/")
        assert refused.status_code == 422
        assert wrong in refused.text
    assert site.closed.as_person(1).get("/periods").status_code == 403
    assert site.waiting.official().post("/periods", {"period": "2026-TW4"}, on="/").status_code == 403
    for _ in range(2):
        assert manager.post("/periods", {"period": " 2026-TW4 "}, on="/").status_code == 303
    assert manager.page("/periods").count("Triwulan IV 2026") == 1


def test_a_breach_is_overridden_by_the_official_with_a_reason(site: Site, urls) -> None:
    unit = site.waiting.unit(1)
    manager, official = site.waiting.manager(), site.waiting.official()
    assert "Melanggar pola" in manager.page("/")
    assert "/override" not in manager.page(f"/periods/{PERIOD}")
    path = f"/periods/{PERIOD}/units/{unit}/override"
    assert manager.post(path, {"reason": REASON}, on="/").status_code == 403
    page = official.page("/")
    assert 0 < page.index("Triwulan III 2026 menunggu alasan Anda") < page.index("Penutupan Triwulan III 2026")
    assert path in page
    short = official.post(path, {"reason": "terlalu pendek"}, on="/")
    assert short.status_code == 422
    assert "terlalu pendek</textarea>" in short.text
    assert official.post(path, {"reason": REASON}, on="/").status_code == 303
    site.waiting.carry(urls)
    done = official.page(f"/periods/{PERIOD}")
    assert REASON in done
    assert "ditetapkan dengan alasan" in done
    with site.waiting.database.tenant(site.waiting.tenant_id) as session:
        view, whose = overview(session, PERIOD), agency(session, site.waiting.tenant_id)
        printed = determination(
            whose, Letterhead(), view.period, rules_on(session, whose, view.period.ends, load_registry()), view.checks
        )
    assert str(printed["subtitle"]).startswith("Triwulan III 2026 (1 Juli 2026 s.d.")
    assert [line["violations"] for line in printed["overrides"]] == [
        "Sebagian besar Baik; Sekurangnya 1 Butuh Perbaikan atau Kurang"
    ]


def test_a_bad_file_is_refused_whole_and_named_row_by_row(site: Site) -> None:
    manager = site.empty.manager()
    file = {"kind": "units", "file": (io.BytesIO(b"ID;NAMA\n1;\n"), "unor.csv")}
    response = manager.post("/imports", file, on="/imports", content_type="multipart/form-data")
    assert response.status_code == 303
    page = manager.page(response.headers["Location"])
    assert "Berkas ditolak" in page
    assert "unor.csv" in page
    assert "Kolom “" in page
    assert manager.post("/imports", {"kind": "units"}, on="/imports").status_code == 422
    assert "ditolak" in manager.page("/")


def test_sizes_of_pages_with_everything_they_load(site: Site) -> None:
    manager = site.closed.manager()
    for path in ("/", "/people", f"/people/{site.closed.person(4)}/receipts/{PERIOD}", f"/periods/{PERIOD}"):
        page = manager.page(path)
        assets = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))
        assert assets
        total = sum(len(gzip.compress(body)) for body in [page.encode(), *(manager.get(a).data for a in assets)])
        assert total < 100_000, (path, total)
        for asset in assets:
            assert "immutable" in manager.get(asset).headers["Cache-Control"]
    assert manager.get("/assets/0000/selaras.css").status_code == 404


def test_bodies_are_compressed_and_remembered(site: Site) -> None:
    manager = site.closed.manager()
    small = manager.get("/people", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(manager.get("/people").data) / 3
