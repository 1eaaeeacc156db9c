"""An agreed plan is amended while it stays in force: both confirmations again, its versions, and a new post."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from factories.counting import statements
from factories.desk import Desk, path, sent_by, set_state, stored
from factories.site import Home, Site
from sqlalchemy import text

from selaras.clock import fixed
from selaras.planning.drafts import AnnexDraft, ItemDraft, MeasureDraft, PlanDraft
from selaras.planning.history import differences, packed, unpacked

REASON = "Target disesuaikan dengan perubahan anggaran."
SEEN = re.compile(r'amendment/agreement">.*?name="seen" value="([^"]+)"', re.S)


class Amending(Desk):
    """Somebody at the form of an amendment."""

    def read(self, more: str = "") -> str:
        page = self.visitor.page(path(self.home, self.n, "/amend" + more, self.year))
        self.fields = sent_by(page)
        return page

    def press(self, button: str, to: str = "/amend", **more: str) -> Any:
        own = path(self.home, self.n, to, self.year)
        return self.visitor.post(own, {**self.fields, **more, "do": button}, on="/")


def served(home: Home) -> str:
    """The superior's result that everybody's results serve; its plan is agreed."""
    if stored(home, 1) is None:
        Desk(home, 1).write(items__0__title="Layanan unit meningkat")
        set_state(home, 1, "agreed")
    return str(stored(home, 1)["items"][0]["id"])


def agreed(home: Home, n: int) -> str:
    """Person n has an agreed plan with one result; its id."""
    parent = served(home)
    desk = Desk(home, n)
    desk.write(items__0__parent_item_id=parent)
    desk.read()
    assert desk.press("submit").headers["Location"].endswith("plan-submitted")
    assert home.as_person(1).send("POST", f"/api/v1{path(home, n, '/agreement')}").status_code == 200
    assert stored(home, n)["state"] == "agreed"
    return str(stored(home, n)["items"][0]["id"])


def begin(home: Home, n: int, reason: str = REASON) -> Any:
    return home.as_person(n).post(path(home, n, "/amendment"), {"reason": reason}, on=path(home, n, ""))


def amendment(home: Home, n: int, who: int | None = None) -> Any:
    return home.as_person(who or n).get(f"/api/v1{path(home, n, '/amendment')}").json["amendment"]


def versions(home: Home, n: int) -> Any:
    return home.as_person(n).get(f"/api/v1{path(home, n, '/versions')}").json["items"]


def test_from_the_reason_to_the_second_agreement(site: Site) -> None:
    home = site.open
    item = agreed(home, 4)
    short = begin(home, 4, "kurang")
    assert (short.status_code, 'aria-invalid="true"' in short.text) == (422, True)
    assert begin(home, 4).headers["Location"].split("?")[0].endswith("/amend")
    assert begin(home, 4).status_code == 303, "begun twice, it is begun once"
    desk = Amending(home, 4)
    assert desk.fields["items.0.measures.0.target"] == "10,5"
    assert desk.press("save", **{"items.0.measures.0.target": "12"}).status_code == 303
    desk.read()
    assert desk.press("add:utama").status_code == 303
    desk.read()
    assert desk.fields["items.1.code"] == "02"
    more = {"items.1.title": "Layanan lebih cepat", "items.1.measures.0.indicator": "Lama layanan"}
    more |= {"items.1.measures.0.target": "2", "items.1.measures.0.measure": "hari"}
    more |= {"items.1.parent_item_id": served(home)}
    assert desk.press("save", **more).status_code == 303
    _decide(home, item, desk)


def _decide(home: Home, item: str, desk: Amending) -> None:
    """The appraiser reads what is changed, gives it back once, and agrees to what was read."""
    own, head, plan_page = home.as_person(4), home.as_person(1), path(home, 4, "")
    assert stored(home, 4)["items"][0]["measures"][0]["target"] == "10.5", "the agreed plan stays in force"
    assert stored(home, 4)["state"] == "agreed"
    desk.read()
    handed = desk.press("submit")
    assert handed.headers["Location"].endswith("note=plan-submitted"), handed.headers["Location"]
    assert "perubahan" in head.page("/team")
    page = head.page(plan_page)
    assert "Layanan lebih cepat" in page
    assert re.search(r"10,5\s*</td>.*?12\s*</td>", page, re.S)
    returned = head.post(plan_page + "/amendment/return", {"note": "Jelaskan sumber datanya juga."}, on=plan_page)
    assert returned.status_code == 303
    assert "Jelaskan sumber datanya juga." in desk.read()
    desk.press("submit")
    stale = head.post(plan_page + "/amendment/agreement", {"seen": "x"}, on=plan_page)
    assert stale.status_code == 409
    seen = {"seen": SEEN.search(head.page(plan_page))[1]}
    assert head.post(plan_page + "/amendment/agreement", seen, on=plan_page).status_code == 303
    now = stored(home, 4)
    assert (now["items"][0]["id"], now["items"][0]["measures"][0]["target"]) == (item, "12")
    assert [one["code"] for one in now["items"]] == ["01", "02"]
    made = versions(home, 4)
    assert [(one["number"], one["agreed_by"]) for one in made] == [(2, "Orang 1"), (1, "Orang 1")]
    assert made[0]["reason"] == REASON
    changed = {(one["kind"], one["code"]) for one in made[0]["differences"]}
    assert changed == {("changed", "01"), ("added", "02")}
    history = own.page(path(home, 4, "/history"))
    assert REASON in history
    assert amendment(home, 4) is None
    assert "SKP Anda diubah" in own.page("/")


def test_what_is_left_out_is_stopped_and_keeps_progress_and_code(site: Site) -> None:
    home = site.open
    item = agreed(home, 5)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.progress (tenant_id, item_id, aspect, on_day, actual)"
                " VALUES (:t, :i, 'quantity', '2026-07-01', 3)"
            ),
            {"t": home.tenant_id, "i": item},
        )
    begin(home, 5)
    desk = Amending(home, 5)
    desk.press("drop:0")
    desk.read()
    desk.press("add:utama")
    desk.read()
    assert desk.fields["items.0.code"] == "02", "the code of what is left out is not given again"
    first = {"indicator": "Jumlah", "target": "1", "measure": "dokumen"}
    more = {f"items.0.measures.0.{name}": value for name, value in first.items()}
    desk.press("save", **{"items.0.title": "Hasil pengganti", "items.0.parent_item_id": served(home), **more})
    desk.read()
    desk.press("submit")
    plan_page = path(home, 5, "")
    head = home.as_person(1)
    head.post(plan_page + "/amendment/agreement", {"seen": SEEN.search(head.page(plan_page))[1]}, on=plan_page)
    old, new = stored(home, 5)["items"]
    assert (old["id"], bool(old["stopped_on"]), new["stopped_on"]) == (item, True, None)
    assert home.scalar("SELECT count(*) FROM selaras.progress WHERE tenant_id = :tenant AND item_id = :i", i=item) == 1
    assert "Dihentikan sejak" in home.as_person(5).page(plan_page)
    begin(home, 5)
    assert [one["code"] for one in amendment(home, 5)["draft"]["items"]] == ["02"]
    body = {"items": [{"code": "01", "title": "Hidup lagi", "measures": [], "strategy": []}]}
    body |= {"annexes": [], "expectations": [], "model": "kuantitatif"}
    revived = home.as_person(5).send("PUT", f"/api/v1{path(home, 5, '/amendment')}", body)
    assert revived.status_code == 422
    assert "sudah dihentikan" in revived.json["errors"]["items.0.code"][0]


def test_two_devices_an_empty_amendment_and_withdrawal(site: Site) -> None:
    home = site.open
    agreed(home, 6)
    begin(home, 6)
    first, second = Amending(home, 6), Amending(home, 6)
    empty = first.press("submit")
    assert (empty.status_code, "Belum ada yang diubah" in empty.text) == (409, True)
    assert first.press("save", **{"items.0.title": "Dari perangkat pertama"}).status_code == 303
    told = second.press("save", **{"items.0.title": "Dari perangkat kedua"})
    assert (told.status_code, "Dari perangkat kedua" in told.text) == (409, True)
    assert amendment(home, 6)["draft"]["items"][0]["title"] == "Dari perangkat pertama"
    kept = second.press("x", to="/amend/autosave", **{"items.0.title": "Dari perangkat kedua"})
    assert "Belum tersimpan" in kept.text
    mine = {"items": [], "annexes": [], "expectations": []}
    where = f"/api/v1{path(home, 6, '/amendment')}"
    token = first.visitor.get("/api/v1/me").json["form_token"]
    headers = {"X-Form-Token": token, "If-Match": '"draft-0"'}
    lost = first.visitor.client.put(where, base_url=f"http://{home.host}", json=mine, headers=headers)
    assert (lost.status_code, lost.json["code"]) == (409, "plan_changed")
    own = home.as_person(6)
    assert own.post(path(home, 6, "/amendment/withdrawal"), on=path(home, 6, "")).status_code == 303
    assert own.get(path(home, 6, "/amend")).status_code == 303
    assert stored(home, 6)["items"][0]["title"] == "Naskah tersusun"
    assert own.send("POST", f"{where}/submission").json["code"] == "amendment_none"


def test_who_may_not_and_when_not(site: Site) -> None:
    home = site.open
    desk = Desk(home, 7)
    desk.write()
    refused = home.as_person(7).send("POST", f"/api/v1{path(home, 7, '/amendment')}", {"reason": REASON})
    assert (refused.status_code, refused.json["code"]) == (409, "plan_not_agreed")
    agreed(home, 8)
    begin(home, 8)
    for to in ("", "/withdrawal"):
        other = home.as_person(1).post(path(home, 8, "/amendment" + to), {"reason": REASON}, on="/")
        assert other.status_code == 403
        stranger = home.as_person(9).post(path(home, 8, "/amendment" + to), {"reason": REASON}, on="/")
        assert stranger.status_code in (403, 404)
    for to in ("/agreement", "/return"):
        assert home.as_person(8).post(path(home, 8, "/amendment" + to), {}, on="/").status_code == 403
        assert home.as_person(21).post(path(home, 8, "/amendment" + to), {}, on="/").status_code == 404
        assert (
            home.as_person(1).send("POST", f"/api/v1{path(home, 8, '/amendment' + to)}", {"note": REASON}).json["code"]
            == "amendment_state"
        ), "a draft is nobody's to decide on"
    back = home.as_person(1).post(path(home, 8, "/return"), {"note": REASON}, on="/")
    assert (back.status_code, "sedang diubah" in back.text) == (409, True)


def test_a_new_post_begins_a_plan_of_its_own(site: Site) -> None:
    home = site.open
    agreed(home, 9)
    own, where = home.as_person(9), f"/api/v1{path(home, 9, '/parts')}"
    assert own.send("POST", where).json["code"] == "plan_not_moved"
    since = date(2026, 8, 1)
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id, "p": home.person(9), "d": since}
        session.execute(
            text(
                "WITH old AS (UPDATE selaras.appointment SET during = daterange(lower(during), :d) WHERE tenant_id = :t"
                " AND person_id = :p RETURNING *) INSERT INTO selaras.appointment (tenant_id, person_id, unit_id,"
                " position_id, employment, rank, legal_status, during) SELECT tenant_id, person_id, unit_id,"
                " position_id, employment, rank, legal_status, daterange(:d, NULL) FROM old"
            ),
            values,
        )
    page = own.page(path(home, 9, ""))
    assert "jabatan lain sejak 1 Agustus 2026" in page
    begun = own.post(path(home, 9, "/parts"), on=path(home, 9, ""))
    assert begun.status_code == 303, begun.text
    new = stored(home, 9)
    assert (new["state"], new["starts"], new["ends"], new["segment"]) == ("draft", "2026-08-01", "2026-12-31", 2)
    assert new["items"][0]["title"] == "Naskah tersusun"
    again = own.post(path(home, 9, "/parts"), on=path(home, 9, ""))
    assert again.status_code == 409
    both = own.page(path(home, 9, "") + "?segment=1")
    assert "31 Juli 2026" in both
    assert "Ubah SKP ini" not in both, "the plan that ended is only read"


def test_pages_take_the_same_statements_for_few_versions_as_for_many(site: Site) -> None:
    home = site.open
    agreed(home, 10)
    own, counts = home.as_person(10), []
    for n in range(3):
        with home.database.tenant(home.tenant_id) as session:
            session.execute(
                text(
                    "INSERT INTO selaras.plan_version (tenant_id, plan_id, number, content, agreed_at)"
                    " SELECT tenant_id, plan_id, number + 1, jsonb_set(content, '{items,0,title}',"
                    " to_jsonb(CAST(:s AS text))),"
                    " now() FROM selaras.plan_version v JOIN selaras.plan p USING (tenant_id) WHERE tenant_id = :t"
                    " AND p.id = v.plan_id AND p.person_id = :p ORDER BY number DESC LIMIT 1"
                ),
                {"t": home.tenant_id, "p": home.person(10), "s": f"Judul {n}"},
            )
        with statements(site.app.extensions["selaras"].database) as seen:
            own.page(path(home, 10, "/history"))
        counts.append(len([one for one in seen if "plan" in one]))
    assert counts[0] == counts[2]


def test_the_coming_years_plan_is_offered_from_november_in_its_own_form(site: Site) -> None:
    home = site.open
    agreed(home, 12)
    own, write = home.as_person(12), path(home, 12, "/write", 2027)
    for month, on, offered in ((10, 31, False), (11, 1, True)):
        with fixed(datetime(2026, month, on, 3, tzinfo=UTC)):
            assert (write in own.page(path(home, 12, ""))) is offered
            assert (path(home, 12, "", 2027) in own.page(f"/people/{home.person(12)}")) is offered
            form = own.get(f"/api/v1{path(home, 12, '', 2027)}").json["form"]
            assert form["regulation"]["code"] == "permenpan_6_2022"
            assert own.get(write).status_code == 200


def test_differences_say_every_field_once() -> None:
    one = ItemDraft("01", "Naskah", measures=(MeasureDraft("quantity", "Jumlah", None, "buah"),))
    before = PlanDraft("kuantitatif", "ja_jf", (one,), (AnnexDraft("konsekuensi", "Satu"),))
    assert unpacked(packed(before)) == before
    assert list(differences(before, before, {})) == []
    after = PlanDraft("kuantitatif", "ja_jf", (), (AnnexDraft("konsekuensi", "Satu"), AnnexDraft("konsekuensi", "Dua")))
    stopped, around = differences(before, after, {})
    assert (stopped.kind, stopped.code) == ("stopped", "01")
    found = [(one.name, one.part, one.before, one.after) for one in around.fields]
    assert found == [("annex", "konsekuensi", "Satu", "Satu\nDua")]


def test_a_plan_that_was_never_agreed_to_has_a_history_without_versions(site: Site) -> None:
    desk = Desk(site.open, 17)
    assert desk.write().status_code == 303
    assert desk.visitor.get(path(site.open, 17, "/history")).status_code == 200
    assert versions(site.open, 17) == []
