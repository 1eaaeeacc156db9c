"""The printed receipt where it is switched on, earlier results from elsewhere, and the whole way of a file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from factories.site import PERIOD, Home, Site
from factories.uploads import csv_file
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from selaras.clock import today
from selaras.db.session import Database
from selaras.evaluation.printing import receipt_document
from selaras.evaluation.queries import receipt
from selaras.exchange import jobs
from selaras.exchange.handing_over import HEADER
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.organisation.queries import person
from selaras.regulation import load_registry
from selaras.tenancy import rollouts
from selaras.tenancy.features import Feature
from selaras.tenancy.models import FeatureAssignment
from selaras.tenancy.queries import agency

REASON = "Berkas tahun yang keliru dikirim kepada kami."


@pytest.fixture
def printing(site: Site, console_database: Database) -> Iterator[Home]:
    """The agency whose quarter is closed, with the feature switched on."""
    with console_database.platform() as session:
        row = FeatureAssignment(
            tenant_id=site.closed.tenant_id, feature=Feature.PRINTED_RECEIPT, during=Range(date(2020, 1, 1), None)
        )
        session.add(row)
        session.flush()
        made = row.id
    yield site.closed
    with console_database.platform() as session:
        session.execute(text("DELETE FROM selaras.feature_assignment WHERE id = :id"), {"id": made})


def document(home: Home, n: int = 4) -> str:
    return f"/people/{home.person(n)}/receipts/{PERIOD}/document"


def test_without_the_feature_there_is_neither_a_button_nor_an_address(site: Site) -> None:
    manager = site.closed.manager()
    assert "Cetak" not in manager.page(f"/people/{site.closed.person(4)}/receipts/{PERIOD}")
    assert manager.get(document(site.closed)).status_code == 404
    answer = manager.get(f"/api/v1{document(site.closed)}")
    assert (answer.status_code, answer.json["code"]) == (404, "feature_off")


@pytest.mark.parametrize(("language", "name"), [("id", "-id.pdf"), ("en", "-en.pdf"), ("", "-id.pdf")])
def test_with_it_the_person_prints_in_either_language(printing: Home, language: str, name: str) -> None:
    own = printing.as_person(4)
    assert "Cetak (PDF, Bahasa Indonesia)" in own.page(f"/people/{printing.person(4)}/receipts/{PERIOD}")
    for path in (document(printing), f"/api/v1{document(printing)}"):
        answer = own.get(path + (f"?language={language}" if language else ""))
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
        assert name in answer.headers["Content-Disposition"]
        assert PERIOD in answer.headers["Content-Disposition"]


def test_nobody_prints_what_they_may_not_see(printing: Home, site: Site) -> None:
    assert printing.as_person(5).get(document(printing, 4)).status_code == 404
    assert printing.as_person(1).get(document(printing, 4)).status_code == 200
    assert site.open.manager().get(document(printing, 4)).status_code == 404
    assert printing.visitor().get(document(printing, 4)).status_code == 303


def test_who_decides_an_objection_prints_the_receipt_too(printing: Home) -> None:
    """Person 26 (unit 2) is appraised by 21, whose superior is 1; nobody else above them may."""
    superior, other = printing.as_person(1), printing.as_person(41)
    assert superior.get(document(printing, 26)).status_code == 404
    page = f"/people/{printing.person(26)}/receipts/{PERIOD}"
    sent = printing.as_person(26).post(f"{page}/objection", {"reason": "Bukti bulan Agustus belum dihitung."}, on=page)
    assert sent.status_code == 303
    for path in (document(printing, 26), f"/api/v1{document(printing, 26)}"):
        assert superior.get(path).data.startswith(b"%PDF-")
        assert other.get(path).status_code == 404


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_document_says_everything_that_the_page_says(printing: Home, language: str) -> None:
    with printing.database.tenant(printing.tenant_id) as session:
        view = receipt(session, printing.person(4), PERIOD)
        then = person(session, printing.person(4), view.outcome.ends)
        said = receipt_document(agency(session, printing.tenant_id), then, view, {}, language)
    facts = [fact["value"] for fact in said["facts"]]
    assert view.outcome.unit_name in facts
    assert view.outcome.appraiser_name in facts
    assert then.line.name in facts
    assert said["hash"] == view.outcome.rule_hash
    steps = [line for line in view.receipt.lines if line.part == "step"]
    assert [line["label"] for line in said["steps"]] == [line.label[language] for line in steps]
    assert all(line.article in shown["basis"] for line, shown in zip(steps, said["steps"], strict=True))
    assert said["outcome"] == view.receipt.outcome_label[language]


def test_a_rollout_switches_it_by_region_and_date_and_back(site: Site, console_database: Database) -> None:
    home, path = site.closed, document(site.closed)
    goal = rollouts.Goal(rollouts.FEATURE, "printed_receipt", date(2026, 1, 1))
    day = lambda code: date(2026, 9, 30)  # noqa: E731, ARG005  # every period of this site ends there
    registry = load_registry()
    with console_database.platform() as session:
        made = rollouts.start(session, "Rini", goal, registry, reason="uji", slugs=[home.slug])
        rollouts.advance(session, "Rini", made, reason="uji", last_day=day)
    assert home.manager().get(path).status_code == 404, "a pilot changes nothing yet"
    with console_database.platform() as session:
        rollouts.advance(session, "Rini", made, reason="uji", last_day=day)
    assert home.manager().get(path).status_code == 200
    assert site.waiting.manager().get(f"/people/{site.waiting.person(4)}").status_code == 200
    assert "Cetak" not in site.open.manager().page("/people")
    with console_database.platform() as session:
        rollouts.roll_back(session, "Rini", made, reason="uji", last_day=day, starts=today("Asia/Makassar"))
    assert home.manager().get(path).status_code == 404


# --- earlier results


def history_file(home: Home, n: int, **changed: str) -> bytes:
    number = home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :person",
        person=home.person(n),
    )
    row = dict.fromkeys(HEADER, "") | {
        "NIP": number,
        "PERIODE": "2019",
        "REGULASI": "pp46_2011",
        "PREDIKAT": "Baik",
        "NILAI": "85,25",
        "PEJABAT PENILAI": "Siti Rahma",
        "INSTANSI ASAL": "Kementerian Lama",
        "DOKUMEN": "SK 12/2020",
    }
    return csv_file(HEADER, [row | changed])


def sent(home: Home, data: bytes, **more: str) -> str:
    """Upload as the manager; the address that is shown."""
    form = {"kind": "history", "file": (io.BytesIO(data), "riwayat.csv"), **more}
    answer = home.manager().post("/imports", form, on="/imports", content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:800]
    return answer.headers["Location"]


def test_an_earlier_result_stands_beside_one_s_own_and_can_be_withdrawn(site: Site) -> None:
    home = site.closed
    address = sent(home, history_file(home, 4))
    own = home.as_person(4)
    page = own.page(f"/people/{home.person(4)}")
    assert "Kementerian Lama" in page
    assert "SK 12/2020" in page
    link = re.search(r'href="(/people/[^"]+/handed-over/[^"]+)"', page)
    assert link
    assert "Kementerian Lama" in own.page(link[1])
    assert home.as_person(5).get(link[1]).status_code == 404
    answer = own.get(f"/api/v1/people/{home.person(4)}/history").json
    assert [one["source_agency"] for one in answer["handed_over"]] == ["Kementerian Lama"]
    assert len(answer["items"]) == 1, "one's own results are counted apart"
    manager = home.manager()
    short = manager.post(f"{address}/withdrawal", {"reason": "salah"}, on=address)
    assert short.status_code == 422
    assert "salah" in short.text
    assert manager.post(f"{address}/withdrawal", {"reason": REASON}, on=address).status_code == 303
    assert REASON in manager.page(address)
    assert "Kementerian Lama" not in own.page(f"/people/{home.person(4)}")


# --- the way of a file


def test_the_day_and_the_confirmation_come_along(site: Site) -> None:
    manager = site.empty.manager()
    units = b"Id;NamaUnor;DiatasanId;PemimpinPnsId\nu-1;Kota;;\n"
    form = {"kind": "units", "file": (io.BytesIO(units), "unor.csv"), "as_of": "2026-02-03"}
    answer = manager.post("/imports", form, on="/imports", content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:500]
    since = "SELECT lower(during) FROM selaras.unit_placement WHERE tenant_id = :tenant"
    assert site.empty.scalar(since) == date(2026, 2, 3)
    for wrong in ("31-12-2026", "0001-01-01", "9999-12-31"):
        form = {"kind": "units", "file": (io.BytesIO(units), "unor.csv"), "as_of": wrong, "accept_vanished": "true"}
        answer = manager.post("/imports", form, on="/imports", content_type="multipart/form-data")
        assert answer.status_code == 422, wrong
        assert 'name="accept_vanished" value="true" checked' in answer.text


def test_a_name_that_cannot_be_kept_names_its_field(site: Site) -> None:
    manager = site.empty.manager()
    data = {"kind": "units", "file": (io.BytesIO(b"x"), f"{'x' * 300}.csv")}
    answer = manager.send("POST", "/api/v1/imports", data=data)
    assert (answer.status_code, answer.json["code"]) == (422, "file_name_unusable")
    assert list(answer.json["errors"]) == ["file"]


def carry(home: Home, urls: object) -> None:
    """The waiting import done by a worker."""
    admitted = "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"
    job = home.scalar(admitted)
    watch = Watch(urls.app)
    try:
        Carrier(home.database, watch, {jobs.JOB: jobs.run}, lambda: False).carry(home.tenant_id, job)
    finally:
        watch.close()


def large(rows: str) -> bytes:
    """Twelve thousand bytes of units."""
    filler = "x" * 400
    lines = (f"u-{n};{filler};;\n" for n in range(30))
    return ("Id;NamaUnor;DiatasanId;PemimpinPnsId\n" + "".join(lines) + rows).encode()


@pytest.fixture
def low_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of what counts as large: the test client leaves what it spools of a larger body open."""
    monkeypatch.setattr(jobs, "LARGE", jobs.LARGE // 100)


@pytest.mark.usefixtures("low_limit")
def test_a_large_file_is_a_job_with_a_page_of_its_own(site: Site, urls: object) -> None:
    home, manager = site.empty, site.empty.manager()
    form = {"kind": "units", "file": (io.BytesIO(large("")), "besar.csv"), "preview": "true"}
    answer = manager.post("/imports", form, on="/imports", content_type="multipart/form-data")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "/imports/jobs/" in page
    assert "hx-get" in manager.page(page)
    assert "HX-Refresh" not in manager.get(f"{page}/progress").headers
    assert site.open.manager().get(page).status_code == 404
    carry(home, urls)
    assert manager.get(f"{page}/progress").headers["HX-Refresh"] == "true"
    done = manager.get(page)
    assert done.status_code == 303
    assert "besar.csv" in manager.page(done.headers["Location"])
    assert home.scalar("SELECT count(*) FROM selaras.unit WHERE tenant_id = :tenant AND source_id LIKE 'u-2%'") == 0


@pytest.mark.usefixtures("low_limit")
def test_a_large_file_through_the_api_that_is_refused_is_not_kept(site: Site, urls: object) -> None:
    home, manager = site.empty, site.empty.manager()
    kept = "SELECT count(*) FROM selaras.stored_file WHERE tenant_id = :tenant"
    before = home.scalar(kept)
    data = {"kind": "units", "file": (io.BytesIO(large("u-1;;;\n")), "besar.csv")}
    answer = manager.send("POST", "/api/v1/imports", data=data)
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    assert home.scalar(kept) == before + 1
    carry(home, urls)
    job = manager.get(f"/api/v1/imports/jobs/{answer.json['id']}").json
    assert (job["state"], job["problem"]) == ("done", None)
    seen = manager.get(f"/api/v1/imports/{job['batch_id']}").json
    assert (seen["state"], seen["rows"]) == ("refused", 31)
    assert home.scalar(kept) == before


# --- periods opened by mistake


def test_a_period_without_ratings_can_be_removed_and_no_other(site: Site) -> None:
    manager = site.open.manager()
    manager.post("/periods", {"period": "2026-TW2"}, on="/periods")
    page = "/periods/2026-TW2"
    assert "removal" in manager.page(page)
    assert site.open.official().post(f"{page}/removal", {}, on="/periods").status_code == 403
    assert manager.post(f"{page}/removal", {}, on=page).status_code == 303
    assert manager.get(page).status_code == 404
    assert "removal" not in manager.page(f"/periods/{PERIOD}")
    for code, status in ((PERIOD, 409), ("2026-TW2", 404)):
        assert manager.send("DELETE", f"/api/v1/periods/{code}").status_code == status
    assert site.closed.manager().send("DELETE", f"/api/v1/periods/{PERIOD}").status_code == 409
    manager.send("POST", "/api/v1/periods", {"period": "2026-TW1"})
    assert manager.send("DELETE", "/api/v1/periods/2026-TW1").status_code == 204
    entries = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'period.remove'"
    assert site.open.scalar(entries) == 2
