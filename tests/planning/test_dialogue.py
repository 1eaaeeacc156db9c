"""The dialogue on a plan: who takes part, what is new, what is told to whom; and that nothing of it is ever lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from factories.desk import REASON, Desk, path, stored
from factories.site import Home, Site, Visitor
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

LAST = re.compile(r'name="last" value="([^"]+)"')
ASK = "Apakah target ini sudah sesuai dengan perjanjian kinerja?"


def say(visitor: Visitor, home: Home, n: int, content: str, **more: str) -> Any:
    return visitor.post(path(home, n, "/remarks"), {"content": content, **more}, on=path(home, n, ""))


def remarks(visitor: Visitor, home: Home, n: int) -> Any:
    return visitor.get(f"/api/v1{path(home, n, '/remarks')}").json


def planned(home: Home, n: int) -> str:
    """Person n has a draft with one result; its id."""
    if Desk(home, n).visitor and not stored(home, n):
        assert Desk(home, n).write().status_code == 303
    return str(stored(home, n)["items"][0]["id"])


def test_a_question_and_its_answer_on_a_result(site: Site) -> None:
    home = site.open
    item = planned(home, 4)
    own, head = home.as_person(4), home.as_person(1)
    sent = say(own, home, 4, ASK, item=item)
    assert (sent.status_code, sent.headers["Location"].rpartition("#")[2]) == (303, f"talk-{item}")
    team = head.page("/team")
    assert "menunggu jawaban Anda" in team
    assert path(home, 4, "") + "#talk" in team
    assert path(home, 4, "") + "#talk" in head.page("/")
    page = head.page(path(home, 4, ""))
    assert page.index(ASK) > page.index("Naskah tersusun")
    assert re.search(rf'id="talk-{item}" open', page)
    assert say(head, home, 4, "Ya, sudah sesuai.", item=item).status_code == 303
    assert "menunggu jawaban Anda" not in head.page("/team")
    assert "Ya, sudah sesuai." in Desk(home, 4).read()
    seen = own.page(path(home, 4, ""))
    assert "Ya, sudah sesuai." in seen
    assert own.post(path(home, 4, "/remarks/read"), {"last": LAST.search(seen)[1]}).status_code == 303
    assert remarks(own, home, 4)["unread"] == 0
    assert path(home, 4, "") + "#talk" not in own.page("/")


def test_what_comes_after_the_last_remark_shown_stays_unread(site: Site) -> None:
    home = site.open
    planned(home, 5)
    own, head = home.as_person(5), home.as_person(1)
    say(head, home, 5, "Pertama.")
    last = LAST.search(own.page(path(home, 5, "")))[1]
    say(head, home, 5, "Kedua, sesudah halaman dibuka.")
    own.post(path(home, 5, "/remarks/read"), {"last": last})
    found = remarks(own, home, 5)
    assert [(one["content"], one["new"]) for one in found["items"]] == [
        ("Pertama.", False),
        ("Kedua, sesudah halaman dibuka.", True),
    ]
    own.post(path(home, 5, "/remarks/read"), {"last": found["items"][1]["id"]})
    own.post(path(home, 5, "/remarks/read"), {"last": last})
    assert remarks(own, home, 5)["unread"] == 0, "an older mark takes nothing back"


def test_the_thread_outlives_the_result_and_a_new_one_under_its_code_has_its_own(site: Site) -> None:
    home = site.open
    item = planned(home, 6)
    own = home.as_person(6)
    say(own, home, 6, ASK, item=item)
    desk = Desk(home, 6)
    assert desk.press("drop:0").status_code == 303
    desk.read()
    desk.press("add:utama")
    desk.read()
    assert desk.write(**{"items__0__code": "01", "items__0__title": "Hasil lain"}).status_code == 303
    page = own.page(path(home, 6, ""))
    former = page.index("yang tidak lagi ada dalam SKP")
    assert page.index(ASK) > former
    assert "Naskah tersusun" in page
    assert ASK not in Desk(home, 6).read()
    assert remarks(own, home, 6)["items"][0]["item_id"] is None
    gone = say(own, home, 6, "Terlambat.", item=item)
    assert (gone.status_code, "Terlambat." in gone.text) == (404, True)


def test_a_plan_that_came_back_keeps_its_dialogue(site: Site) -> None:
    home = site.open
    item = planned(home, 7)
    say(home.as_person(7), home, 7, ASK, item=item)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET state = 'submitted' WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(7)},
        )
    head = home.as_person(1)
    assert head.post(path(home, 7, "/return"), {"note": REASON}, on=path(home, 7, "")).status_code == 303
    assert Desk(home, 7).press("save", **{"items.0.title": "Judul baru"}).status_code == 303
    assert ASK in Desk(home, 7).read()


def test_sent_twice_is_one_remark_and_nobody_can_change_it(site: Site) -> None:
    home = site.open
    planned(home, 8)
    own = home.as_person(8)
    for _ in range(2):
        assert say(own, home, 8, ASK).status_code == 303
    assert len(remarks(own, home, 8)["items"]) == 1
    for words in (" ", "x" * 4001):
        refused = say(own, home, 8, words)
        assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
    for statement in ("UPDATE selaras.plan_remark SET content = 'lain'", "DELETE FROM selaras.plan_remark"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            home.database.tenant(home.tenant_id) as session,
        ):
            session.execute(text(f"{statement} WHERE tenant_id = :t"), {"t": home.tenant_id})


def test_who_takes_part_and_who_does_not(site: Site) -> None:
    home = site.open
    planned(home, 25)
    own, head, above = home.as_person(25), home.as_person(21), home.as_person(1)
    assert above.page(path(home, 25, "")), "whoever stands above the appraiser reads the plan"
    assert say(own, home, 25, "Mohon dibaca juga oleh pimpinan.").status_code == 303
    assert path(home, 25, "") not in above.page("/"), "and is told only where they are asked"
    assert say(own, home, 25, "Mohon saran.", ask="1").status_code == 303
    assert path(home, 25, "") in above.page("/")
    assert say(above, home, 25, "Saran saya: pertegas mutunya.").status_code == 303
    said = remarks(head, home, 25)
    assert (said["party"], [one["role"] for one in said["items"]]) == ("appraiser", ["owner", "owner", "reviewer"])
    assert say(own, home, 25, "Terima kasih.").status_code == 303
    assert path(home, 25, "") in above.page("/"), "who has taken part is told from then on"
    for stranger, status in ((home.as_person(26), 404), (home.as_person(22), 404), (home.manager(), 403)):
        assert say(stranger, home, 25, "Ikut campur.").status_code == status
        assert stranger.get(f"/api/v1{path(home, 25, '/remarks')}").status_code == status
    assert "Mohon saran." not in home.manager().page(path(home, 25, ""))
    assert site.closed.as_person(21).get(f"/api/v1{path(home, 25, '/remarks')}").status_code == 404


def test_by_the_api(site: Site) -> None:
    home = site.open
    item = planned(home, 9)
    own, head = home.as_person(9), home.as_person(1)
    where = f"/api/v1{path(home, 9, '/remarks')}"
    made = own.send("POST", where, {"content": ASK, "item_id": item})
    assert (made.status_code, made.json["party"], made.json["items"][0]["item_id"]) == (201, "owner", item)
    answer = head.get(where).json
    assert (answer["unread"], answer["items"][0]["new"]) == (1, True)
    read = head.send("POST", f"{where}/read", {"last": answer["items"][0]["id"]})
    assert (read.status_code, read.json["unread"]) == (200, 0)
    assert own.send("POST", where, {"content": ""}).status_code == 422
    assert own.send("POST", where, {"content": "x", "item_id": str(home.person(1))}).json["code"] == "plan_item_gone"
    assert own.send("POST", f"{where}/read", {"last": item}).json["code"] == "remark_unknown"


def test_pages_take_the_same_statements_for_few_remarks_as_for_many(site: Site) -> None:
    home = site.open
    item = planned(home, 10)
    own, head = home.as_person(10), home.as_person(1)
    pages = [(own, path(home, 10, "")), (own, path(home, 10)), (head, path(home, 10, "")), (head, "/team")]
    say(own, home, 10, "Satu.", item=item)
    counts = []
    for more in range(2):
        for n in range(8 * more):
            say(own, home, 10, f"Tambahan {n}.", item=item if n % 2 else "")
        counts.append([_statements(site, visitor, address) for visitor, address in pages])
    assert counts[0] == counts[1]


def _statements(site: Site, visitor: Visitor, address: str) -> int:
    counted: list[str] = []
    engine = site.app.extensions["selaras"].database.engine

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if "plan" in statement:  # what the process remembers for some seconds is asked for now and then
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.page(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)
