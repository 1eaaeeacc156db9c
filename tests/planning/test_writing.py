"""Writing a plan in the browser: the form, its buttons, faults at fields, drafts, two devices, both confirmations."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from factories.site import Home, Site, Visitor
from sqlalchemy import event, text

YEAR = 2026
FIELD = re.compile(r'<(?:input|textarea|select)[^>]* name="([^"]+)"[^>]*>', re.S)
SEEN = re.compile(r'name="seen" value="([^"]+)"')
REASON = "Tambahkan indikator kualitas pada hasil pertama."


def path(home: Home, n: int, more: str = "/write", year: int = YEAR) -> str:
    return f"/people/{home.person(n)}/plans/{year}{more}"


class Desk:
    """Somebody at the form of their plan; `fields` is what stands in it, as a browser would send it."""

    def __init__(self, home: Home, n: int, year: int = YEAR) -> None:
        self.home, self.n, self.year = home, n, year
        self.visitor: Visitor = home.as_person(n)
        self.fields: dict[str, str] = {}
        self.read()

    def read(self, more: str = "") -> str:
        page = self.visitor.page(path(self.home, self.n, "/write" + more, self.year))
        self.fields = sent_by(page)
        return page

    def press(self, button: str, to: str = "/write", **more: str) -> Any:
        where = path(self.home, self.n, year=self.year)
        own = path(self.home, self.n, to, self.year)
        return self.visitor.post(own, {**self.fields, **more, "do": button}, on=where)

    def write(self, **more: str) -> Any:
        """Type a whole result and save."""
        at = {
            "model": "kuantitatif",
            "items.0.title": "Naskah tersusun",
            "items.0.measures.0.indicator": "Jumlah naskah",
            "items.0.measures.0.target": "10,5",
            "items.0.measures.0.measure": "naskah",
        }
        return self.press("save", **(at | {name.replace("__", "."): value for name, value in more.items()}))


def sent_by(page: str) -> dict[str, str]:
    """The fields of the form of the plan with their values, as a browser without JavaScript sends them."""
    form = page[page.index('id="plan"') : page.rindex("</form>")]
    found: dict[str, str] = {}
    for tag in re.finditer(r"<input([^>]*)>", form):
        name, value = re.search(r'name="([^"]+)"', tag[1]), re.search(r'value="([^"]*)"', tag[1])
        if name and ('type="radio"' not in tag[1] or " checked" in tag[1]):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = unescape(body)
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        found[name] = next((value for value, chosen in options if chosen), options[0][0])
    found.pop("form_token", None)
    return found


def stored(home: Home, n: int, year: int = YEAR) -> Any:
    return home.as_person(n).get(f"/api/v1/people/{home.person(n)}/plans/{year}").json["plan"]


@pytest.fixture(autouse=True)
def clean(site: Site) -> None:
    with site.open.database.tenant(site.open.tenant_id) as session:
        tables = ("team_input", "item_strategy", "item_measure", "result_share", "plan_item", "assignment", "goal")
        for table in (*tables, "plan_annex", "plan_expectation", "plan"):
            session.execute(text(f"DELETE FROM selaras.{table} WHERE tenant_id = :t"), {"t": site.open.tenant_id})


def set_state(home: Home, n: int, state: str) -> None:
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET state = :s WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(n), "s": state},
        )


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
    assert "Orang 4" in team[team.index("menunggu") :]
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


def test_goals_of_the_unit_or_the_nearest_above_and_assignments_are_offered(site: Site) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        values = {"t": home.tenant_id, "p": home.person(4), "y": YEAR}
        unit = session.execute(
            text("SELECT unit_id FROM selaras.appointment WHERE tenant_id = :t AND person_id = :p"), values
        ).scalar_one()
        session.execute(
            text(
                "INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)"
                " VALUES (:t, 'S-1', :u, :y, 'Meningkatnya literasi', 'Nilai')"
            ),
            values | {"u": unit},
        )
        session.execute(
            text(
                "INSERT INTO selaras.assignment (tenant_id, code, person_id, role, origin, unit_id, task, basis,"
                " during) VALUES (:t, 'TIM-1', :p, 'member', 'other_unit', :u, 'Satgas data', 'SK 1', '[2026-01-01,)')"
            ),
            values | {"u": unit},
        )
    desk = Desk(home, 4)
    page = desk.read()
    assert "Meningkatnya literasi" in page
    assert "Satgas data" in page
    goal = re.search(r'value="([0-9a-f-]{36})">S-1', page)
    assert goal
    assert desk.write(items__0__goal_id=goal[1]).status_code == 303
    assert stored(home, 4)["items"][0]["goal_title"] == "Meningkatnya literasi"


def test_who_may_not(site: Site) -> None:
    home = site.open
    where = path(home, 4)
    for other in (home.as_person(1), home.manager(), home.as_person(25)):
        assert other.get(where).status_code in (403, 404)
        for to in ("/write", "/autosave", "/copy"):
            assert other.post(path(home, 4, to), {"do": "save"}, on="/").status_code in (403, 404)
    own = home.as_person(4)
    for to in ("/agreement", "/return"):
        assert own.post(path(home, 4, to), {"note": REASON}, on="/").status_code == 403
        assert home.as_person(21).post(path(home, 4, to), {"note": REASON}, on="/").status_code == 404
    elsewhere = site.closed.as_person(4)
    assert elsewhere.get(where).status_code == 404
    assert elsewhere.post(where, {"do": "save"}, on="/").status_code == 404
    assert home.visitor().get(where).status_code == 303
    assert home.as_person(4).client.post(where, base_url=f"http://{home.host}", data={"do": "save"}).status_code == 403


def test_the_plan_of_a_settled_year_is_not_written(site: Site) -> None:
    home, desk = site.open, Desk(site.open, 4)
    desk.write()
    set_state(home, 4, "submitted")
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
                " VALUES (:t, '2026', 'year', '2026-01-01', '2026-12-31', 'closed')"
            ),
            {"t": home.tenant_id},
        )
    try:
        assert desk.visitor.get(path(home, 4)).status_code == 409
        for to in ("/write", "/autosave", "/copy"):
            assert desk.visitor.post(path(home, 4, to), {"do": "save"}, on="/").status_code == 409
        head = home.as_person(1)
        for to in ("/agreement", "/return"):
            assert head.post(path(home, 4, to), {"note": REASON, "seen": "x"}, on="/").status_code == 409
        assert stored(home, 4)["state"] == "submitted"
    finally:
        with home.database.tenant(home.tenant_id) as session:
            session.execute(
                text("DELETE FROM selaras.period WHERE tenant_id = :t AND code = '2026'"), {"t": home.tenant_id}
            )


def test_home_begins_with_the_plan_that_is_missing(site: Site) -> None:
    home = site.open
    page = home.as_person(4).page("/")
    assert f"/people/{home.person(4)}/plans/2026/write" in page
    assert page.index("Anda belum memiliki SKP 2026") < page.index("<h2") + 400
    Desk(home, 4).write()
    assert "Anda belum memiliki SKP 2026" not in home.as_person(4).page("/")


def test_pages_take_the_same_statements_for_few_results_as_for_many(site: Site) -> None:
    desk, counted = Desk(site.open, 4), []
    desk.write()
    engine = site.app.extensions["selaras"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))

    def taken() -> tuple[int, ...]:
        found = []
        for address in (path(site.open, 4), path(site.open, 4, "")):
            counted.clear()
            desk.visitor.page(address)
            found.append(len(counted))
        return tuple(found)

    few = taken()
    desk.read()
    for _ in range(6):
        desk.press("add:utama")
        desk.read()
    assert (taken(), min(few) > 3) == (few, True)
