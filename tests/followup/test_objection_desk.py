"""The objection desk over HTTP: both sides heard, evidence frozen, interests, withdrawal, outages, figures."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from factories.site import PERIOD, Home, Site
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from selaras.clock import now
from selaras.files.service import forget, keep
from selaras.files.store import LocalStore
from selaras.followup.desk.figures import FEW, figures
from selaras.followup.desk.parties import running_parties
from selaras.identity.actor import system
from selaras.identity.permissions import Role

from .test_objections import ANSWER, ON_TARGET, REASON, address, hear, object_to, verdict

SAID = "Realisasi bulan Agustus terhambat karena anggaran baru cair pada September."
PDF = b"%PDF-1.7\nisi bukti dukung\n"
INTEREST = "Pegawai ini adalah saudara kandung saya sendiri."


def desk_page(home: Home, n: int) -> str:
    return f"{address(home, n)}/objections/{PERIOD}"


def api(home: Home, n: int) -> str:
    return f"/api/v1{desk_page(home, n)}"


def told(home: Home, n: int) -> set[str]:
    found = home.scalar(
        "SELECT array_agg(DISTINCT code) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :person",
        person=home.person(n),
    )
    return set(found or ())


def change(home: Home, statement: str, **values: object) -> None:
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text(statement), {"tenant": home.tenant_id, **values})


def invited_days_ago(home: Home, n: int, days: int) -> None:
    change(
        home,
        "UPDATE selaras.objection_case SET invited_at = now() - make_interval(days => :days)"
        " WHERE tenant_id = :tenant AND person_id = :person",
        days=days,
        person=home.person(n),
    )


def delivered_days_ago(home: Home, n: int, days: int) -> None:
    """Somebody's batch was delivered so long ago; all of their unit's were, too."""
    change(
        home,
        "UPDATE selaras.outcome_batch SET delivered_at = now() - make_interval(days => :days) WHERE tenant_id = :tenant"
        " AND id = (SELECT batch_id FROM selaras.outcome WHERE tenant_id = :tenant AND person_id = :person"
        " AND revision = 1)",
        days=days,
        person=home.person(n),
    )


def test_nobody_decides_before_both_sides_were_heard_or_their_time_is_over(site: Site) -> None:
    home, page = site.closed, desk_page(site.closed, 38)
    object_to(home, 38)
    assert {"objection_hearing"} <= told(home, 38)
    assert {"objection_hearing"} <= told(home, 21)
    assert {"objection_filed"} <= told(home, 1)
    superior = home.as_person(1)
    assert verdict(superior, home, 38, verdict="refused") == 409
    assert "Kedua belah pihak didengar" in superior.page(page)
    employee = home.as_person(38)
    assert employee.post(f"{page}/statement", {"content": SAID}, on=page).status_code == 303
    assert verdict(superior, home, 38, verdict="refused") == 409, "the appraiser was not heard yet"
    heard = superior.get(f"{api(home, 38)}/hearing").json
    assert (heard["missing"], heard["over"], heard["article"]) == (["appraiser"], False, "PP 30/2019 Ps 59")
    invited_days_ago(home, 38, 7)
    assert not superior.get(f"{api(home, 38)}/hearing").json["over"], "the last day is theirs to its end"
    invited_days_ago(home, 38, 8)
    assert verdict(superior, home, 38, verdict="in_part", **ON_TARGET) == 303
    shown = employee.page(page)
    assert SAID in shown
    assert "Dikabulkan sebagian" in shown
    assert "Selisih" in shown, "the difference in pay is shown"
    assert employee.get(api(home, 38)).json["extent"] == "part"
    late = home.as_person(21).post(f"{page}/statement", {"nothing": "1"}, on=page)
    assert late.status_code == 409


def test_a_side_explains_once_with_files_that_only_the_parties_read(site: Site) -> None:
    home, page = site.closed, desk_page(site.closed, 39)
    employee = object_to(home, 39)
    for data, status in (
        ({"content": ""}, 422),
        ({"content": "singkat"}, 422),
        ({"content": SAID, "files": (io.BytesIO(b"MZ\x90 program"), "bukti.pdf")}, 422),
        ({"content": SAID, "files": (io.BytesIO(b"PK\x03\x04" + b"\0" * 40), "bukti.docx")}, 422),
        ({"nothing": "1", "files": (io.BytesIO(PDF), "bukti.pdf")}, 422),
        ({"content": SAID, "files": (io.BytesIO(PDF), "bukti rapat.pdf")}, 303),
        ({"content": SAID}, 409),
    ):
        assert employee.post(f"{page}/statement", data, on=page).status_code == status, data
    file = home.as_person(1).get(f"{api(home, 39)}/hearing").json["statements"][0]["files"][0]
    assert (file["media_type"], file["sha256"]) == ("application/pdf", hashlib.sha256(PDF).hexdigest())
    for n in (39, 21, 1):
        assert home.as_person(n).get(f"{page}/statement/{file['id']}").data == PDF
    assert home.as_person(41).get(f"{page}/statement/{file['id']}").status_code == 404
    assert home.as_person(1).post(f"{page}/statement", {"content": SAID}, on="/").status_code == 403, "no side"
    other = home.as_person(38).get(f"{desk_page(home, 38)}/statement/{file['id']}")
    assert other.status_code == 404, "it belongs to another objection"
    appraiser = home.as_person(21)
    sent = appraiser.client.post(
        f"{api(home, 39)}/statement",
        base_url=f"http://{home.host}",
        data={"content": SAID, "files": (io.BytesIO(PDF), "b.pdf")},
        headers={"X-Form-Token": appraiser.get("/api/v1/me").json["form_token"]},
    )
    assert sent.status_code == 200, sent.text
    assert sent.json["over"] is True


def test_the_evidence_is_frozen_with_hashes_and_outlives_changes(site: Site, tmp_path) -> None:
    home = site.closed
    evidence = add_progress(home, 37)
    object_to(home, 37)
    object_to(home, 37)
    assert home.scalar(
        "SELECT count(*) FROM selaras.objection_bundle b JOIN selaras.objection_case c ON c.tenant_id = b.tenant_id"
        " AND c.id = b.case_id WHERE b.tenant_id = :tenant AND c.person_id = :person",
        person=home.person(37),
    ) == 1, "sent twice, frozen once"  # fmt: skip
    described = home.as_person(1).get(f"{api(home, 37)}/bundle").json
    change(
        home, "UPDATE selaras.plan SET state = 'draft' WHERE tenant_id = :tenant AND person_id = :p", p=home.person(37)
    )
    with home.database.tenant(home.tenant_id) as session:
        forget(session, evidence)
    answer = home.as_person(37).get(f"{desk_page(home, 37)}/bundle.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        manifest = archive.read("manifest.json")
        assert hashlib.sha256(manifest).hexdigest() == described["sha256"]
        listed = {one["path"]: one["sha256"] for one in json.loads(manifest)["files"]}
        assert set(archive.namelist()) == {*listed, "manifest.json"}
        assert {path: hashlib.sha256(archive.read(path)).hexdigest() for path in listed} == listed
        assert {"plan.json", "progress.json", "feedback.json", "rating.json", "receipt.json", "rule.json"} <= set(
            listed
        )
        assert PDF in [archive.read(path) for path in listed if path.startswith("evidence/")]
        assert "giver" not in archive.read("feedback.json").decode()
        assert json.loads(archive.read("outcome.json"))["outcome"] == "baik"
    entry = home.scalar(
        "SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'objection.filed'"
        " AND subject = :subject",
        subject=f"person:{home.person(37)}",
    )
    assert entry["bundle"] == described["sha256"]
    assert home.as_person(41).get(f"{desk_page(home, 37)}/bundle.zip").status_code == 404
    assert site.waiting.as_person(37).get(f"{desk_page(home, 37)}/bundle.zip").status_code == 404


def add_progress(home: Home, n: int) -> UUID:
    """A plan with progress in the quarter, and a file behind it."""
    with home.database.tenant(home.tenant_id) as session:
        values = {"tenant": home.tenant_id, "person": home.person(n)}
        plan = session.execute(
            text("INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state)"
                 " VALUES (:tenant, :person, 2026, 1, 'agreed') RETURNING id"), values).scalar_one()  # fmt: skip
        item = session.execute(
            text("INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title, detail)"
                 " VALUES (:tenant, :plan, '1', 'main', 'Layanan', '{}') RETURNING id"),
            {**values, "plan": plan}).scalar_one()  # fmt: skip
        progress = session.execute(
            text("INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)"
                 " VALUES (:tenant, :item, 'quantity', '2026-08-31', 4) RETURNING id"),
            {**values, "item": item}).scalar_one()  # fmt: skip
        store = LocalStore(home.app.extensions["selaras"].settings.files)
        return keep(session, store, system(home.tenant_id), "bukti.pdf", "application/pdf", PDF, "evidence", progress)


def test_what_is_frozen_can_be_neither_changed_nor_cleared_away(site: Site) -> None:
    home = site.closed
    file = home.scalar("SELECT file_id FROM selaras.objection_bundle_file WHERE tenant_id = :tenant LIMIT 1")
    with pytest.raises(IntegrityError), home.database.tenant(home.tenant_id) as session:
        forget(session, file)
    for statement in (
        "UPDATE selaras.objection_bundle SET sha256 = '0' WHERE tenant_id = :tenant",
        "DELETE FROM selaras.objection_bundle_file WHERE tenant_id = :tenant",
        "UPDATE selaras.objection_statement SET content = '' WHERE tenant_id = :tenant",
    ):
        with pytest.raises(ProgrammingError):
            change(home, statement)


def test_a_filing_that_breaks_off_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    home = site.closed

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStore, "put", fails)
    visitor = home.as_person(23)
    page = f"{address(home, 23)}/receipts/{PERIOD}"
    assert visitor.post(f"{page}/objection", {"reason": REASON}, on=page).status_code == 500
    monkeypatch.undo()
    counted = (
        "SELECT count(*) FROM selaras.outcome_event WHERE tenant_id = :tenant AND person_id = :person AND state = :s"
    )
    assert home.scalar(counted, person=home.person(23), s="objected") == 0
    object_to(home, 23)
    assert home.scalar(counted, person=home.person(23), s="objected") == 1


def test_whoever_declares_an_interest_decides_no_more(site: Site) -> None:
    """Person 40's appraiser is 21, above whom is 1, above whom is nobody: then the appointing official decides."""
    home, page = site.closed, desk_page(site.closed, 40)
    object_to(home, 40)
    assert home.as_person(21).post(f"{page}/interest", {"reason": INTEREST}, on="/").status_code == 403
    superior = home.as_person(1)
    assert superior.post(f"{page}/interest", {"reason": "ya"}, on=page).status_code == 422
    assert superior.post(f"{page}/interest", {"reason": INTEREST}, on=page).status_code == 303
    assert "objection_decider" in told(home, 40)
    hear(home, 40, 21)
    assert superior.get(page).status_code == 404
    assert verdict(superior, home, 40, verdict="refused") == 404
    ppk = home.as_role(Role.APPOINTING_OFFICIAL)
    assert "Orang 40" in ppk.page("/objections")
    assert ppk.send("POST", f"{api(home, 40)}/interest", {"reason": INTEREST}).status_code == 204
    assert "Orang 40" not in ppk.page("/objections")
    assert verdict(ppk, home, 40, verdict="refused") == 404


