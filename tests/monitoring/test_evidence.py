"""Evidence: what is taken by its content, scanned, within the quota, seen by whom, and removed by its owner alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from factories.clamd import EICAR, Clamd, clamd
from factories.site import Home, Site, Visitor
from sqlalchemy import text

from selaras import clock
from selaras.errors import Invalid
from selaras.files.kinds import MOST_MEGABYTES, evidence_type
from selaras.files.scanning import Scanner, Verdict, scanner_of
from selaras.monitoring import scanning

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 40
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.fixed(datetime(2026, 10, 7, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def scanner() -> Iterator[Clamd]:
    with clamd() as held:
        yield held


def packed(*names: str, mimetype: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 20, "image/jpeg"),
        (PDF, "application/pdf"),
        (
            packed("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_pictures_pdf_and_office_are_told_by_their_content(data: bytes, kind: str) -> None:
    assert evidence_type(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ" + b"\0" * 200,
        b"<html><script>alert(1)</script>",
        b"#!/bin/sh\nrm -rf /",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"just words",
        packed("a.txt"),
        packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        packed("x", mimetype="text/html"),
        b"PK\x03\x04 broken",
        PNG + b"\0" * (MOST_MEGABYTES * 1024 * 1024),
    ],
)
def test_everything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        evidence_type(data)


def test_the_scanner_s_answers(scanner: Clamd) -> None:
    one = Scanner(("127.0.0.1", scanner.port))
    assert one.scan(b"x" * 200_000) is Verdict.CLEAN
    assert len(scanner.scanned[0]) == 200_000
    assert one.scan(EICAR) is Verdict.INFECTED
    scanner.answer = b"INSTREAM size limit exceeded. ERROR\0"
    assert one.scan(b"x") is Verdict.UNKNOWN
    scanner.answer = b""
    assert one.scan(b"x") is Verdict.UNKNOWN
    assert Scanner(("127.0.0.1", 9)).scan(b"x") is Verdict.UNKNOWN
    assert Scanner("/nowhere/clamd.ctl").scan(b"x") is Verdict.UNKNOWN


def line_of(visitor: Visitor) -> str:
    made = visitor.send("POST", "/api/v1/log", {"content": "Rapat", "on_day": "2026-10-07"})
    return str(made.json["activity_id"])


def attach(visitor: Visitor, line: str, data: bytes, name: str = "bukti.png") -> Any:
    sent = {"file": (io.BytesIO(data), name)}
    return visitor.post(f"/log/{line}/evidence", sent, on=f"/log/{line}", content_type="multipart/form-data")


def shown(visitor: Visitor, home: Home, n: int) -> list[dict[str, Any]]:
    lines = visitor.get(f"/api/v1/people/{home.person(n)}/log/2026").json["items"]
    return [one for line in lines for one in line["evidence"]]


@pytest.fixture
def with_settings(site: Site) -> Iterator[Any]:
    """Change settings of the running application for one test."""
    held = site.app.extensions["selaras"]

    def change(**values: Any) -> None:
        site.app.extensions["selaras"] = replace(held, settings=replace(held.settings, **values))

    yield change
    site.app.extensions["selaras"] = held


def test_a_file_is_kept_and_saved_by_who_may_see_the_person(site: Site) -> None:
    home = site.open
    owner = home.as_person(2)
    line = line_of(owner)
    assert attach(owner, line, PNG, "../../Foto kegiatan.png").status_code == 303
    [piece] = shown(owner, home, 2)
    assert (piece["name"], piece["state"], piece["size"]) == ("Foto kegiatan.png", "ready", len(PNG))
    address = f"/evidence/{piece['evidence_id']}"
    for reader in (owner, home.as_person(1), home.manager()):
        for prefix in ("", "/api/v1"):
            answer = reader.get(prefix + address)
            assert (answer.status_code, answer.data) == (200, PNG)
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert home.as_person(3).get(address).status_code == 404
    assert site.closed.manager().get(address).status_code == 404
    assert home.visitor().get(address).status_code == 303


def test_only_the_owner_attaches_and_removes(site: Site) -> None:
    home = site.open
    owner, superior = home.as_person(4), home.as_person(1)
    line = line_of(owner)
    assert attach(owner, line, PDF, "a.pdf").status_code == 303
    [piece] = shown(owner, home, 4)
    assert superior.send("DELETE", f"/api/v1/evidence/{piece['evidence_id']}").status_code == 404
    assert superior.send("POST", f"/api/v1/log/{line}/evidence-links", {"url": "https://x.go.id"}).status_code == 404
    assert owner.send("DELETE", f"/api/v1/log/{line}").json["code"] == "log_has_evidence"
    assert owner.post(f"/evidence/{piece['evidence_id']}/removal", on=f"/log/{line}").status_code == 303
    assert shown(owner, home, 4) == []
    files = "SELECT count(*) FROM selaras.stored_file WHERE tenant_id = :tenant AND subject_id = CAST(:line AS uuid)"
    assert home.scalar(files, line=line) == 0


def test_what_is_refused_leaves_nothing(site: Site) -> None:
    home = site.open
    owner = home.as_person(5)
    line = line_of(owner)
    refused = attach(owner, line, b"<html><script>", "bukti.png")
    assert (refused.status_code, "bukan gambar" in refused.text) == (422, True)
    assert attach(owner, line, b"", "x.png").status_code == 422
    bare = owner.post(f"/log/{line}/evidence", {}, on=f"/log/{line}")
    assert bare.status_code == 422
    assert shown(owner, home, 5) == []


def test_infected_files_are_refused_and_what_is_not_answered_about_waits(
    site: Site, scanner: Clamd, with_settings: Any
) -> None:
    home = site.open
    owner = home.as_person(6)
    line = line_of(owner)
    with_settings(scanner=scanner.address)
    refused = attach(owner, line, PDF + EICAR, "a.pdf")
    assert (refused.status_code, "pemindai virus" in refused.text) == (422, True)
    with_settings(scanner="tcp://127.0.0.1:9")
    for name, data in (("bersih.pdf", PDF), ("buruk.pdf", PDF + EICAR)):
        assert attach(owner, line, data, name).status_code == 303
    assert {one["state"] for one in shown(owner, home, 6)} == {"quarantined"}
    page = owner.page(f"/log/{line}")
    assert "menunggu pemindai virus" in page
    first = shown(owner, home, 6)[0]
    assert owner.get(f"/evidence/{first['evidence_id']}").status_code == 409
    # The scanner is back.
    found = scanner_of(replace(site.settings, scanner=scanner.address))
    assert found is not None
    with home.database.tenant(home.tenant_id) as session:
        assert scanning.ask(session, home.tenant_id, "")
        assert not scanning.ask(session, home.tenant_id, "")
        session.execute(text("DELETE FROM selaras.job_envelope WHERE tenant_id = :t"), {"t": home.tenant_id})
        session.execute(text("DELETE FROM selaras.job WHERE tenant_id = :t"), {"t": home.tenant_id})
        counts = scanning.look(session, site.app.extensions["selaras"].store, found)
    assert counts == {"clean": 1, "infected": 1}
    [left] = shown(owner, home, 6)
    assert (left["name"], left["state"]) == ("bersih.pdf", "ready")
    assert "Pemindai virus menemukan" in owner.page("/messages")


def test_the_quota_of_an_agency(site: Site, with_settings: Any) -> None:
    home = site.waiting
    owner = home.as_person(2)
    line = line_of(owner)
    with_settings(evidence_megabytes=1)
    part = PDF + b"x" * 400_000
    for name in ("a.pdf", "b.pdf"):
        assert attach(owner, line, part, name).status_code == 303
    full = attach(owner, line, part + b"y", "c.pdf")
    assert (full.status_code, "1 MB" in full.text) == (409, True)
    assert owner.send("POST", f"/api/v1/log/{line}/evidence-links", {"url": "https://x.go.id/a"}).status_code == 201


def test_a_closed_period_keeps_its_evidence(site: Site) -> None:
    home = site.closed
    owner = home.as_person(3)
    line = line_of(owner)
    assert attach(owner, line, PDF, "a.pdf").status_code == 303
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.activity SET on_day = DATE '2026-09-01' WHERE tenant_id = :t"), {"t": home.tenant_id}
        )
    [piece] = shown(owner, home, 3)
    assert owner.send("DELETE", f"/api/v1/evidence/{piece['evidence_id']}").json["code"] == "day_settled"
    assert attach(owner, line, PDF, "b.pdf").status_code == 409
    assert len(shown(owner, home, 3)) == 1
