"""In a real Chromium: plans after their first draft, on a desk and on a phone, without serious faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from factories.browsing import IN_A_BROWSER
from factories.desk import Desk, path, set_state, stored
from factories.site import Home, Site
from factories.walking import looks_of
from playwright.sync_api import Browser
from sqlalchemy import text

from selaras.clock import today
from selaras.identity.sessions import Proof
from selaras.organisation.accounts import account_of

pytestmark = [*IN_A_BROWSER, pytest.mark.slow]

Shown = tuple[str, int, str]
"""A name, who looks, and the address."""


def talked_about(home: Home) -> list[Shown]:
    """A plan with a dialogue on the whole and on a result, for both sides."""
    Desk(home, 4).write()
    item = stored(home, 4)["items"][0]["id"]
    own, head = home.as_person(4), home.as_person(1)
    where, remarks = path(home, 4, ""), path(home, 4, "/remarks")
    own.post(remarks, {"content": "Apakah target ini sudah sesuai perjanjian kinerja?", "item": item}, on=where)
    head.post(remarks, {"content": "Ya. Tambahkan ukuran mutunya:\n- kelengkapan\n- ketepatan", "item": item}, on=where)
    own.post(remarks, {"content": "Mohon dibaca juga secara keseluruhan.", "ask": "1"}, on=where)
    return [
        ("dialogue owner", 4, where),
        ("dialogue form", 4, path(home, 4)),
        ("handing out", 1, path(home, 4, "/hand-out")),
        ("dialogue appraiser", 1, where),
        ("dialogue team", 1, "/team"),
        ("dialogue home", 1, "/"),
    ]


def with_another_superior(home: Home) -> list[Shown]:
    """The search, a proposal that waits, and what the three see of it."""
    own, form = home.as_person(5), f"/people/{home.person(5)}/superior"
    why = "SK mutasi nomor 800/17: sejak pindah, pekerjaan saya dipimpin oleh kepala unit yang baru."
    own.post(
        form, {"proposed": str(home.person(21)), "day": today("Asia/Makassar").isoformat(), "reason": why}, on=form
    )
    return [
        ("superior search", 6, f"/people/{home.person(6)}/superior?search=orang+2"),
        ("superior none", 6, "/superiors"),
        ("superior own", 5, "/superiors"),
        ("superior answer", 21, "/superiors"),
        ("superior home", 21, "/"),
    ]


def amended(home: Home) -> list[Shown]:
    """An amendment that waits, its form, and the versions of a plan."""
    why = {"reason": "Target disesuaikan dengan perubahan anggaran tahun berjalan."}
    for n in (7, 8):
        Desk(home, n).write()
        set_state(home, n, "submitted")
        assert home.as_person(1).send("POST", f"/api/v1{path(home, n, '/agreement')}").status_code == 200
        home.as_person(n).post(path(home, n, "/amendment"), why, on=path(home, n, ""))
        change = f"/api/v1{path(home, n, '/amendment')}"
        draft = home.as_person(n).get(change).json["amendment"]["draft"]
        draft["items"][0]["measures"][0] |= {"target": "14", "indicator": "Jumlah naskah yang disahkan"}
        draft["items"].append({**draft["items"][0], "code": "02", "title": "Layanan konsultasi lebih cepat"})
        draft.pop("variant")
        assert home.as_person(n).send("PUT", change, draft).status_code == 200
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.plan_amendment SET state = 'submitted' WHERE tenant_id = :t AND plan_id ="
                " (SELECT id FROM selaras.plan WHERE tenant_id = :t AND person_id = :p)"
            ),
            {"t": home.tenant_id, "p": home.person(7)},
        )
    shown = [("amend form", 8, path(home, 8, "/amend")), ("amend owner", 8, path(home, 8, ""))]
    shown += [("amend decide", 1, path(home, 7, "")), ("amend team", 1, "/team")]
    return [*shown, ("amend history", 7, path(home, 7, "/history"))]


def with_actions(home: Home) -> list[Shown]:
    """An action plan with steps, for the employee and the appraiser."""
    Desk(home, 9).write()
    item = stored(home, 9)["items"][0]["id"]
    steps = [
        {"content": "Menyusun konsep naskah bersama tim penyusun", "target": "Satu konsep", "due_on": "2026-10-31"},
        {"content": "Uji publik", "target": "Dua kali pertemuan", "due_on": "2026-11-20", "done_on": "2026-11-18"},
    ]
    body = {"items": [{"item_id": item, "steps": steps}]}
    assert home.as_person(9).send("PUT", f"/api/v1{path(home, 9, '/actions')}/2026-TW4", body).status_code == 200
    where = path(home, 9, "/actions?period=2026-TW4")
    return [
        ("actions own", 9, where),
        ("actions appraiser", 1, where),
        ("actions none", 10, path(home, 10, "/actions")),
    ]


SCENES: tuple[Callable[[Home], list[Shown]], ...] = (talked_about, with_another_superior, amended, with_actions)


@pytest.mark.parametrize("scene", SCENES, ids=lambda one: one.__name__)
def test_pages_are_accessible_and_fit_a_narrow_screen(
    site: Site, browser: Browser, serve: Callable[..., int], scene: Callable[[Home], list[Shown]]
) -> None:
    faults, home = list[str](), site.open
    port = serve(site.app)
    for name, who, address in scene(home):
        context = browser.new_context(base_url=f"http://{home.host}:{port}")
        with home.database.tenant(home.tenant_id) as session:
            account = account_of(session, home.person(who), today("Asia/Makassar"))
        token = site.app.extensions["selaras"].sessions.start(home.uuid, account, Proof(method="oidc"))
        context.add_cookies([{"name": "selaras_session", "value": token, "domain": home.host, "path": "/"}])
        page = context.new_page()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, (name, answer.status)
        faults += looks_of(page, name)
        context.close()
    assert faults == []