def parties(home: Home) -> set[tuple[UUID, UUID]]:
    with home.database.tenant(home.tenant_id) as session:
        return set(running_parties(session))


def test_a_withdrawn_objection_is_over(site: Site) -> None:
    home, page = site.closed, desk_page(site.closed, 41)
    object_to(home, 42)
    page = desk_page(home, 42)
    running = {tuple(sorted((home.person(42), home.person(n)))) for n in (41, 1)}
    assert running <= parties(home), "with the appraiser, and with who decides"
    assert home.as_person(41).post(f"{page}/withdrawal", on="/").status_code == 404, "only the person withdraws"
    employee = home.as_person(42)
    assert employee.post(f"{page}/withdrawal", on=page).status_code == 303
    assert employee.send("DELETE", api(home, 42)).status_code == 409
    assert "objection_withdrawn" in told(home, 1)
    assert not running & parties(home)
    receipt = f"{address(home, 42)}/receipts/{PERIOD}"
    again = employee.post(f"{receipt}/objection", {"reason": REASON}, on=receipt)
    assert again.status_code == 409, "the result is final"
    assert verdict(home.as_person(1), home, 42, verdict="refused") == 409


def test_a_recorded_outage_moves_the_last_day_and_nothing_else_does(site: Site, console_database) -> None:
    home = site.closed
    delivered_days_ago(home, 45, 15)
    employee, manager = home.as_person(45), home.manager()
    receipt = f"{address(home, 45)}/receipts/{PERIOD}"
    late = employee.post(f"{receipt}/objection", {"reason": REASON}, on=receipt)
    assert late.status_code == 409
    assert "PP 30/2019 Ps 59" in late.text
    five = now() - timedelta(days=5)
    short = {"starts": five.isoformat(), "ends": (five + timedelta(minutes=30)).isoformat(), "reason": REASON}
    for sent, status in (
        ({**short, "ends": short["starts"]}, 422),
        ({**short, "ends": (now() + timedelta(hours=2)).isoformat()}, 422),
        ({**short, "reason": "singkat"}, 422),
        (short, 200),
    ):
        assert manager.send("POST", "/api/v1/outages", sent).status_code == status, sent
    assert employee.send("POST", "/api/v1/outages", short).status_code == 403
    assert employee.post(f"{receipt}/objection", {"reason": REASON}, on=receipt).status_code == 409, "half an hour"
    page = manager.post(
        "/outages",
        {"starts": f"{five:%Y-%m-%d}T06:00", "ends": f"{five:%Y-%m-%d}T18:00", "reason": REASON},
        on="/outages",
    )
    assert page.status_code == 303, page.text[-600:]
    lost = manager.get("/api/v1/outages").json["days_lost"]
    assert f"{five:%Y-%m-%d}" in lost
    with console_database.platform() as session:
        session.execute(
            text("INSERT INTO selaras.platform_outage (tenant_id, starts, ends, reason_text, least_minutes, basis,"
                 " operator_name) VALUES (:t, now() - interval '6 days', now() - interval '4 days', :r, 240,"
                 " '{}', 'x')"),
            {"t": site.waiting.tenant_id, "r": REASON},
        )  # fmt: skip
    assert manager.get("/api/v1/outages").json["days_lost"] == lost, "another agency's outage moves nothing here"
    assert len(site.waiting.manager().get("/api/v1/outages").json["days_lost"]) >= 1
    assert employee.post(f"{receipt}/objection", {"reason": REASON}, on=receipt).status_code == 303
    entry = home.scalar(
        "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'outage.record'"
    )
    assert entry == 2


