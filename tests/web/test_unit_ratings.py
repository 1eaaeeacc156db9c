"""Ratings of units: who may give one, what is recommended, and that the head of a unit is rated by it."""

from __future__ import annotations

import io

from factories.site import PERIOD, Site
from sqlalchemy import text

BASE = f"/periods/{PERIOD}/units"


def test_the_manager_records_a_rating_and_a_recommendation_with_its_paper(site: Site) -> None:
    manager, unit = site.open.manager(), site.open.unit(2)
    page = f"{BASE}/{unit}"
    assert "Predikat organisasi" in manager.page(page)
    assert manager.post(page, {"rating": "istimewa"}, on=page).status_code == 303
    assert "Istimewa" in manager.page(page)
    sent = {"office": "planning", "rating": "baik", "reason": "Capaian 104 % dari target."}
    file = {"file": (io.BytesIO(b"%PDF-1.7 rekomendasi"), "rekomendasi.pdf", "application/pdf")}
    assert manager.post(f"{page}/recommendations", {**sent, **file}, on=page).status_code == 303
    assert "Capaian 104 % dari target." in manager.page(page)
    paper = manager.get(f"{page}/recommendations/planning")
    assert (paper.data, paper.mimetype) == (b"%PDF-1.7 rekomendasi", "application/pdf")
    assert "Unit perencanaan" in manager.page(BASE)
    assert manager.post(page, {"remove": "true"}, on=page).status_code == 303
    assert "predikat unit berpredikat terdekat" in manager.page(page)
    assert manager.post(page, {"rating": "baik"}, on=page).status_code == 303


def test_what_is_wrong_comes_back_in_words(site: Site) -> None:
    manager, unit = site.open.manager(), site.open.unit(1)
    page = f"{BASE}/{unit}"
    wrong = manager.post(page, {"rating": "gemilang"}, on=page)
    assert wrong.status_code == 422
    assert "“gemilang”" in wrong.text
    empty = manager.post(f"{page}/recommendations", {"office": "hr", "reason": "  "}, on=page)
    assert empty.status_code == 422
    assert "alasannya" in empty.text
    strange = manager.post(f"{page}/recommendations", {"office": "press", "reason": "bagus"}, on=page)
    assert strange.status_code == 422
    assert manager.get(f"{page}/recommendations/hr").status_code == 404


def test_nobody_else_rates_a_unit_and_nothing_changes_after_the_close(site: Site) -> None:
    unit = site.open.unit(2)
    somebody = site.open.as_person(4)
    assert somebody.get(f"{BASE}/{unit}").status_code in (403, 404)
    assert site.open.official().get(BASE).status_code == 403
    closed, there = site.closed.manager(), site.closed.unit(2)
    assert closed.post(f"{BASE}/{there}", {"rating": "baik"}, on=f"{BASE}/{there}").status_code == 409
    assert closed.get(f"{BASE}/{unit}").status_code == 404


def test_the_api_rates_a_unit_likewise(site: Site) -> None:
    manager, unit = site.open.manager(), site.open.unit(1)
    answer = manager.send("PUT", f"/api/v1{BASE}/{unit}/rating", {"rating": "baik"})
    assert answer.status_code == 200
    assert answer.json["rating"] == "baik"
    advice = manager.send("PUT", f"/api/v1{BASE}/{unit}/recommendations/internal_audit", {"reason": "Tanpa temuan."})
    assert advice.json["recommendations"][0]["office"] == "internal_audit"
    listed = manager.get(f"/api/v1{BASE}").json["items"]
    assert {one["unit_id"] for one in listed} >= {str(unit)}
    assert manager.send("PUT", f"/api/v1{BASE}/{unit}/rating", {"rating": "x" * 500}).status_code == 422


def test_a_refused_recommendation_keeps_no_file_and_a_strange_type_is_none(site: Site) -> None:
    manager, unit = site.open.manager(), site.open.unit(2)
    page = f"{BASE}/{unit}"

    def kept() -> list[str]:
        with site.open.database.tenant(site.open.tenant_id) as session:
            query = "SELECT media_type FROM selaras.stored_file WHERE tenant_id = :t AND name = 'aneh.pdf'"
            return list(session.scalars(text(query), {"t": site.open.tenant_id}))

    def send(office: str) -> int:
        paper = (io.BytesIO(b"%PDF-1.7"), "aneh.pdf", "a" * 5000)
        sent = {"office": office, "reason": "Sudah dibahas.", "file": paper}
        return int(manager.post(f"{page}/recommendations", sent, on=page).status_code)

    assert send("press") == 422
    assert kept() == []
    assert send("hr") == 303
    assert kept() == ["application/octet-stream"]
    assert manager.get(f"{page}/recommendations/hr").mimetype == "application/octet-stream"
