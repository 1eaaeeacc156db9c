"""Printed paper that can be checked: QR, public page, hash, what supersedes it, walls and limits."""

from __future__ import annotations

import io
import re
from hashlib import sha256

from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy import text

from selaras.documents.issuing import qr_svg

REASON = "Bukti dukung bulan Agustus belum dihitung dalam penilaian ini."


def printed(home: Home, visitor: Visitor, path: str) -> tuple[bytes, str]:
    """The PDF and the code under which it was kept."""
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[:300]
    code = home.scalar("SELECT code FROM selaras.issued_document WHERE tenant_id = :tenant ORDER BY id DESC LIMIT 1")
    return answer.data, code


def receipt_of(home: Home, n: int) -> str:
    return f"/people/{home.person(n)}/receipts/{PERIOD}/evaluation"


def test_whoever_holds_the_paper_checks_it_without_an_account(site: Site) -> None:
    home = site.closed
    data, code = printed(home, home.as_person(4), receipt_of(home, 4))
    assert len(code) >= 22
    anybody = home.visitor()
    page = anybody.page(f"/verify/{code}")
    assert sha256(data).hexdigest() in page
    assert "Masih berlaku" in page
    assert "Pemerintah Kabupaten Contoh" in page
    number = home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(4)
    )
    for personal in ("Orang 4", str(home.person(4)), number, PERIOD, "Unit 1", "Baik"):
        assert personal not in page, personal


def test_the_file_or_its_hash_is_compared_and_not_kept(site: Site) -> None:
    home, where = site.closed, "/verify/{}"
    data, code = printed(home, home.as_person(5), receipt_of(home, 5))
    anybody, path = home.visitor(), where.format(code)
    before = home.scalar("SELECT count(*) FROM selaras.stored_file WHERE tenant_id = :tenant")

    def said(**sent: object) -> str:
        return anybody.post(path, sent, on=path, content_type="multipart/form-data").text

    assert "berkas yang dicetak" in said(file=(io.BytesIO(data), "skp.pdf"))
    assert "berkas lain" in said(file=(io.BytesIO(data + b" "), "skp.pdf"))
    assert "berkas yang dicetak" in said(hash=sha256(data).hexdigest().upper())
    assert "bukan SHA-256" in said(hash="abc")
    assert home.scalar("SELECT count(*) FROM selaras.stored_file WHERE tenant_id = :tenant") == before


def test_a_correction_supersedes_what_was_printed_before(site: Site) -> None:
    home = site.closed
    own = home.as_person(38)
    _, code = printed(home, own, receipt_of(home, 38))
    assert "Masih berlaku" in home.visitor().page(f"/verify/{code}")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.outcome (tenant_id, person_id, period_id, segment, revision, batch_id, unit_id,"
                " outcome) SELECT tenant_id, person_id, period_id, segment, 2, batch_id, unit_id, 'baik'"
                " FROM selaras.outcome WHERE tenant_id = :t AND person_id = :p"
            ),
            {"t": home.tenant_id, "p": home.person(38)},
        )
    assert "Digantikan" in home.visitor().page(f"/verify/{code}")


def test_a_plan_is_printed_in_its_form_and_superseded_when_it_changes(site: Site) -> None:
    home, n = site.open, 9
    own, where = home.as_person(n), f"/people/{home.person(n)}/plans/2026"
    missing = own.get(f"{where}/document")
    assert (missing.status_code, "Belum ada" in missing.text or "Tidak ada" in missing.text) == (404, True)
    fields = {"model": "kuantitatif", "items.0.code": "1", "items.0.section": "utama", "items.0.title": "Layanan cepat"}
    made = own.post(f"{where}/write", fields | {"seen": "none", "do": "save"}, on=f"{where}/write")
    assert made.status_code == 303, made.text[:300]
    assert f"{where}/document" in own.page(where)
    data, code = printed(home, own, f"{where}/document?language=en")
    assert data.startswith(b"%PDF-")
    assert "Masih berlaku" in home.visitor().page(f"/verify/{code}")
    assert home.as_person(10).get(f"{where}/document").status_code == 404
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.plan_item SET title = 'Layanan lain' WHERE tenant_id = :t AND plan_id IN"
                " (SELECT id FROM selaras.plan WHERE tenant_id = :t AND person_id = :p)"
            ),
            {"t": home.tenant_id, "p": home.person(n)},
        )
    assert "Digantikan" in home.visitor().page(f"/verify/{code}")


def test_who_has_not_filed_is_printed_for_those_who_see_people(site: Site) -> None:
    home = site.open
    data, code = printed(home, home.manager(), "/plans/2026/not-filed/document")
    assert data.startswith(b"%PDF-")
    assert "belum menyampaikan" in home.visitor().page(f"/verify/{code}")
    assert home.as_person(4).get("/plans/2026/not-filed/document").status_code == 403


def test_a_determination_is_checked_like_every_other_paper(site: Site) -> None:
    home = site.closed
    paper = home.manager().get(f"/periods/{PERIOD}/document")
    code = home.scalar("SELECT code FROM selaras.issued_document WHERE tenant_id = :tenant AND kind = 'determination'")
    page = home.visitor().page(f"/verify/{code}")
    assert "Penetapan predikat kinerja" in page
    assert sha256(paper.data).hexdigest() in page
    assert PERIOD not in page


def test_no_other_agency_knows_the_code_and_nobody_guesses_it(site: Site) -> None:
    home = site.closed
    _, code = printed(home, home.as_person(4), receipt_of(home, 4))
    assert site.open.visitor().get(f"/verify/{code}").status_code == 404
    assert home.visitor().get("/verify/made-up").status_code == 404
    visitor = home.visitor()
    answers = [visitor.get(f"/verify/guess-{n}").status_code for n in range(40)]
    assert answers.count(404) < 35
    assert answers[-1] == 429


def test_the_qr_holds_the_address() -> None:
    drawn = qr_svg("https://contoh.example/verify/abc")
    assert re.match(r"<svg[^>]+", drawn)
    assert qr_svg("https://contoh.example/verify/abd") != drawn