def test_figures_show_no_single_person(site: Site) -> None:
    home = site.closed
    manager, year = home.manager(), now().year
    shown = manager.get(f"/api/v1/objections/figures?year={year}").json
    assert shown["whole"]["filed"] >= FEW
    assert shown["whole"]["granted_part"] == 1
    small = [one for one in shown["units"] if one["filed"] is None]
    assert len(small) != 1, "a single hidden unit would follow from the sum"
    assert all(one["filed"] is None or one["filed"] >= FEW for one in shown["units"])
    assert all(one["rejected"] is None for one in small)
    assert "Angka keberatan" in manager.page(f"/objections/figures?year={year}")
    assert home.as_person(38).get("/objections/figures").status_code == 403
    assert manager.get(f"/api/v1/objections/figures?year={year - 1}").json["units"] == []
    with site.waiting.database.tenant(site.waiting.tenant_id) as session:
        assert figures(session, system(site.waiting.tenant_id), year).whole.filed == 0


def test_the_decision_waits_for_both_also_through_the_api(site: Site) -> None:
    home = site.closed
    object_to(home, 24)
    superior = home.as_person(1)
    body = {"upheld": True, "in_part": True, "reason": ANSWER, "inputs": ON_TARGET}
    refused = superior.send("POST", f"{api(home, 24)}/decision", body)
    assert (refused.status_code, refused.json["code"]) == (409, "objection.unheard")
