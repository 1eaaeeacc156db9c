"""The plan that was in force on a day, and the documents that go by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
from conftest import Urls
from factories.desk import Desk, path, set_state, stored
from factories.site import Home, Site

from selaras.planning.in_force import plan_in_force

N, ZONE = 9, "Asia/Makassar"


def amended(home: Home) -> None:
    """Person 9's plan is agreed with a target of 10.5, then amended to 12, under another title."""
    Desk(home, 1).write(items__0__title="Layanan unit meningkat")
    set_state(home, 1, "agreed")
    Desk(home, N).write(items__0__parent_item_id=stored(home, 1)["items"][0]["id"])
    own, head, where = home.as_person(N), home.as_person(1), f"/api/v1{path(home, N, '')}"
    assert own.send("POST", f"{where}/submission").status_code == 200
    assert head.send("POST", f"{where}/agreement").status_code == 200
    change = f"{where}/amendment"
    assert own.send("POST", change, {"reason": "Anggaran bertambah pada triwulan keempat."}).status_code < 300
    draft = own.get(change).json["amendment"]["draft"]
    draft["items"][0] |= {"title": "Naskah tersusun lebih banyak"}
    draft["items"][0]["measures"][0] |= {"target": "12"}
    draft.pop("variant")
    assert own.send("PUT", change, draft).status_code == 200
    assert own.send("POST", f"{change}/submission").status_code == 200
    assert head.send("POST", f"{change}/agreement").status_code == 200


def dated(urls: Urls, home: Home) -> None:
    """Agreed in February; amended on 1 October by the agency's zone, which in UTC is still 30 September."""
    with psycopg.connect(urls.admin) as connection:
        for number, at in ((1, "2026-02-02T03:00Z"), (2, "2026-09-30T17:30Z")):
            connection.execute(
                "UPDATE selaras.plan_version SET agreed_at = %s WHERE tenant_id = %s AND number = %s AND plan_id ="
                " (SELECT id FROM selaras.plan WHERE tenant_id = %s AND person_id = %s)",
                (at, home.tenant_id, number, home.tenant_id, home.person(N)),
            )


def test_a_document_goes_by_the_version_agreed_by_then(site: Site, urls: Urls) -> None:
    home = site.open
    amended(home)
    dated(urls, home)

    def on(day: date) -> tuple[str, Decimal | None, str | None]:
        with home.database.tenant(home.tenant_id) as session:
            view = plan_in_force(session, home.person(N), day, ZONE)
        assert view is not None
        [item] = view.items
        return item.title, item.measures[0].target, item.parent_title

    above = "Layanan unit meningkat"
    assert on(date(2026, 9, 30)) == ("Naskah tersusun", Decimal("10.5"), above)
    assert on(date(2026, 10, 1)) == ("Naskah tersusun lebih banyak", Decimal(12), above)
    assert on(date(2026, 1, 15)) == ("Naskah tersusun", Decimal("10.5"), above), "what was agreed first"
    with home.database.tenant(home.tenant_id) as session:
        assert plan_in_force(session, home.person(30), date(2026, 9, 30), ZONE) is None
