"""Writing a plan in the browser: the form, its buttons, faults at fields, drafts, two devices, both confirmations."""

from __future__ import annotations

import re
from html import unescape

import pytest
from factories.desk import REASON, SEEN, YEAR, Desk, clean, path, sent_by, set_state, stored
from factories.site import Site
from sqlalchemy import text

__all__ = ["clean"]


def test_the_form_is_the_one_that_the_regulation_declares(site: Site) -> None:
    desk = Desk(site.open, 4)
    declared = site.open.as_person(4).get(f"/api/v1/people/{site.open.person(4)}/plans/{YEAR}").json["form"]
    page = desk.read()
    for kind in ("sections", "models", "aspects", "annexes", "behaviours"):
        for one in declared[kind]:
            assert one["label"]["id"] in unescape(page), (kind, one)
    assert {f"annex.{one['code']}" for one in declared["annexes"]} <= set(desk.fields)
    assert {f"expectation.{one['code']}" for one in declared["behaviours"]} <= set(desk.fields)
    assert ("perspective" in " ".join(desk.fields)) == bool(declared["perspectives"])
    assert "Cara memulai" in page


def test_another_years_regulation_gives_another_form(site: Site) -> None:
    home, year = site.open, 2020
    desk = Desk(home, 4, year)
    declared = home.as_person(4).get(f"/api/v1/people/{home.person(4)}/plans/{year}").json["form"]
    page = unescape(desk.read())
    assert declared["regulation"]["code"] == "pp46_2011"
    for kind in ("sections", "aspects"):
        assert all(one["label"]["id"] in page for one in declared[kind]), kind
    assert "Kualitatif" not in page
    section = declared["sections"][0]["code"]
    fields = {"items.0.title": "Naskah tersusun", "items.0.section": section}
    assert desk.press("save", **fields).status_code == 303
    assert stored(home, 4, year)["items"][0]["section"] == section


def test_a_model_in_words_takes_no_targets_and_drops_none_silently(site: Site) -> None:
    desk = Desk(site.open, 4)
    desk.write()
    desk.read()
    refused = desk.press("save", model="kualitatif")
    assert refused.status_code == 422
    assert sent_by(refused.text)["items.0.measures.0.target"] == "10,5"
    desk.fields = sent_by(refused.text)
    kept = desk.press("drop-aspect:0:0", **{"items.0.expectation": "Naskah yang dapat langsung dipakai"})
    assert kept.status_code == 303, kept.text
    (item,) = stored(site.open, 4)["items"]
    assert (item["expectation"], item["measures"]) == ("Naskah yang dapat langsung dipakai", [])


def test_a_result_of_a_former_superior_is_told_at_its_field(site: Site) -> None:
    home = site.open
    leader = Desk(home, 1)
    leader.write(items__0__title="Layanan unit meningkat")
    served = stored(home, 1)["items"][0]["id"]
    desk = Desk(home, 4)
    desk.write(items__0__parent_item_id=served)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET person_id = :q WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(1), "q": home.person(30)},
        )
    desk.read()
    assert desk.fields["items.0.parent_item_id"] == served
    refused = desk.press("save")
    assert refused.status_code == 422
    assert 'href="#f-items.0.parent_item_id"' in refused.text


def test_a_plan_from_the_first_word_to_both_confirmations(site: Site) -> None:
    home = site.open
    leader = Desk(home, 1)
    assert leader.write(items__0__title="Layanan unit meningkat").status_code == 303
    served = stored(home, 1)["items"][0]["id"]
    own = Desk(home, 4)
    page = own.read()
    assert "Layanan unit meningkat" in page
    assert "belum disetujui" in page
    assert own.write(items__0__parent_item_id=served, annex__konsekuensi="Satu\nDua").status_code == 303
    own.read()
    assert own.fields["items.0.measures.0.target"] == "10,5"
    assert own.fields["annex.konsekuensi"] == "Satu\nDua"
    handed = own.press("submit")
    assert (handed.status_code, handed.headers["Location"].split("?")[1]) == (303, "note=plan-submitted")
    assert stored(home, 4)["state"] == "submitted"
    assert own.visitor.get(path(home, 4)).status_code == 303
    head, plan_page = home.as_person(1), path(home, 4, "")
    team = head.page("/team")
    assert "Orang 4" in team[team.index("memerlukan Anda") :]
    assert "menunggu keputusan Anda" in head.page("/")
    seen = {"seen": SEEN.search(head.page(plan_page))[1]}
    early = head.post(plan_page + "/agreement", seen, on=plan_page)
    assert (early.status_code, "SKP-nya belum" in early.text or "Setujui" in early.text) == (409, True)
    short = head.post(plan_page + "/return", {"note": "kurang"}, on=plan_page)
    assert short.status_code == 422
    assert 'aria-invalid="true"' in short.text
    assert head.post(plan_page + "/return", {"note": REASON}, on=plan_page).status_code == 303
    page = own.read()
    assert REASON in page
    assert own.press("submit").status_code == 303
    stale = head.post(plan_page + "/agreement", {"seen": "0" * 32}, on=plan_page)
    assert stale.status_code == 409
    set_state(home, 1, "agreed")
    assert head.post(plan_page + "/agreement", seen, on=plan_page).status_code == 303
    assert stored(home, 4)["state"] == "agreed"


