"""What a regulation asks of a result besides its aspects: written on pages and by the API, read, printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from factories.desk import YEAR, Desk, clean, path, set_state, stored
from factories.site import Home, Site

from selaras.evaluation.plan_document import besides
from selaras.evaluation.printed_words import Say
from selaras.planning.forms import form_in
from selaras.planning.queries import plan
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

__all__ = ["clean"]

BOTH = {"items__0__detail__polarisasi": "minimize", "items__0__detail__bobot_target": "1,15"}


@pytest.fixture(autouse=True)
def finance(site: Site, urls: Any) -> Iterator[None]:
    """The agency follows KMK 127/2026, whose indicators have a polarisation and a weight."""
    for pack in ("kemenkeu", None):
        with psycopg.connect(urls.admin) as connection:
            change = "UPDATE selaras.agency SET pack = %s WHERE tenant_id = %s RETURNING pack"
            connection.execute(change, (pack or "", site.open.tenant_id))
        site.app.extensions["selaras"].hosts.forget()
        if pack:
            yield


def api(home: Home) -> str:
    return f"/api/v1{path(home, 4, '')}"


def request(home: Home, **item: Any) -> dict[str, Any]:
    kept = stored(home, 4)
    one = kept["items"][0]
    names = ("code", "title", "section", "measures", "strategy")
    measures = [{name: m[name] for name in ("aspect", "indicator", "target", "measure")} for m in one["measures"]]
    body = {name: one[name] for name in names} | {"measures": measures} | item
    return {"model": kept["model"], "items": [body], "annexes": [], "expectations": []}


def test_on_the_page_it_is_asked_kept_shown_and_taken_away(site: Site) -> None:
    home = site.open
    desk = Desk(home, 4)
    assert "Polarisasi" in desk.read()
    assert desk.write(**BOTH).status_code == 303
    assert stored(home, 4)["items"][0]["detail"] == {"polarisasi": "minimize", "bobot_target": 1.15}
    desk.read()
    assert desk.fields["items.0.detail.bobot_target"] == "1,15"
    page = home.as_person(1).page(path(home, 4, ""))
    assert "Makin kecil makin baik" in page
    assert "1,15" in page
    assert desk.write(items__0__detail__polarisasi="").status_code == 303
    assert stored(home, 4)["items"][0]["detail"] == {"bobot_target": 1.15}


@pytest.mark.parametrize(
    ("name", "value"), [("bobot_target", "9"), ("bobot_target", "banyak"), ("polarisasi", "sideways"), ("hari", "-1")]
)
def test_what_does_not_fit_is_named_at_its_field_and_stays_as_typed(site: Site, name: str, value: str) -> None:
    refused = Desk(site.open, 4).write(**{f"items__0__detail__{name}": value})
    assert refused.status_code == 422
    assert f'id="e-items.0.detail.{name}-1"' in refused.text
    assert stored(site.open, 4) is None


def test_the_api_says_what_is_asked_and_leaves_alone_what_is_not_named(site: Site) -> None:
    home = site.open
    Desk(home, 4).write(**BOTH)
    own = home.as_person(4)
    asked = {one["code"]: one for one in own.get(api(home)).json["form"]["columns"]}
    assert [one["code"] for one in asked["polarisasi"]["allowed"]] == ["maximize", "minimize", "stabilize"]
    assert (asked["bobot_target"]["type"], asked["bobot_target"]["maximum"]) == ("number", 1.2)
    assert own.send("PUT", api(home), request(home)).status_code == 200
    assert stored(home, 4)["items"][0]["detail"] == {"polarisasi": "minimize", "bobot_target": 1.15}
    assert own.send("PUT", api(home), request(home, detail={"polarisasi": "maximize"})).status_code == 200
    assert stored(home, 4)["items"][0]["detail"] == {"polarisasi": "maximize"}
    for junk in ({"bobot": 1}, {"polarisasi": ["minimize"]}, {"bobot_target": True}, {"bobot_target": "x" * 5000}):
        refused = own.send("PUT", api(home), request(home, detail=junk))
        assert (refused.status_code, refused.json["code"]) == (422, "plan_form"), junk
    assert stored(home, 4)["items"][0]["detail"] == {"polarisasi": "maximize"}


def test_an_amendment_carries_it_and_says_what_changed(site: Site) -> None:
    home = site.open
    Desk(home, 1).write(items__0__title="Layanan unit meningkat")
    set_state(home, 1, "agreed")
    above = str(stored(home, 1)["items"][0]["id"])
    desk = Desk(home, 4)
    desk.write(items__0__parent_item_id=above, **BOTH)
    desk.read()
    assert desk.press("submit").headers["Location"].endswith("plan-submitted")
    head, own = home.as_person(1), home.as_person(4)
    assert head.send("POST", f"{api(home)}/agreement").status_code == 200
    why = {"reason": "Bobot indikator berubah sejak penetapan ulang."}
    assert own.send("POST", f"{api(home)}/amendment", why).status_code == 201
    changed = request(home, parent_item_id=above, detail={"polarisasi": "stabilize", "bobot_target": 1.15})
    shown = own.send("PUT", f"{api(home)}/amendment", changed).json["amendment"]
    (one,) = shown["differences"]
    assert {"name": "detail", "part": "polarisasi", "before": "minimize", "after": "stabilize"} in one["fields"]
    assert "Polarisasi" in own.page(path(home, 4, ""))
    assert stored(home, 4)["items"][0]["detail"]["polarisasi"] == "minimize", "in force until it is agreed"
    assert own.send("POST", f"{api(home)}/amendment/submission").status_code == 200
    assert head.send("POST", f"{api(home)}/amendment/agreement").status_code == 200
    assert stored(home, 4)["items"][0]["detail"]["polarisasi"] == "stabilize"


def test_it_is_printed(site: Site) -> None:
    home = site.open
    Desk(home, 4).write(**BOTH)
    own, document = home.as_person(4), path(home, 4, "/document?language=id")
    with_both = own.get(document)
    assert (with_both.status_code, with_both.data[:4]) == (200, b"%PDF")
    with home.database.tenant(home.tenant_id) as session:
        view = plan(session, home.person(4), YEAR)
        whose = agency(session, home.tenant_id)
        asked = form_in(rules_on(session, whose, date(YEAR, 12, 31), load_registry()), YEAR, None)
        assert view is not None
        lines = besides(Say("id", whose.time_zone, {}), asked, view.items[0])
    assert lines == ["Polarisasi (kosong = maximize): Makin kecil makin baik", "Bobot target IKI: 1,15"]
