"""The agency's ranking rules through page and API: preview, a new version, what is refused, what remains ungrouped."""

from __future__ import annotations

from typing import Any

import pytest
from factories.declared import check, declared_at
from factories.site import PERIOD, Site

from selaras.identity.permissions import Role

PATH = "/api/v1/ranking-rules"
PREVIEW = f"/api/v1/periods/{PERIOD}/ranking-rule-preview"
WHY = "Keputusan sekretaris daerah tentang kelompok pemeringkatan."
BY_LEVEL = {"attributes": ["post_kind", "employment"], "minimum_size": 5}


def test_the_editor_shows_what_a_rule_forms_before_it_is_recorded(site: Site) -> None:
    manager = site.open.manager()
    page = manager.page("/ranking-rules")
    assert "Kelompok pemeringkatan" in page
    form = {"period": PERIOD, "attribute": "job_family", "minimum_size": "5", "pooling": "first"}
    shown = manager.post("/ranking-rules", {**form, "families": "Analisis: Analis", "do": "preview"})
    assert shown.status_code == 200, shown.text[:500]
    assert "Analisis" in shown.text
    assert "Pengolah" in shown.text.split('id="ungrouped"')[1]  # their family is not known
    wrong = manager.post("/ranking-rules", {**form, "families": "Analisis", "do": "record", "from": "2026-10-01"})
    assert (wrong.status_code, "Analis: Analis, Pranata" in wrong.text) == (422, True)
    short = manager.post("/ranking-rules", {**form, "families": "A: Analis", "do": "record", "from": "2026-10-01"})
    assert short.status_code == 422
    done = manager.post(
        "/ranking-rules", {**form, "families": "A: Analis", "do": "record", "from": "2026-10-01", "reason": WHY}
    )
    assert done.status_code == 303, done.text[:500]
    assert WHY in manager.page("/ranking-rules")


def test_the_preview_counts_everybody_once_and_records_nothing(site: Site) -> None:
    manager, spec = site.open.manager(), declared_at(site)
    before = manager.get(PATH).json
    found = manager.send("POST", PREVIEW, BY_LEVEL)
    check(spec, "POST", "/api/v1/periods/{period}/ranking-rule-preview", found)
    assert sum(one["people"] for one in found.json["groups"]) == found.json["people"] == 40
    assert found.json["ungrouped"] == []
    branch = manager.send("POST", PREVIEW, {"attributes": ["branch"], "minimum_size": 5, "pooling": "none"}).json
    assert sorted(one["people"] for one in branch["groups"]) == [20, 20]
    place = [{"name": "Kantor pusat", "unit_id": str(site.open.unit(1))}]
    body = {"attributes": ["location"], "minimum_size": 5, "places": place}
    located = manager.send("POST", PREVIEW, body).json
    assert {one["key"]: one["people"] for one in located["groups"]} == {"Kantor pusat": 20, "-": 20}
    assert located["ungrouped_people"] == 20
    assert manager.get(PATH).json == before


def test_a_new_version_ends_the_one_before_and_a_closed_period_keeps_its_own(site: Site) -> None:
    manager, spec = site.closed.manager(), declared_at(site)
    first = manager.send("POST", PATH, {"rule": BY_LEVEL, "from_day": "2026-10-01", "reason": WHY})
    assert first.status_code == 201, first.text
    made = manager.send("POST", PATH, {"rule": BY_LEVEL, "from_day": "2026-11-01", "reason": WHY})
    check(spec, "POST", PATH, made)
    newest, before = made.json["items"][:2]
    assert (newest["rule"]["attributes"], newest["until"], before["until"]) == (
        BY_LEVEL["attributes"],
        None,
        "2026-11-01",
    )
    closed = manager.send("POST", PATH, {"rule": BY_LEVEL, "from_day": "2026-09-30", "reason": WHY})
    assert (closed.status_code, closed.json["code"]) == (409, "ranking_rule.closed")
    later = site.open.manager()
    assert later.send("POST", PATH, {"rule": BY_LEVEL, "from_day": "2027-01-01", "reason": WHY}).status_code == 201
    early = later.send("POST", PATH, {"rule": BY_LEVEL, "from_day": "2026-12-01", "reason": WHY})
    assert (early.status_code, early.json["code"]) == (409, "ranking_rule.later")
    assert site.open.as_role(Role.AUDITOR).get(PATH).status_code in (403, 404)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"attributes": ["shoe_size"]}, "ranking_rule.attributes"),
        ({"attributes": ["unit", "unit"]}, "ranking_rule.attributes"),
        ({"attributes": ["job_family"]}, "ranking_rule.families"),
        ({"attributes": ["location"]}, "ranking_rule.places"),
        ({"attributes": [], "families": [{"name": "a/b", "beginnings": ["x"]}]}, "ranking_rule.names"),
        ({"attributes": [], "families": [{"name": "a", "beginnings": ["x", "X"]}]}, "ranking_rule.names"),
    ],
)
def test_what_is_not_sound_is_named(site: Site, body: dict[str, Any], code: str) -> None:
    refused = site.open.manager().send("POST", PREVIEW, {"minimum_size": 5, **body})
    assert (refused.status_code, refused.json["code"]) == (422, code), refused.text


def test_a_unit_of_another_agency_is_nobodys(site: Site) -> None:
    place = [{"name": "Jauh", "unit_id": str(site.closed.unit(1))}]
    body = {"attributes": ["location"], "minimum_size": 5, "places": place}
    refused = site.open.manager().send("POST", PREVIEW, body)
    assert (refused.status_code, refused.json["code"]) == (404, "unit_unknown")