def test_results_and_aspects_come_and_go_by_buttons_and_everything_is_kept(site: Site) -> None:
    desk = Desk(site.open, 4)
    desk.write()
    desk.read()
    added = desk.press("add:utama", **{"items.0.title": "Ditulis sebelum menambah"})
    assert added.headers["Location"].endswith("#item-1")
    desk.read()
    assert desk.fields["items.0.title"] == "Ditulis sebelum menambah"
    assert desk.fields["items.1.code"] == "02"
    desk.press("aspect:1:cost", **{"items.1.title": "Kedua"})
    desk.read()
    assert "cost" in {value for name, value in desk.fields.items() if name.startswith("items.1.measures")}
    desk.press("drop:0")
    assert [(one["code"], one["title"]) for one in stored(site.open, 4)["items"]] == [("02", "Kedua")]
    desk.read()
    desk.press("add:utama")
    desk.read()
    assert [desk.fields[f"items.{n}.code"] for n in (0, 1)] in (["02", "03"], ["01", "02"])


def test_what_cannot_be_read_comes_back_at_its_field_with_everything_typed(site: Site) -> None:
    desk = Desk(site.open, 4)
    desk.write()
    desk.read()
    refused = desk.press("save", **{"items.0.measures.0.target": "sepuluh", "items.0.title": "Diketik"})
    assert refused.status_code == 422
    again = sent_by(refused.text)
    assert (again["items.0.measures.0.target"], again["items.0.title"]) == ("sepuluh", "Diketik")
    assert 'href="#f-items.0.measures.0.target"' in refused.text
    assert re.search(r'name="items\.0\.measures\.0\.target" aria-invalid="true"', refused.text)
    assert stored(site.open, 4)["items"][0]["title"] == "Naskah tersusun"


def test_what_is_open_is_shown_when_it_is_handed_in_and_the_draft_is_kept(site: Site) -> None:
    desk = Desk(site.open, 4)
    answer = desk.press("submit", **{"items.0.title": "Setengah jadi"})
    assert "check=1" in answer.headers["Location"]
    assert stored(site.open, 4)["state"] == "draft"
    page = desk.read("?check=1")
    assert desk.fields["items.0.title"] == "Setengah jadi"
    for field in ("model", "items.0.parent_item_id", "items.0.measures"):
        assert f'href="#f-{field}' in page, field


@pytest.mark.parametrize(
    "junk",
    [
        {"do": "drop:999"},
        {"do": "aspect:0:tidak_ada"},
        {"do": "add:"},
        {"items.x.title": "a", "items.7.hmm": "b"},
        {"items.0.measures.9.aspect": "quantity' --"},
        {"items.0.section": "lain"},
        {"items.0.goal_id": "bukan"},
        {"items.0.origin": "bulan"},
        {"variant": "jpt"},
        {"annex.lain": "x"},
        {"expectation.lain": "x"},
        {"items.0.strategy.lain": "x"},
        {"items.0.title": "a\0b" * 3_000},
        {"items.0.measures.0.target": "9" * 200},
        {"items.0.measures.0.target": "NaN"},
        {f"items.{n}.title": "x" for n in range(70)},
        {"seen": "\0"},
    ],
)
def test_junk_is_passed_over_or_refused_but_never_breaks(site: Site, junk: dict[str, str]) -> None:
    desk = Desk(site.open, 4)
    sent = {**desk.fields, "model": "kuantitatif", "do": "save", **junk}
    for to in ("/write", "/autosave"):
        answer = desk.visitor.post(path(site.open, 4, to), sent, on=path(site.open, 4))
        assert answer.status_code in (200, 303, 409, 422), (to, answer.status_code)


def test_a_second_device_is_told_and_nothing_is_overwritten(site: Site) -> None:
    home = site.open
    phone, desktop = Desk(home, 4), Desk(home, 4)
    assert phone.write().status_code == 303
    told = desktop.write(items__0__title="Dari meja")
    assert told.status_code == 409
    assert "overwrite:" in told.text
    assert stored(home, 4)["items"][0]["title"] == "Naskah tersusun"
    desktop.fields = sent_by(told.text)
    assert desktop.fields["items.0.title"] == "Dari meja"
    assert desktop.press("save").status_code == 409
    mine = re.search(r'value="(overwrite:[0-9a-f]+)"', told.text)
    assert mine
    assert desktop.press(mine[1]).status_code == 303
    assert stored(home, 4)["items"][0]["title"] == "Dari meja"
    quiet = phone.press("save", to="/autosave", **{"items.0.title": "Dari telepon"})
    assert "Belum tersimpan" in quiet.text
    assert stored(home, 4)["items"][0]["title"] == "Dari meja"


