"""Tickets: reported with the request's id, handled by unit and agency, forwarded without names; who sees what."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from factories.clamd import EICAR, clamd
from factories.site import Home, Site
from factories.site_fixtures import fresh_attempts, site
from sqlalchemy import text

from selaras.agenda import rounds
from selaras.clock import now
from selaras.db.session import Database
from selaras.db.tables import sides
from selaras.identity.actor import system
from selaras.identity.permissions import Role, ScopeKind
from selaras.identity.roles import Granting, Scope, grant
from selaras.identity.service import ensure_account
from selaras.organisation.helpdesk.masking import masked
from selaras.tenancy.tickets import figures, forwarded, reply

__all__ = ["fresh_attempts", "site"]

CANARY = "Kenari Rahasia Wicaksana"
NIP = "199001012015031002"
SAID = f"Halaman penilaian milik {CANARY} (NIP {NIP}, surel kenari@contoh.go.id) tidak dapat dibuka sejak pagi."
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def reported(home: Home, n: int, content: str = SAID) -> str:
    body = {"category": "information_system", "content": content}
    answer = home.as_person(n).send("POST", "/api/v1/tickets", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def unit_admin(home: Home, unit: int) -> str:
    """An account that administers one unit."""
    subject = f"unit-{unit}-{uuid4().hex[:6]}@{home.slug}"
    with home.database.tenant(home.tenant_id) as session:
        account = ensure_account(session, subject, "Admin unit")
        wanted = Granting(
            account, Role.AGENCY_ADMIN, "Menangani kendala di unit ini.", now().date(),
            scope=Scope(ScopeKind.UNIT, home.unit(unit)),
        )  # fmt: skip
        grant(session, system(home.tenant_id), wanted, date(2026, 1, 1))
    return subject


def test_a_problem_carries_the_requests_id_and_is_shown_before_it_is_sent(site: Site) -> None:
    home = site.open
    employee = home.as_person(6)
    lost = employee.get("/objections/figures")
    reference = lost.headers["X-Request-Id"]
    assert f"ref={reference}" in lost.text, "the error page leads there with its id"
    form = employee.page(f"/tickets/new?ref={reference}&at=web.home")
    assert reference in form
    assert "web.home" in form
    data = {"category": "appraisal", "content": SAID, "ref": reference, "at": "web.home"}
    sent = employee.post("/tickets/new", {**data, "files": (io.BytesIO(PNG), "layar.png")}, on="/tickets/new")
    assert sent.status_code == 303, sent.text[-800:]
    page = sent.headers["Location"].split("?")[0]
    assert reference in employee.page(page)
    assert "layar.png" in employee.page(page)
    assert home.as_person(7).get(page).status_code == 404, "nobody else's"
    assert site.waiting.as_role(Role.AGENCY_ADMIN).get(page).status_code == 404
    for wrong in ({"content": "x"}, {"category": "gaji"}, {"files": (io.BytesIO(b"MZ" * 50), "a.exe")}):
        assert employee.post("/tickets/new", {**data, **wrong}, on="/tickets/new").status_code == 422, wrong
    odd = employee.page("/tickets/new?ref=<script>&at=/people/someone")
    assert "<script>" not in odd
    assert 'value="/people/someone"' not in odd


def test_attachments_of_tickets_and_statements_are_scanned_where_a_scanner_is_set(site: Site) -> None:
    held, employee = site.app.extensions["selaras"], site.open.as_person(7)

    def sent(data: bytes) -> tuple[int, str]:
        form = {"category": "appraisal", "content": SAID, "files": (io.BytesIO(data), "layar.png")}
        answer = employee.post("/tickets/new", form, on="/tickets/new")
        return answer.status_code, answer.text

    with clamd() as found:
        site.app.extensions["selaras"] = replace(held, settings=replace(held.settings, scanner=found.address))
        try:
            status, text_ = sent(PNG + EICAR)
            assert (status, "Pemindai virus menemukan" in text_) == (422, True)
            assert sent(PNG)[0] == 303
            assert len(found.scanned) == 2
            silent = replace(held.settings, scanner="tcp://127.0.0.1:9")
            site.app.extensions["selaras"] = replace(held, settings=silent)
            status, text_ = sent(PNG)
            assert (status, "Pemindai virus tidak menjawab" in text_) == (503, True)
        finally:
            site.app.extensions["selaras"] = held


def test_it_goes_from_the_unit_to_the_agency_and_answers_come_back(site: Site) -> None:
    home = site.open
    handler = home.as_account(unit_admin(home, 2))
    ticket = reported(home, 25)
    assert handler.get(f"/api/v1/tickets/{ticket}").json["level"] == "unit", "25 serves in unit 2"
    elsewhere = reported(home, 5)
    assert handler.get(f"/api/v1/tickets/{elsewhere}").status_code == 404
    assert (
        handler.send("POST", f"/api/v1/tickets/{ticket}/answers", {"content": "Sedang kami periksa."}).status_code
        == 200
    )
    told = home.scalar(
        "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :p AND code = 'ticket_answered'",
        p=home.person(25),
    )
    assert told == 1
    assert handler.send("POST", f"/api/v1/tickets/{ticket}/operator", {"content": SAID}).status_code == 403
    assert handler.send("POST", f"/api/v1/tickets/{ticket}/agency").json["level"] == "agency"
    assert handler.send("POST", f"/api/v1/tickets/{ticket}/agency").status_code == 409
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert admin.send("POST", f"/api/v1/tickets/{ticket}/answers", {"close": True}).json["state"] == "closed"
    again = home.as_person(25).send("POST", f"/api/v1/tickets/{ticket}/answers", {"content": "Masih terjadi."})
    assert again.status_code == 409
    counts = {one["category"]: one for one in admin.get("/api/v1/tickets/figures").json["items"]}
    assert counts["information_system"]["told"] >= 2
    assert home.as_person(25).get("/api/v1/tickets/figures").status_code == 403


def test_the_operator_sees_a_copy_without_names_and_nothing_else(site: Site, console_database: Database) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("INSERT INTO selaras.person (source_id, name, search_name) VALUES ('canary', :n, lower(:n))"),
            {"n": CANARY},
        )
    ticket = reported(home, 9)
    admin = home.as_role(Role.AGENCY_ADMIN)
    page = admin.page(f"/tickets/{ticket}")
    assert "[nama] (NIP [nomor], surel [surel])" in page, "masked before it is read"
    sent = admin.send("POST", f"/api/v1/tickets/{ticket}/operator", {"content": SAID})
    assert sent.json["level"] == "operator"
    assert admin.send("POST", f"/api/v1/tickets/{ticket}/operator", {"content": SAID}).status_code == 409, "once"
    with console_database.platform() as session:
        mine = next(one for one in forwarded(session) if one.tenant_id == home.tenant_id)
        seen = ""
        for name, model in sides().items():
            if model.side in ("summary", "platform"):
                may = session.scalar(text("SELECT has_table_privilege(:t, 'SELECT')"), {"t": f"selaras.{name}"})
                rows = session.execute(text(f"SELECT t::text FROM selaras.{name} t")).scalars() if may else ()
                seen += "\n".join(rows)
        for secret in (CANARY, NIP, "kenari@", "Orang 9"):
            assert secret not in seen, secret
        assert "[nama]" in seen, "the copy itself is seen"
        reply(session, "operator:test", "Rina", mine.id, "Sudah kami perbaiki.", closes=True)
    said = home.as_person(9).get(f"/api/v1/tickets/{ticket}").json["said"]
    assert (said[-1]["content"], said[-1]["operator"]) == ("Sudah kami perbaiki.", True)
    for _ in range(2):
        with home.database.tenant(home.tenant_id) as session:
            rounds.desk(session, home.tenant_id, "Asia/Jakarta")
    answered = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :p AND code = :c"
    assert home.scalar(answered, p=home.person(9), c="ticket_answered") == 1, "whoever reported is told, once"
    assert f"/tickets/{ticket}" in home.as_person(9).page("/messages")
    with console_database.platform() as session:
        counted = figures(session, date(2026, 1, 1))[home.tenant_id]["information_system"]
        assert counted.told >= counted.open >= counted.forwarded == 1
    for statement in ("SELECT 1 FROM selaras.ticket", "UPDATE selaras.forwarded_ticket SET content = ''"):
        with pytest.raises(Exception, match="permission denied"), console_database.platform() as session:
            session.execute(text(statement))


def test_names_are_taken_out_whole_and_words_stay(site: Site) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("INSERT INTO selaras.person (source_id, name, search_name) VALUES ('adil', 'Adil', 'adil')")
        )
        assert (
            masked(session, "Penilaian adil menurut Adil, bukan Adilkah.")
            == "Penilaian adil menurut [nama], bukan Adilkah."
        )
        assert masked(session, "hubungi orang 6 di +62 812 3456 7890") == "hubungi [nama] di [nomor]"
        assert masked(session, "NIP 19900101 201503 1 002, tahun 2026, 14 hari") == "NIP [nomor], tahun 2026, 14 hari"
