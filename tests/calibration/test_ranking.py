"""Ranking, suggested divisions and rating patterns through page and API, open and closed, and for whom they are."""

from __future__ import annotations

from typing import Any

import pytest
from factories.declared import check, declared_at
from factories.site import PERIOD, Home, Site
from factories.site_fixtures import site
from sqlalchemy import text

from selaras.identity.permissions import Role

__all__ = ["site"]

BASE = f"/api/v1/periods/{PERIOD}"
GROUPS = f"{BASE}/ranking-groups"


def asked(home: Home, path: str) -> Any:
    answer = home.manager().get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("which", ["open", "closed"])
def test_everybody_has_one_rank_and_every_unit_adds_up(site: Site, which: str) -> None:
    home, spec = getattr(site, which), declared_at(site)
    sizes = {"pelaksana": 0, "jf": 0, "administrator": 0}
    for key in list(sizes):
        answer = home.manager().get(f"{BASE}/ranking?group={key}&ties=skip&by=outcome")
        check(spec, "GET", "/api/v1/periods/{period}/ranking", answer)
        rows = answer.json["items"]
        sizes[key] = answer.json["people"]
        assert len(rows) == sizes[key]
        assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
        assert rows[0]["rank"] == 1
        best = [row for row in rows if row["outcome"] == rows[0]["outcome"]]
        assert {row["tied"] for row in best} == {len(best)}
    answer = home.manager().get(f"{BASE}/distribution-suggestions")
    check(spec, "GET", "/api/v1/periods/{period}/distribution-suggestions", answer)
    units = answer.json["items"]
    assert sum(unit["size"] for unit in units) == sum(sizes.values())
    for unit in units:
        assert sum(unit["now"].values()) == sum(unit["wanted"].values()) == unit["size"]


def test_a_breach_says_how_many_must_and_whom_that_moves(site: Site) -> None:
    units = asked(site.waiting, "distribution-suggestions")["items"]
    broken = next(unit for unit in units if not unit["valid"])
    assert broken["steps"] > 0
    assert broken["moves"]
    said = [line["advice"]["id"] for line in broken["lines"] if line["breached"]]
    assert any("harus keluar" in one or "kurang" in one for one in said)
    page = site.waiting.manager().page(f"/periods/{PERIOD}/ranking")
    assert said[0] in page
    assert "Distribusi tidak terpenuhi" in page


def test_an_appraiser_who_is_severe_is_shown_and_only_to_whoever_prepares_meetings(site: Site) -> None:
    home = site.open
    severe = (
        "UPDATE selaras.rating SET inputs = CAST(:inputs AS jsonb)"
        " WHERE tenant_id = :tenant AND person_id = ANY(:people)"
    )
    people = [home.person(n) for n in range(22, 41)]
    with home.database.tenant(home.tenant_id) as session:
        inputs = '{"rating_hasil_kerja": "di_bawah", "rating_perilaku": "di_bawah"}'
        session.execute(text(severe), {"inputs": inputs, "tenant": home.tenant_id, "people": people})
    answer = home.manager().get(f"{BASE}/rating-patterns")
    check(declared_at(site), "GET", "/api/v1/periods/{period}/rating-patterns", answer)
    shown = [one for one in answer.json["items"] if one["shown"]]
    assert ("severity", str(home.person(21))) in {(one["pattern"], one["appraiser_id"]) for one in shown}
    words = next(one["words"] for one in shown if one["pattern"] == "severity")
    page = home.manager().page(f"/periods/{PERIOD}/rating-patterns")
    assert words["id"] in page
    for path in (f"/periods/{PERIOD}/rating-patterns", f"/periods/{PERIOD}/ranking"):
        assert home.as_person(21).get(path).status_code in (403, 404)
        assert home.as_role(Role.AUDITOR).get(path).status_code in (403, 404)


def test_what_is_asked_wrongly_is_named(site: Site) -> None:
    manager = site.open.manager()
    unknown = manager.get(f"{BASE}/ranking?group=nobody")
    assert (unknown.status_code, unknown.json["code"]) == (404, "ranking_group_unknown")
    assert manager.get(f"{BASE}/ranking?group=jf&by=height").status_code == 422
    assert manager.get(f"/periods/{PERIOD}/ranking?by=height&ties=none").status_code == 200
