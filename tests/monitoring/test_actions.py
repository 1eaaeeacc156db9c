"""Rencana aksi: steps of a period for each result, beside what was promised and reached; devices, strangers, days."""

from __future__ import annotations

import re
from typing import Any

from factories.counting import statements
from factories.desk import Desk, path, stored
from factories.site import Home, Site, Visitor
from factories.site_fixtures import fresh_attempts, site
from sqlalchemy import text

__all__ = ["fresh_attempts", "site"]

PERIOD = "2026-TW3"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def planned(home: Home, n: int) -> str:
    """The id of person n's only result."""
    if not stored(home, n):
        Desk(home, n).write()
    return str(stored(home, n)["items"][0]["id"])


def send(visitor: Visitor, home: Home, n: int, seen: str = "", **fields: str) -> Any:
    where = path(home, n, "/actions")
    seen = seen or SEEN.search(visitor.page(f"{where}?period={PERIOD}"))[1]
    return visitor.post(where, {"period": PERIOD, "seen": seen, **fields}, on="/")


def step(item: str, n: int, **values: str) -> dict[str, str]:
    return {f"{item}.{n}.{name}": value for name, value in values.items()}


def kept(home: Home, n: int) -> Any:
    answer = home.as_person(n).get(f"/api/v1{path(home, n, '/actions')}/{PERIOD}")
    return answer.json["items"][0]["steps"] if answer.json["items"] else []


def test_steps_are_written_done_and_seen_by_the_appraiser(site: Site) -> None:
    home = site.open
    item, own = planned(home, 4), home.as_person(4)
    assert f'{path(home, 4, "/actions")}"' in own.page(path(home, 4, ""))
    first = step(item, 0, content="Menyusun konsep", target="Satu konsep", due_on="2026-07-31")
    second = step(item, 3, content="Uji publik", due_on="2026-09-15")
    assert send(own, home, 4, **first, **second).status_code == 303
    assert [one["content"] for one in kept(home, 4)] == ["Menyusun konsep", "Uji publik"]
    done = first | step(item, 0, done_on="2026-07-30")
    assert send(own, home, 4, **done, **second).status_code == 303
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual, note)"
                " VALUES (:t, :i, 'quantity', '2026-08-05', 4, 'Empat naskah selesai')"
            ),
            {"t": home.tenant_id, "i": item},
        )
    page = home.as_person(1).page(f"{path(home, 4, '/actions')}?period={PERIOD}")
    for said in ("Menyusun konsep", "30 Juli 2026", "1 dari 2 langkah selesai", "Empat naskah selesai", "10,5"):
        assert said in page, said
    assert '<form method="post" class="stack"' not in page
    assert "Menyusun konsep" not in own.page(f"{path(home, 4, '/actions')}?period=2026-TW2")
    assert f"period={PERIOD}" in home.as_person(1).page(f"/people/{home.person(4)}/ratings/{PERIOD}")
    assert send(own, home, 4, **second).status_code == 303
    assert [one["content"] for one in kept(home, 4)] == ["Menyusun konsep", "Uji publik"][1:]


def test_what_cannot_be_taken_comes_back_at_its_field(site: Site) -> None:
    home = site.open
    item, own = planned(home, 5), home.as_person(5)
    wrong = step(item, 0, target="Tanpa kegiatan") | step(item, 1, content="Terlambat", due_on="2026-11-01")
    refused = send(own, home, 5, **wrong)
    assert refused.status_code == 422
    for field in (f"{item}.0.content", f"{item}.1.due_on"):
        assert f'href="#f-{field}"' in refused.text
    assert "Tanpa kegiatan" in refused.text
    unread = send(own, home, 5, **step(item, 0, content="x", due_on="kapan"))
    assert (unread.status_code, kept(home, 5)) == (422, [])
    many = {}
    for n in range(13):
        many |= step(item, n, content=f"Langkah {n}")
    assert send(own, home, 5, **many).status_code == 422
    other = planned(home, 6)
    assert send(own, home, 5, **step(other, 0, content="Milik orang lain")).status_code == 422
    assert own.get(f"{path(home, 5, '/actions')}?period=2025-TW1").status_code == 422
    assert own.get(f"{path(home, 5, '/actions')}?period=nanti").status_code == 422


def test_two_devices_and_who_may(site: Site) -> None:
    home = site.open
    item, own = planned(home, 7), home.as_person(7)
    stale = SEEN.search(own.page(f"{path(home, 7, '/actions')}?period={PERIOD}"))[1]
    assert send(own, home, 7, **step(item, 0, content="Perangkat pertama")).status_code == 303
    second = send(own, home, 7, stale, **step(item, 0, content="Perangkat kedua"))
    assert (second.status_code, "Perangkat kedua" in second.text) == (409, True)
    assert kept(home, 7)[0]["content"] == "Perangkat pertama"
    again = send(own, home, 7, stale, **step(item, 0, content="Perangkat pertama"))
    assert again.status_code == 303, "sent twice, it is kept once"
    for stranger, status in ((home.as_person(1), 403), (home.as_person(8), 404), (home.manager(), 403)):
        answer = stranger.post(path(home, 7, "/actions"), {"period": PERIOD, **step(item, 0, content="x")}, on="/")
        assert answer.status_code == status
    assert home.as_person(8).get(path(home, 7, "/actions")).status_code == 404


def test_by_the_api_and_in_a_settled_period(site: Site) -> None:
    home = site.open
    item, own = planned(home, 9), home.as_person(9)
    where = f"/api/v1{path(home, 9, '/actions')}/{PERIOD}"
    body = {"items": [{"item_id": item, "steps": [{"content": "Rapat", "due_on": "2026-07-10"}]}]}
    made = own.send("PUT", where, body)
    assert (made.status_code, made.json["items"][0]["steps"][0]["content"]) == (200, "Rapat")
    token = own.get("/api/v1/me").json["form_token"]
    body["items"][0]["steps"][0]["content"] = "Lain"
    headers = {"X-Form-Token": token, "If-Match": '"old"'}
    lost = own.client.put(where, base_url=f"http://{home.host}", json=body, headers=headers)
    assert (lost.status_code, lost.json["code"]) == (409, "actions_changed")
    assert own.send("PUT", where, {"items": [{"item_id": item, "steps": [{"content": ""}]}]}).status_code == 422
    closed = site.closed
    settled = closed.as_person(4).send("PUT", f"/api/v1{path(closed, 4, '/actions')}/{PERIOD}", {"items": []})
    assert (settled.status_code, settled.json["code"]) == (409, "period_settled")


def test_the_page_takes_the_same_statements_for_few_steps_as_for_many(site: Site) -> None:
    home = site.open
    item, own, counts = planned(home, 10), home.as_person(10), []
    for number in (1, 9):
        steps: dict[str, str] = {}
        for n in range(number):
            steps |= step(item, n, content=f"Langkah {n}")
        assert send(own, home, 10, **steps).status_code == 303
        with statements(site.app.extensions["selaras"].database) as seen:
            own.page(f"{path(home, 10, '/actions')}?period={PERIOD}")
        counts.append(len([one for one in seen if "plan" in one or "action" in one]))
    assert counts[0] == counts[1]