def test_a_client_is_told_like_a_second_device(site: Site) -> None:
    home = site.open
    own, where = home.as_person(4), f"/api/v1{path(home, 4, '')}"
    empty = own.get(where).json
    assert empty["version"] == "none"
    section = empty["form"]["sections"][0]["code"]
    item = {"code": "01", "title": "Naskah tersusun", "section": section, "measures": [], "strategy": []}
    body = {"model": "kuantitatif", "items": [item], "annexes": [], "expectations": []}
    first = own.send("PUT", where, body, headers={"If-Match": "none"})
    assert first.status_code == 200
    other = body | {"items": [item | {"title": "Naskah lain"}]}
    blind = own.send("PUT", where, other, headers={"If-Match": "none"})
    assert (blind.status_code, blind.json["code"]) == (409, "plan_changed")
    seen = {"If-Match": f'"{first.json["version"]}"'}
    assert own.send("PUT", where, other, headers=seen).json["version"] != first.json["version"]
    set_state(home, 4, "submitted")
    head = home.as_person(1)
    unread = head.send("POST", f"{where}/agreement", headers=seen)
    assert (unread.status_code, unread.json["code"]) == (409, "plan_changed_unread")
    read = {"If-Match": head.get(where).json["version"]}
    assert head.send("POST", f"{where}/agreement", headers=read).json["plan"]["state"] == "agreed"


def test_a_client_begins_with_last_years_plan_once(site: Site) -> None:
    home = site.open
    own, where = home.as_person(4), f"/api/v1{path(home, 4, '/copy')}"
    none = own.send("POST", where)
    assert (none.status_code, none.json["code"]) == (404, "plan_none")
    Desk(home, 4, YEAR - 1).write(items__0__title="Naskah tahun lalu")
    made = own.send("POST", where)
    assert (made.status_code, made.json["plan"]["items"][0]["title"]) == (201, "Naskah tahun lalu")
    again = own.send("POST", where)
    assert (again.status_code, again.json["code"]) == (409, "plan_begun")
    assert home.as_person(1).send("POST", where).status_code in (403, 409)
    assert home.as_person(25).send("POST", where).status_code in (403, 404)


def test_the_same_words_again_are_no_conflict(site: Site) -> None:
    one, other = Desk(site.open, 4), Desk(site.open, 4)
    assert one.write().status_code == 303
    assert other.write().status_code == 303


def test_it_saves_itself_says_when_and_writes_no_ledger(site: Site) -> None:
    home, desk = site.open, Desk(site.open, 4)
    count = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'plan.drafted'"
    before = home.scalar(count)
    for title in ("Satu", "Dua"):
        answer = desk.press("", to="/autosave", **{"model": "kuantitatif", "items.0.title": title})
        assert re.search(r"Tersimpan: .* pukul \d\d\.\d\d WITA", answer.text), answer.text
        desk.fields["seen"] = SEEN.search(answer.text)[1]
    assert stored(home, 4)["items"][0]["title"] == "Dua"
    assert home.scalar(count) == before
    wrong = desk.press("", to="/autosave", **{"items.0.measures.0.target": "x"})
    assert "Belum tersimpan" in wrong.text
    desk.fields["seen"] = SEEN.search(wrong.text)[1]
    assert desk.press("save", **{"items.0.title": "Tiga", "model": "kuantitatif"}).status_code == 303


def test_last_years_plan_is_the_beginning_of_this_years(site: Site) -> None:
    home = site.open
    before = Desk(home, 4, 2025)
    before.write(annex__konsekuensi="Pembinaan")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.item_measure SET actual = 9 WHERE tenant_id = :t"), {"t": home.tenant_id})
    desk = Desk(home, 4)
    assert "Mulai dengan SKP 2025 saya" in desk.read()
    assert desk.press("", to="/copy").status_code == 303
    made = stored(home, 4)
    (item,) = made["items"]
    (measure,) = item["measures"]
    assert (made["state"], item["title"], measure["target"], measure["actual"]) == (
        "draft",
        "Naskah tersusun",
        "10.5",
        None,
    )
    assert [one["content"] for one in made["annexes"]] == ["Pembinaan"]
    again = desk.press("", to="/copy")
    assert again.status_code == 409
    assert Desk(home, 5).press("", to="/copy").status_code == 404


def test_an_item_that_others_refer_to_stays_in_the_form(site: Site) -> None:
    home = site.open
    leader = Desk(home, 1)
    leader.write(items__0__title="Layanan unit meningkat")
    leader.read()
    Desk(home, 4).write(items__0__parent_item_id=stored(home, 1)["items"][0]["id"])
    refused = leader.press("drop:0")
    assert refused.status_code == 409
    assert sent_by(refused.text)["items.0.title"] == "Layanan unit meningkat"
    assert len(stored(home, 1)["items"]) == 1
