"""The agency's rules as a pack, on the page and by the API: out, looked at, in; and the pages of talent and points."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from factories.declared import check, declared_at
from factories.site import Site, Visitor
from sqlalchemy import text
from werkzeug.test import TestResponse

from selaras.identity.permissions import Role

REASON = "Keputusan pejabat pembina kepegawaian Nomor 9 Tahun 2026."


def upload(manager: Visitor, document: str, start: str = "2027-01-01") -> str:
    file = (io.BytesIO(document.encode()), "pack.toml")
    return manager.post("/rule-pack/look", {"file": file, "from": start}, on="/rule-pack").text


def test_out_looked_at_and_in(site: Site) -> None:
    manager = site.closed.manager()
    got = manager.get("/rule-pack/file")
    assert (got.status_code, got.mimetype) == (200, "application/toml")
    assert "attachment" in got.headers["Content-Disposition"]
    rule = '\n[[rule]]\nof = "rating_procedure"\nfrom = 2027-01-01\nreview = true\nbriefing = true\n'
    rule += '[[rule]]\nof = "ranking"\nfrom = 2014-01-01\ngroup_by = ["employment"]\nminimum_size = 3\n'
    # Not whole: it says nothing of the table of pay, which one person could only draft.
    document = got.text.replace("whole = true\n", "").split("\n[[rule]]")[0] + rule
    looked = upload(manager, document)
    assert "Cara penilaian diberikan" in looked
    assert "Yang akan berubah" in looked
    form = dict(re.findall(r'<input type="hidden" name="(version|from)" value="([^"]*)">', looked))
    assert form["from"] == "2027-01-01"
    short = manager.post("/rule-pack/load", {**form, "pack": document, "reason": "Baik"}, on="/rule-pack")
    assert (short.status_code, 'role="alert"' in short.text) == (422, True)
    done = manager.post("/rule-pack/load", {**form, "pack": document, "reason": REASON}, on="/rule-pack")
    assert done.status_code == 303
    stale = manager.post("/rule-pack/load", {**form, "pack": document, "reason": REASON}, on="/rule-pack")
    assert (stale.status_code, "sudah berubah" in stale.text) == (409, True)
    assert "Tidak ada: sejak hari itu" in upload(manager, document)
    for wrong in ("", "[agency", "x" * 260_000):
        assert 'role="alert"' in upload(manager, wrong)
    assert site.closed.as_person(4).get("/rule-pack").status_code == 403
    assert site.closed.official().get("/rule-pack/file").status_code == 403


def matched(manager: Visitor, body: dict[str, object], version: str) -> TestResponse:
    headers = {"X-Form-Token": manager.get("/api/v1/me").json["form_token"], "If-Match": version}
    base = f"http://{manager.host}"
    return manager.client.post("/api/v1/rule-pack", base_url=base, json=body, headers=headers)


def test_the_api_does_the_same(site: Site) -> None:
    manager, spec = site.open.manager(), declared_at(site)
    shown = manager.get("/api/v1/rule-pack")
    check(spec, "GET", "/api/v1/rule-pack", shown)
    part = shown.json["pack"].replace("whole = true\n", "").split("\n[[rule]]")[0]
    part += '\n[[rule]]\nof = "working_week"\nfrom = 2031-01-01\ndays = 6\n'
    body = {"pack": part, "from_day": "2031-01-01", "dry_run": True}
    looked = manager.send("POST", "/api/v1/rule-pack", body)
    check(spec, "POST", "/api/v1/rule-pack", looked)
    assert "working_week" in {one["rule"] for one in looked.json["changes"]}
    assert manager.get("/api/v1/rule-pack").json["version"] == shown.json["version"]
    body |= {"dry_run": False, "reason": REASON}
    stale = matched(manager, body, '"other"')
    assert (stale.status_code, stale.json["code"]) == (409, "rules.changed")
    done = matched(manager, body, shown.json["version"])
    assert done.status_code == 200
    again = manager.send("POST", "/api/v1/rule-pack", body)
    assert again.json["changes"] == []
    refused = manager.send("POST", "/api/v1/rule-pack", {**body, "pack": "[agency"})
    check(spec, "POST", "/api/v1/rule-pack", refused)
    assert refused.status_code == 422


@pytest.fixture
def mapped(site: Site) -> Site:
    """A closed year in which some have a box and points, as a proposal says them."""
    with site.closed.database.tenant(site.closed.tenant_id) as session:
        values = {"tenant": site.closed.tenant_id, "starts": date(2025, 1, 1), "ends": date(2025, 12, 31)}
        session.execute(
            text(
                "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
                " VALUES (:tenant, '2025', 'year', :starts, :ends, 'closed') ON CONFLICT DO NOTHING"
            ),
            values,
        )
        session.execute(
            text(
                "INSERT INTO selaras.proposal (tenant_id, person_id, period_id, revision, kind, outcome, basis)"
                " SELECT :tenant, person.id, period.id, 1, 'talent_box', 'baik', jsonb_build_object('values',"
                " jsonb_build_object('box', 1 + (row_number() OVER (ORDER BY person.id)) % 9))"
                " FROM selaras.person person JOIN selaras.period period ON period.tenant_id = :tenant"
                " AND period.code = '2025' WHERE person.tenant_id = :tenant ON CONFLICT DO NOTHING"
            ),
            values,
        )
    return site


def test_the_board_and_its_pools(mapped: Site) -> None:
    home, spec = mapped.closed, declared_at(mapped)
    manager = home.manager()
    page = manager.page("/talent?period=2025&box=9")
    assert "Kotak 9" in page
    assert "Dipromosikan dan dipertahankan" in page
    assert "PermenPANRB 3/2020 jo. 20/2025, lampiran (rekomendasi)" in page
    answer = manager.get("/api/v1/talent?period=2025&box=9&kind=jf")
    check(spec, "GET", "/api/v1/talent", answer)
    assert {one["box"] for one in answer.json["people"]} <= {9}
    assert len(answer.json["boxes"]) == 9
    somebody = manager.get("/api/v1/talent?period=2025").json["people"][0]["person_id"]
    place = manager.get(f"/api/v1/people/{somebody}/talent")
    check(spec, "GET", "/api/v1/people/{person_id}/talent", place)
    assert manager.get(f"/people/{somebody}/talent").status_code == 200
    assert manager.get("/talent?period=1999").status_code == 404
    for wrong in ("/talent?unit=x", "/talent?years=many", "/talent?box=z"):
        assert (manager.get(wrong).status_code, 'role="alert"' in manager.get(wrong).text) == (422, True)
    assert manager.get("/api/v1/talent?box=12").status_code == 422
    employee = home.as_person(4)
    assert employee.get("/talent").status_code == 403
    assert employee.get(f"/people/{home.person(4)}/talent").status_code == 404
    assert "Kotak talenta" not in employee.page(f"/people/{home.person(4)}")
    assert home.as_role(Role.AUDITOR).get("/talent").status_code == 403


def test_a_pool_as_a_file_is_the_page_s(mapped: Site) -> None:
    home, spec = mapped.closed, declared_at(mapped)
    manager = home.manager()
    asked = "period=2025&box=9&years=1"
    assert "/talent/file?" in manager.page(f"/talent?{asked}")
    told = manager.get(f"/api/v1/talent?{asked}").json
    answer = manager.get(f"/talent/file?{asked}&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert (answer.mimetype, len(rows)) == ("text/csv", told["found"])
    assert [row["NAMA"] for row in rows[:25]] == [one["name"] for one in told["people"]]
    assert {row["KOTAK"] for row in rows} == {"9"}
    assert all(len(row["NIP"]) == 18 for row in rows)
    by_api = manager.get(f"/api/v1/talent/file?{asked}")
    assert (by_api.mimetype, by_api.data) == ("text/csv", answer.data)
    check(spec, "GET", "/api/v1/talent/file", manager.get("/api/v1/talent/file?format=doc"))
    sheet = manager.get(f"/talent/file?{asked}&format=xlsx")
    assert sheet.data[:2] == b"PK"
    for wrong, status in (("format=doc", 422), ("years=x", 422), ("period=1999", 404)):
        assert (manager.get(f"/talent/file?{wrong}").status_code, wrong) == (status, wrong)
    assert home.as_person(4).get("/talent/file").status_code == 403
    assert home.as_role(Role.AUDITOR).get("/api/v1/talent/file").status_code == 403
    other = mapped.open.manager().get("/talent")
    assert (other.status_code, 'role="alert"' in other.text) == (200, False)
    assert "Belum ada papan talenta" in other.text


def test_the_points_of_an_official(mapped: Site) -> None:
    home, spec = mapped.closed, declared_at(mapped)
    with home.database.tenant(home.tenant_id) as session:
        person = session.scalar(
            text(
                "SELECT a.person_id FROM selaras.appointment a JOIN selaras.position p ON p.tenant_id = a.tenant_id"
                " AND p.id = a.position_id WHERE a.tenant_id = :tenant AND p.kind = 'jf' AND a.employment = 'pns'"
                " AND upper_inf(a.during) AND a.kind = 'definitive' LIMIT 1"
            ),
            {"tenant": home.tenant_id},
        )
    manager = home.manager()
    page = manager.page(f"/people/{person}/credit-points?supposed=sangat_baik")
    assert "pangkat berikutnya" in page
    assert "PermenPANRB 1/2023" in page
    shown = manager.get(f"/api/v1/people/{person}/credit-points")
    check(spec, "GET", "/api/v1/people/{person_id}/credit-points", shown)
    assert {one["aim"] for one in shown.json["aims"]} == {"rank", "level"}
    assert manager.get(f"/api/v1/people/{person}/credit-points?supposed=x").status_code == 422
    other = mapped.closed.as_person(4).get(f"/people/{person}/credit-points")
    assert other.status_code in (200, 404)
