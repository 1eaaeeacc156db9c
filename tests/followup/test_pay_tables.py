"""The agency's own table of pay: written, checked, taken out of a file, approved by a second person, brought back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from factories.site import PERIOD, Home, Site, Visitor

from selaras.identity.permissions import Role

API = "/api/v1/pay-tables"
STARTS = "2026-10-01"
REASON = "Peraturan bupati Nomor 9 Tahun 2026 tentang TPP."


@pytest.fixture
def home(site: Site) -> Home:
    return site.closed


def begun(visitor: Visitor, **more: Any) -> dict[str, Any]:
    for one in visitor.get(f"{API}/drafts").json["items"]:
        if one["state"] in ("draft", "submitted"):
            visitor.send("POST", f"{API}/drafts/{one['id']}/withdrawal")
    made = visitor.send("POST", f"{API}/drafts", {"starts": STARTS, "reason": REASON, **more})
    assert made.status_code == 201, made.text
    return dict(made.json)


def put(visitor: Visitor, draft: dict[str, Any], table: dict[str, Any], edition: int | None = None, **more: Any) -> Any:
    token = visitor.get("/api/v1/me").json["form_token"]
    return visitor.client.put(
        f"{API}/drafts/{draft['id']}",
        base_url=f"http://{visitor.host}",
        json={"starts": STARTS, "reason": REASON, "table": table, **more},
        headers={"X-Form-Token": token, "If-Match": f'"{edition or draft["edition"]}"'},
    )


def simulated(visitor: Visitor, draft: dict[str, Any]) -> dict[str, Any]:
    made = visitor.send("POST", f"{API}/drafts/{draft['id']}/simulations", {"period": PERIOD})
    assert (made.status_code, made.json["state"]) == (201, "done"), made.text
    return dict(made.json)


def test_a_draft_begins_as_a_copy_and_names_what_is_wrong(home: Home) -> None:
    manager = home.manager()
    draft = begun(manager)
    assert {row["outcome"]: row["percent"] for row in draft["table"]["rows"]}["butuh_perbaikan"] == "80"
    assert [one["code"] for one in draft["findings"] if one["severity"] == "error"] == []
    table = draft["table"]
    table["rows"] = [
        {"outcome": "sangat_baik", "percent": "100"},
        {"outcome": "baik", "percent": "100", "class_from": 7},
        {"outcome": "baik", "percent": "95", "class_to": 8},
        {"percent": "60", "class_from": 8, "class_to": 8, "outcome": "sangat_baik"},
    ]
    table["bases"] = [one for one in table["bases"] if one["job_class"] != 6]
    seen = put(manager, draft, table)
    assert seen.status_code == 200, seen.text
    errors = {(one["code"], tuple(one["rows"])) for one in seen.json["findings"] if one["severity"] == "error"}
    assert {("gap", ()), ("overlap", (2, 3)), ("unreachable", (4,)), ("base_missing", ())} <= errors
    assert all(one["message"] for one in seen.json["findings"])
    refused = manager.send("POST", f"{API}/drafts/{draft['id']}/submission")
    assert (refused.status_code, refused.json["code"]) == (422, "remuneration.draft_errors")
    again = put(manager, draft, table)
    assert (again.status_code, again.json["code"]) == (409, "remuneration.draft_changed")
    mixed = put(manager, draft, {**table, "shape": "weighted"}, seen.json["edition"])
    assert (mixed.status_code, mixed.json["code"]) == (422, "remuneration.shape_of_other_kind")
    page = manager.page(f"/pay-tables/drafts/{draft['id']}")
    assert "Baris 2 dan 3" in page


def test_a_table_goes_out_and_in_again_as_a_file(home: Home) -> None:
    manager = home.manager()
    draft = begun(manager)
    table = draft["table"]
    table["rows"] = [
        {"outcome": "sangat_baik", "percent": "100", "attendance_from": "90"},
        {"outcome": "sangat_baik", "percent": "87.5", "attendance_below": "90"},
        *({"outcome": code, "percent": "70"} for code in ("baik", "butuh_perbaikan", "kurang", "sangat_kurang")),
    ]
    table["marks"] = [{"code": "TL1", "group": "attendance", "percent": "0.5", "since": 2}]
    written = put(manager, draft, table).json
    path = f"/pay-tables/drafts/{draft['id']}"
    for form in ("csv", "xlsx"):
        data = manager.get(f"{path}/file.{form}").data
        other = {**written["table"], "rows": [{"percent": "1"}], "marks": []}
        put(manager, draft, other, manager.get(f"{API}/drafts/{draft['id']}").json["edition"])
        look = manager.post(f"{path}/import", {"file": (io.BytesIO(data), f"a.{form}"), "preview": "true"})
        assert "Hanya dilihat" in look.text, look.text[:500]
        assert len(manager.get(f"{API}/drafts/{draft['id']}").json["table"]["rows"]) == 1
        taken = manager.post(f"{path}/import", {"file": (io.BytesIO(data), f"a.{form}")})
        assert taken.status_code == 303, taken.text[:500]
        assert manager.get(f"{API}/drafts/{draft['id']}").json["table"] == written["table"]
    wrong = "JENIS;PREDIKAT;PERSEN;KELAS DARI;DASAR\npersen;Hebat;100;;\npersen;Baik;;;\ndasar;;;7;\nlain;;;;\n"
    refused = manager.post(f"{path}/import", {"file": (io.BytesIO(wrong.encode()), "a.csv")})
    assert refused.status_code == 422
    for said in ("Hebat", "PREDIKAT", "PERSEN", "DASAR", "JENIS"):
        assert said in refused.text
    assert manager.get(f"{API}/drafts/{draft['id']}").json["table"] == written["table"]


def test_a_second_person_approves_and_an_earlier_version_comes_back(home: Home) -> None:
    manager, official = home.manager(), home.official()
    draft = begun(manager)
    table = draft["table"]
    for row in table["rows"]:
        row["percent"] = "50"
    assert put(manager, draft, table).status_code == 200
    unseen = manager.send("POST", f"{API}/drafts/{draft['id']}/submission")
    assert (unseen.status_code, unseen.json["code"]) == (409, "remuneration.not_simulated")
    simulated(manager, draft)
    handed = manager.send("POST", f"{API}/drafts/{draft['id']}/submission")
    assert (handed.status_code, handed.json["state"]) == (200, "submitted"), handed.text
    answer = f"{API}/drafts/{draft['id']}/answer"
    own = manager.send("POST", answer, {"approve": True})
    assert (own.status_code, own.json["code"]) == (403, "remuneration.two_persons")
    returned = official.send("POST", answer, {"approve": False, "reason": "Kelas 8 belum sesuai lampiran."})
    assert (returned.json["state"], returned.json["answer"]) == ("draft", "Kelas 8 belum sesuai lampiran.")
    simulated(manager, draft)
    manager.send("POST", f"{API}/drafts/{draft['id']}/submission")
    assert official.send("POST", answer, {"approve": True}).json["state"] == "active"
    assert official.send("POST", answer, {"approve": True}).status_code == 409
    versions = manager.get(API).json["items"]
    assert [(one["version"], one["starts"], one["ends"]) for one in versions] == [
        (2, STARTS, None), (1, "2020-01-01", STARTS),
    ]  # fmt: skip
    back = begun(manager, restores=1, starts="2026-11-01")
    assert {row["percent"] for row in back["table"]["rows"]} == {"100", "80", "60", "40"}
    simulated(manager, back)
    manager.send("POST", f"{API}/drafts/{back['id']}/submission")
    assert official.send("POST", f"{API}/drafts/{back['id']}/answer", {"approve": True}).status_code == 200
    newest = manager.get(API).json["items"][0]
    assert (newest["version"], newest["restores"], newest["starts"]) == (3, 1, "2026-11-01")
    assert "mengembalikan versi 1" in manager.page("/pay-tables")
    assert manager.get("/pay-tables/3/file.csv").data.startswith(b"\xef\xbb\xbfJENIS")


def test_what_is_closed_stays_and_others_do_not_write(home: Home) -> None:
    manager = home.manager()
    draft = begun(manager)
    put(manager, draft, draft["table"], starts="2026-09-30")
    refused = manager.send("POST", f"{API}/drafts/{draft['id']}/submission")
    assert (refused.status_code, refused.json["code"]) == (409, "remuneration.closed")
    second = manager.send("POST", f"{API}/drafts", {"starts": STARTS, "reason": REASON})
    assert (second.status_code, second.json["code"]) == (409, "remuneration.draft_open")
    for who in (home.as_person(5), home.as_role(Role.AUDITOR)):
        assert who.get(API).status_code in (403, 404)
    assert home.official().send("POST", f"{API}/drafts", {"starts": STARTS, "reason": REASON}).status_code == 403
    short = manager.send("POST", f"{API}/drafts", {"starts": STARTS, "reason": "pendek"})
    assert short.json["code"] == "remuneration.reason"


def test_the_form_keeps_what_was_typed_and_writes_without_scripts(home: Home) -> None:
    manager = home.manager()
    draft = begun(manager)
    path = f"/pay-tables/drafts/{draft['id']}"
    fields: dict[str, Any] = {
        "edition": str(draft["edition"]), "name": "TPP baru", "shape": "components", "effect": "next_month",
        "source": "Perbup 9/2026", "certainty": "regulation", "hit": "first", "acting": "own_and_share",
        "acting_percent": "20", "performance_weight": "60", "candidate_percent": "80", "attendance_lag": "1",
        "starts": STARTS, "reason": REASON,
        "place": ["2", "1", ""], "outcome": ["", "baik", ""], "class_from": ["", "7", ""], "class_to": ["", "", ""],
        "attendance_from": ["", "", ""], "attendance_below": ["", "95,5", ""], "percent": ["40", "92,5", ""],
        "base_class": ["6", "8", "12", ""], "base": ["2.500.000", "3700000", "9500000", ""],
        "component": ["beban", "prestasi", ""], "component_share": ["40", "60", ""],
        "mark_code": ["tk", ""], "mark_group": ["attendance", "attendance"], "mark_since": ["", ""],
        "mark_percent": ["5", ""], "rounding_step": ["amount", ""], "rounding_digits": ["-3", ""],
        "rounding_mode": ["down", "half_away"],
    }  # fmt: skip
    typed = manager.post(path, {**fields, "percent": ["empat puluh", "92,5", ""]}, on=path)
    assert typed.status_code == 422
    assert "empat puluh" in typed.text
    assert manager.post(path, fields, on=path).status_code == 303
    found = manager.get(f"{API}/drafts/{draft['id']}").json["table"]
    assert [(row["outcome"], row["percent"], row["attendance_below"]) for row in found["rows"]] == [
        ("baik", "92.5", "95.5"), (None, "40", None),
    ]  # fmt: skip
    assert found["components"] == {"beban": "40", "prestasi": "60"}
    nothing = {"starts": STARTS, "reason": REASON, "table": {**found, "components": {"beban": None}}}
    refused = manager.send("PUT", f"{API}/drafts/{draft['id']}", nothing)
    assert (refused.status_code, "components" in refused.text) == (422, True)
    assert found["marks"] == [{"code": "TK", "group": "attendance", "percent": "5", "since": 1}]
    assert found["rounding"] == [{"step": "amount", "digits": -3, "mode": "down"}]
