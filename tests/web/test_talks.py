"""The talk about a result: recorded by one, answered by the other, seen on the result; nobody else takes part."""

from __future__ import annotations

import re

from factories.site import PERIOD, Site
from sqlalchemy import text

AGREED = "Pelatihan analisis data diikuti sebelum 30 Maret."
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def test_both_record_it_and_disagreement_stands_beside(site: Site) -> None:
    home, n = site.closed, 44
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.outcome SET appraiser_id = (SELECT id FROM selaras.person WHERE tenant_id = :t"
                " AND source_id = 'person-41') WHERE tenant_id = :t AND person_id = :p"
            ),
            {"t": home.tenant_id, "p": home.person(n)},
        )
    own, head, base = home.as_person(n), home.as_person(41), f"/people/{home.person(n)}/receipts/{PERIOD}"
    assert "Catat dialog" in own.page(base)
    record = {"held_on": "2026-11-30", "agreed": AGREED, "seen": "none"}
    assert own.post(f"{base}/talk", {**record, "held_on": "2099-01-01"}, on=base).status_code == 422
    assert own.post(f"{base}/talk", {**record, "agreed": "ya"}, on=base).status_code == 422
    assert own.post(f"{base}/talk/answer", {"says": "agrees"}, on=base).status_code == 404
    assert own.post(f"{base}/talk", record, on=base).status_code == 303
    assert own.post(f"{base}/talk", record, on=base).status_code == 303, "the same again changes nothing"
    assert "dialog" in head.page("/").lower()
    page = head.page(base)
    assert AGREED in page
    assert "belum menjawab" in page
    assert head.post(f"{base}/talk", {**record, "agreed": AGREED + " Lagi."}, on=base).status_code == 409, "not read"
    seen = SEEN.search(page[page.index('id="talk"') :])
    assert seen
    answer = {"says": "disagrees", "words": "Tanggalnya 30 April.", "seen": seen[1]}
    assert head.post(f"{base}/talk/answer", {**answer, "words": ""}, on=base).status_code == 422
    assert head.post(f"{base}/talk/answer", answer, on=base).status_code == 303
    assert "Tanggalnya 30 April." in own.page(base)
    api = f"/api/v1/people/{home.person(n)}/talks/{PERIOD}"
    changed = own.send("PUT", api, {"held_on": "2026-11-30", "agreed": AGREED + " Lalu dibahas.", "version": seen[1]})
    assert (changed.status_code, changed.json["person_says"], changed.json["appraiser_says"]) == (200, "agrees", None)
    done = head.send("POST", f"{api}/answer", {"agrees": True, "version": changed.json["version"]})
    assert (done.status_code, done.json["appraiser_says"]) == (200, "agrees")


def test_nobody_else_takes_part(site: Site) -> None:
    home = site.closed
    base = f"/people/{home.person(45)}/receipts/{PERIOD}"
    record = {"held_on": "2026-11-30", "agreed": AGREED}
    assert home.as_person(46).post(f"{base}/talk", record, on="/").status_code == 404
    assert home.manager().post(f"{base}/talk", record, on="/").status_code == 403
    assert "Catat dialog" not in home.manager().page(base)
    assert site.open.as_person(4).post(f"{base}/talk", record, on="/").status_code == 404
