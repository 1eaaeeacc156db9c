"""The rating board and many confirmed at once: what is kept or refused whole, what a preview says, and its cost."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import date

import pytest
from factories.site import PERIOD, Home, Site, site_settings
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from selaras.app import create_app
from selaras.config import settings
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on
from selaras.tenancy.rule_texts import keep_rule_text

BOARD = f"/team/board?period={PERIOD}"
FINE = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
TOP = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}
MIXED = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "sesuai"}
SEEN = re.compile(r'name="seen\.([0-9a-f-]+)" value="([^"]+)"')
UNRATED = (
    "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id IN (SELECT id FROM selaras.person"
    " WHERE tenant_id = :t AND substr(source_id, 8)::int > 21)"
)


def one_team(session: Session) -> None:
    """Everybody but the two heads reports to person 21 and is not rated; person 21 rated the quarter before."""
    values = {"t": session.info["tenant"]}
    head = "(SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-21')"
    session.execute(text(UNRATED), values)
    session.execute(
        text(
            f"UPDATE selaras.reporting_line SET superior_id = {head} WHERE tenant_id = :t AND person_id IN"
            " (SELECT id FROM selaras.person WHERE tenant_id = :t AND substr(source_id, 8)::int > 21)"
        ),
        values,
    )


@pytest.fixture
def make(tenant, database, urls, redis_url, tmp_path, monkeypatch) -> Iterator[Home]:
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path))
    settings.cache_clear()
    app = create_app(site_settings(urls, redis_url, tmp_path))
    yield Home(app, database, tenant.tenant_id, tenant.uuid, tenant.slug)
    settings.cache_clear()
    app.extensions["selaras"].database.close()


@pytest.fixture
def home(make: Home) -> Home:
    return make.settle(40, one_team)


def form(home: Home, page: str, given: dict[int, dict[str, str]], **more: object) -> dict[str, object]:
    """The list as it is sent: the versions of the page, and what is written for some people."""
    sent: dict[str, object] = {f"seen.{person}": version for person, version in SEEN.findall(page)}
    for n, values in given.items():
        sent |= {f"{home.person(n)}.{name}": value for name, value in values.items()}
    return sent | more


def held(home: Home, table: str = "rating") -> int:
    return home.scalar(
        f"SELECT count(*) FROM selaras.{table} WHERE tenant_id = :tenant AND person_id IN (SELECT id"
        " FROM selaras.person WHERE tenant_id = :tenant AND substr(source_id, 8)::int > 21)"
    )


def test_the_grid_is_the_regulation_s_and_everybody_starts_outside_it(home: Home) -> None:
    page = home.as_person(21).page(BOARD)
    assert page.count('data-row="') == 9
    assert page.count('class="person"') == 19
    assert 'data-row="di_atas" data-column="di_bawah"' in page
    assert page.index('id="tray"') < page.index('class="person"') < page.index('id="grid"')
    assert "tanpa bukti dukung" in page


def test_drafts_are_kept_and_the_ticked_are_submitted(home: Home) -> None:
    head = home.as_person(21)
    page = head.page(BOARD)
    kept = head.post(f"/team/board/{PERIOD}", form(home, page, {22: FINE, 23: TOP}, draft="true"), on=BOARD)
    assert (kept.status_code, held(home), held(home, "rating_draft")) == (303, 0, 2)
    page = head.page(BOARD)
    both = form(home, page, {22: FINE, 23: TOP}, submit="true", person=[str(home.person(22)), str(home.person(23))])
    assert head.post(f"/team/board/{PERIOD}", both, on=BOARD).status_code == 303
    assert (held(home), held(home, "rating_draft")) == (2, 0)
    assert head.post(f"/team/board/{PERIOD}", both, on=BOARD).status_code == 303, "the same again changes nothing"


def test_one_stale_line_refuses_the_whole_and_keeps_what_was_written(home: Home) -> None:
    desk, phone = home.as_person(21), home.as_person(21)
    page = desk.page(BOARD)
    sent = phone.post(f"/team/board/{PERIOD}", form(home, phone.page(BOARD), {22: TOP}, draft="true"), on=BOARD)
    assert sent.status_code == 303
    late = desk.post(f"/team/board/{PERIOD}", form(home, page, {22: FINE, 24: FINE}, draft="true"), on=BOARD)
    assert late.status_code == 409
    assert "di tempat lain" in late.text
    assert held(home, "rating_draft") == 1, "person 24 was not saved either"
    line = re.search(rf'(?s)<li id="row-{home.person(24)}".*?</li>', late.text)
    assert line
    assert line[0].count("selected") == 2, "but what was written is still there"


def test_the_preview_counts_and_advises_by_the_rule(home: Home) -> None:
    head = home.as_person(21)
    everybody = {n: FINE for n in range(22, 41)} | {22: TOP}
    sent = form(home, head.page(BOARD), everybody, preview="true")
    said = head.post(f"/team/board/{PERIOD}", sent, on=BOARD, headers={"HX-Request": "true"})
    assert said.status_code == 200
    assert "<html" not in said.text
    assert "Baik: 18 (" in said.text
    assert re.search(r"\d+ masih boleh keluar dari Baik", said.text), said.text
    too_many = form(home, head.page(BOARD), dict.fromkeys(everybody, TOP), preview="true")
    warned = head.post(f"/team/board/{PERIOD}", too_many, on=BOARD)
    assert re.search(r"▼</span> \d+ harus keluar dari|▼</span> kurang \d+ untuk Baik", warned.text)
    assert held(home, "rating_draft") == 0, "a preview keeps nothing"


def test_nobody_else_and_no_closed_period(home: Home, site: Site) -> None:
    page = home.as_person(1).page(BOARD)
    assert "Orang 22" not in page
    sent = {f"seen.{home.person(22)}": "none", f"{home.person(22)}.rating_hasil_kerja": "sesuai", "draft": "true"}
    assert home.as_person(1).post(f"/team/board/{PERIOD}", sent, on=BOARD).status_code == 303
    assert held(home, "rating_draft") == 0
    assert home.as_person(22).get(BOARD).status_code == 403
    assert home.as_person(1).get(f"/people/{home.person(22)}/ratings/{PERIOD}/evidence").status_code == 404
    assert (
        "belum ada kemajuan" in home.as_person(21).page(f"/people/{home.person(22)}/ratings/{PERIOD}/evidence").lower()
    )
    closed = site.closed.as_person(21)
    page = closed.page(BOARD)
    assert 'name="submit"' not in page
    late = closed.post(
        f"/team/board/{PERIOD}",
        {f"seen.{site.closed.person(22)}": "x", f"{site.closed.person(22)}.rating_hasil_kerja": "sesuai", "draft": "1"},
        on="/team",
    )
    assert late.status_code == 409


def test_many_are_confirmed_by_name_after_looking(home: Home) -> None:
    head, where = home.as_person(21), f"/team/confirmation?period={PERIOD}"
    first = head.page(where)
    assert 'name="person"' not in first, "no rating is suggested"
    page = head.page(f"{where}&rating_hasil_kerja=sesuai&rating_perilaku=sesuai")
    assert page.count('name="person"') == 19
    assert " checked" not in page
    some = [str(home.person(n)) for n in (30, 31, 32)]
    versions = form(home, page, {})
    unlooked = head.post(f"/team/confirmation/{PERIOD}", {**versions, **FINE, "person": some}, on=where)
    assert (unlooked.status_code, held(home)) == (422, 0)
    done = head.post(f"/team/confirmation/{PERIOD}", {**versions, **FINE, "person": some, "looked": "true"}, on=where)
    assert (done.status_code, held(home)) == (303, 3)
    again = head.post(f"/team/confirmation/{PERIOD}", {**versions, **MIXED, "person": some, "looked": "true"}, on=where)
    assert (again.status_code, held(home)) == (409, 3)
    assert home.as_person(30).get(where).status_code == 403


def test_the_api_rates_all_of_several_or_none(home: Home) -> None:
    head, path = home.as_person(21), f"/api/v1/team/ratings/{PERIOD}"
    both = [{"person_id": str(home.person(n)), "inputs": FINE, "version": "none"} for n in (22, 23)]
    stranger = {"person_id": str(home.person(1)), "inputs": FINE}
    assert head.send("POST", path, {"items": [*both, stranger]}).status_code == 404
    assert head.send("POST", path, {"items": [*both, {**both[0], "inputs": TOP}]}).status_code == 409
    assert held(home) == 0
    made = head.send("POST", path, {"items": both})
    assert (made.status_code, made.json["counts"]) == (200, {"baik": 2})
    first = next(one for one in made.json["items"] if one["name"] == "Orang 22")
    assert (first["state"], first["outcome"], first["exceptions"][0]) == ("given", "baik", "no_plan")
    assert head.send("POST", path, {"items": both}).status_code == 200
    assert home.as_person(22).send("POST", path, {"items": both}).status_code == 403
    assert head.get(f"/api/v1/team/board/{PERIOD}").json == made.json


def test_one_s_own_earlier_ratings_stand_beside(make: Home) -> None:
    def earlier(session: Session) -> None:
        one_team(session)
        values = {"t": session.info["tenant"], "starts": date(2026, 4, 1), "ends": date(2026, 6, 30)}
        values["period"] = session.execute(
            text(
                "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
                " VALUES (:t, '2026-TW2', 'quarter', :starts, :ends, 'closed') RETURNING id"
            ),
            values,
        ).scalar_one()
        whose = agency(session, session.info["tenant"])
        values["rule"] = keep_rule_text(session, rules_on(session, whose, values["ends"], load_registry()))
        session.execute(text(_EARLIER_BATCH), values)
        session.execute(text(_EARLIER_RATINGS), values)
        session.execute(text(_EARLIER), values)

    home = make.settle(40, earlier)
    page = home.as_person(21).page(BOARD)
    assert "Penilaian Anda sebelumnya" in page
    assert "Triwulan II 2026" in page
    assert "Penilaian Anda sebelumnya" not in home.as_person(1).page(BOARD)
    weak = home.as_person(21).page(
        f"/team/confirmation?period={PERIOD}&rating_hasil_kerja=di_atas&rating_perilaku=sesuai"
    )
    assert "lain dari sebelumnya" in weak


_EARLIER_BATCH = """
INSERT INTO selaras.outcome_batch (tenant_id, period_id, rule_id, state, set_at)
VALUES (:t, :period, :rule, 'set', now())
"""
_EARLIER_RATINGS = """
INSERT INTO selaras.rating (tenant_id, period_id, person_id, appraiser_id, inputs)
SELECT :t, :period, p.id, (SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = 'person-21'),
       '{"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}'
