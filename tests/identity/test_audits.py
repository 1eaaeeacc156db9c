"""An auditor says why before anything about people is shown; for some hours, and everybody looked at is listed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy import text

from selaras import clock
from selaras.identity.permissions import Role

REASON = "Surat tugas Inspektorat 700/45, audit triwulan III"


@pytest.fixture
def home(site: Site) -> Home:
    return site.closed


def begin(visitor: Visitor) -> dict[str, object]:
    answer = visitor.send("POST", "/api/v1/audits", {"reason": REASON})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json["audit"]
    return made


def test_without_a_reason_only_figures_are_shown(home: Home) -> None:
    auditor = home.as_role(Role.AUDITOR)
    path = f"/people/{home.person(5)}"
    assert auditor.get(f"/periods/{PERIOD}").status_code == 200
    refused = auditor.get(f"/api/v1{path}")
    assert (refused.status_code, refused.json["code"]) == (403, "audit_reason_missing")
    assert "Audit" in auditor.get(path).text
    short = auditor.post("/audits", {"reason": "iseng"}, on="/audits")
    assert short.status_code == 422
    assert "iseng" in short.text
    assert auditor.get(path).status_code == 403


def test_everybody_looked_at_is_listed_for_the_agency(home: Home) -> None:
    auditor, admin = home.as_role(Role.AUDITOR), home.as_role(Role.AGENCY_ADMIN)
    audit = begin(auditor)
    for n in (5, 5, 6):
        assert auditor.get(f"/people/{home.person(n)}").status_code == 200
    listed = admin.get(f"/api/v1/audits/{audit['id']}").json
    assert listed["audit"]["reason"] == REASON
    assert [one["name"] for one in listed["seen"]] == ["Orang 5", "Orang 5", "Orang 6"]
    assert REASON in admin.page("/audits")
    assert "Orang 6" in admin.page(f"/audits/{audit['id']}")
    assert home.manager().get("/audits").status_code == 403
    with home.database.tenant(home.tenant_id) as session:
        query = text("SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :t AND subject = :s ORDER BY id")
        entries = list(session.execute(query, {"t": home.tenant_id, "s": f"audit:{audit['id']}"}).scalars())
    assert REASON not in json.dumps(entries)
    assert len(entries[0]["reason"]) == 64
    assert [one["people"] for one in entries[1:]] == [[str(home.person(n))] for n in (5, 5, 6)]


def test_an_audit_ends_by_itself_and_by_hand(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = home.as_role(Role.AUDITOR)
    path = f"/people/{home.person(5)}"
    first = begin(auditor)
    assert auditor.send("POST", f"/api/v1/audits/{first['id']}/end").status_code == 204
    assert auditor.get(path).status_code == 403
    assert auditor.send("POST", f"/api/v1/audits/{first['id']}/end").status_code == 409
    second = begin(auditor)
    assert auditor.get(path).status_code == 200
    with home.database.tenant(home.tenant_id) as session:
        early = datetime.fromisoformat(str(second["opened_at"])) - timedelta(hours=9)
        session.execute(
            text(
                "UPDATE selaras.inspection SET opened_at = :early, until = :early + interval '8 hours'"
                " WHERE tenant_id = :t AND id = :id"
            ),
            {"t": home.tenant_id, "id": second["id"], "early": early},
        )
    assert early + timedelta(hours=8) < clock.now()
    assert auditor.get(path).status_code == 403


def test_nobody_ends_or_begins_for_others(home: Home, site: Site) -> None:
    audit = begin(home.as_role(Role.AUDITOR))
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert admin.send("POST", f"/api/v1/audits/{audit['id']}/end").status_code == 403
    assert admin.send("POST", "/api/v1/audits", {"reason": REASON}).status_code == 403
    elsewhere = site.open.as_role(Role.AGENCY_ADMIN)
    assert elsewhere.get(f"/api/v1/audits/{audit['id']}").status_code == 404
