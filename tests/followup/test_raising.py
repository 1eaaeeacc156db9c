"""A target that was reached is proposed higher in the next plan: the arithmetic, taking, changing and declining it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from factories.desk import Desk, clean, path, sent_by, set_state, stored
from factories.site import Home, Site
from sqlalchemy import text

__all__ = ["clean"]

LAST, NEXT = 2025, 2026
TITLE = "Naskah tersusun"


def last_year(home: Home, actual: str, *, measure: str = "naskah", target: str = "12") -> None:
    """Person 4 has an agreed plan of last year with one result, of which `actual` was reached."""
    desk = Desk(home, 4, LAST)
    typed = {"items__0__measures__0__target": target, "items__0__measures__0__measure": measure}
    assert desk.write(items__0__title=TITLE, **typed).status_code == 303
    values = {"t": home.tenant_id, "a": Decimal(actual)}
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.item_measure SET actual = :a WHERE tenant_id = :t"), values)
    set_state(home, 4, "agreed")


def proposals(home: Home, who: int = 4) -> Any:
    return home.as_person(who).get(f"/api/v1{path(home, 4, '/raised-targets', NEXT)}").json["items"]


@pytest.mark.parametrize(
    ("target", "actual", "measure", "worked", "proposed"),
    [
        ("12", "12", "naskah", "12.60", "13"),
        ("12", "20", "naskah", "12.60", "20"),
        ("10,5", "10.5", "jam", "11.03", "11.03"),
        ("80", "90", "%", "84.00", "90"),
        ("98", "99", "persen", "102.90", "100"),
        ("110", "120", "%", "115.50", "120"),
    ],
)
def test_the_arithmetic(site: Site, target: str, actual: str, measure: str, worked: str, proposed: str) -> None:
    last_year(site.open, actual, measure=measure, target=target)
    (one,) = proposals(site.open)
    assert Decimal(str(one["worked"])) == Decimal(worked)
    assert Decimal(str(one["proposed"])) == Decimal(proposed)
    assert (one["state"], one["planned"], one["certainty"]) == ("open", None, "assumed")
    assert one["regulation"] == "pp30_2019_tindak_lanjut"


def test_nothing_is_proposed_for_what_was_not_reached_is_full_or_is_better_when_less(site: Site) -> None:
    home = site.open
    last_year(home, "11")
    assert proposals(home) == []
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id}
        change = "UPDATE selaras.item_measure SET target = 100, actual = 100, measure = '%' WHERE tenant_id = :t"
        session.execute(text(change), values)
    assert proposals(home) == [], "of a hundred percent there is no more"
    with home.database.tenant(home.tenant_id) as session:
        change = "UPDATE selaras.item_measure SET target = 12, measure = 'bulan', aspect = 'waktu', actual = 12"
        session.execute(text(f"{change} WHERE tenant_id = :t"), values)
    assert proposals(home) == [], "more months are no higher target"


def test_what_was_reported_counts_where_the_plan_itself_says_nothing(site: Site) -> None:
    home = site.open
    last_year(home, "1")
    values = {"t": home.tenant_id}
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.item_measure SET actual = NULL WHERE tenant_id = :t"), values)
        assert session.execute(
            text(
                "INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)"
                " SELECT tenant_id, item_id, aspect, d.day, d.reached FROM selaras.item_measure,"
                " (VALUES (date '2025-06-30', 6), (date '2025-12-30', 14), (date '2026-02-01', 90)) AS d(day, reached)"
                " WHERE tenant_id = :t RETURNING id"
            ),
            values,
        ).all()
    (one,) = proposals(home)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("DELETE FROM selaras.progress WHERE tenant_id = :t"), values)
    assert (Decimal(str(one["reached"])), Decimal(str(one["proposed"]))) == (14, 14)


def test_it_is_taken_changed_and_declined_in_the_form(site: Site) -> None:
    home = site.open
    last_year(home, "12")
    desk = Desk(home, 4, NEXT)
    page = desk.read()
    assert "12 × (1 + 5 %) = 12,6" in page
    (one,) = proposals(home)
    button = f"raise:{one['item_id']}:{one['aspect']}"
    assert button in page
    assert desk.press(button, model="kuantitatif").status_code == 303
    (item,) = stored(home, 4, NEXT)["items"]
    (measure,) = (found for found in item["measures"] if found["aspect"] == one["aspect"])
    assert (item["title"], Decimal(str(measure["target"])), measure["measure"]) == (TITLE, 13, "naskah")
    assert [found["state"] for found in proposals(home)] == ["taken"]
    assert button not in desk.read()
    at = next(name for name, value in desk.fields.items() if value == "13" and name.endswith(".target"))
    assert desk.press("save", **{at: "12,5"}).status_code == 303
    assert [found["state"] for found in proposals(home)] == ["changed"]
    desk.read()
    assert desk.press(button).status_code == 303, "and it can still be taken over"
    desk.read()
    assert desk.fields[at] == "13"
    assert desk.press("save", **{at: "12"}).status_code == 303
    assert [found["state"] for found in proposals(home)] == ["open"]
    with home.database.tenant(home.tenant_id) as session:
        submit = "UPDATE selaras.plan SET state = 'submitted' WHERE tenant_id = :t AND year = :y"
        session.execute(text(submit), {"t": home.tenant_id, "y": NEXT})
    assert [found["state"] for found in proposals(home, 1)] == ["declined"], "the appraiser sees it"


def test_an_unknown_proposal_changes_nothing_and_strangers_see_none(site: Site) -> None:
    home = site.open
    last_year(home, "12")
    desk = Desk(home, 4, NEXT)
    answer = desk.press("raise:nothing:at-all", model="kuantitatif", **{"items.0.title": "Sendiri"})
    assert answer.status_code == 303
    assert [one["title"] for one in stored(home, 4, NEXT)["items"]] == ["Sendiri"]
    own = f"/api/v1{path(home, 4, '/raised-targets', NEXT)}"
    assert home.as_person(25).get(own).status_code in (403, 404)
    assert site.closed.as_person(4).get(own).status_code == 404
    assert sent_by(desk.read())["items.0.title"] == "Sendiri"