FROM selaras.person p WHERE p.tenant_id = :t AND substr(p.source_id, 8)::int > 21
"""
_EARLIER = """
INSERT INTO selaras.outcome (tenant_id, period_id, person_id, segment, revision, batch_id, unit_id, outcome)
SELECT :t, :period, r.person_id, 1, 1, b.id, a.unit_id, 'baik'
FROM selaras.rating r
JOIN selaras.outcome_batch b ON b.tenant_id = :t AND b.period_id = :period
JOIN selaras.appointment a ON a.tenant_id = :t AND a.person_id = r.person_id
WHERE r.tenant_id = :t AND r.period_id = :period
"""


def cost(home: Home, path: str) -> tuple[int, int]:
    """Statements and gzipped bytes of one page."""
    visitor, statements = home.as_person(21), 0
    visitor.page(path)

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    engine = home.app.extensions["selaras"].database.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        page = visitor.page(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return statements, len(gzip.compress(page.encode()))


def test_sixty_people_cost_no_more_statements_than_nineteen_and_stay_light(make: Home, tenant) -> None:
    make.settle(82, one_team)
    confirmation = f"/team/confirmation?period={PERIOD}&rating_hasil_kerja=sesuai&rating_perilaku=sesuai"
    large = {path: cost(make, path) for path in (BOARD, confirmation)}
    with make.database.tenant(make.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.reporting_line SET during = daterange('2015-01-01', '2016-01-01') WHERE tenant_id = :t"
                " AND person_id IN (SELECT id FROM selaras.person"
                " WHERE tenant_id = :t AND substr(source_id, 8)::int > 25)"
            ),
            {"t": make.tenant_id},
        )
    assert make.as_person(21).page(BOARD).count('class="person"') == 4
    for path, (statements, size) in large.items():
        assert cost(make, path)[0] == statements, path
        assert size < 100_000, (path, size)
