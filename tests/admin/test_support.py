"""Support access at the console: asking, four eyes, the way in; and that nothing of the agency comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from factories.operators import REASON
from factories.site import Home, Visitor, site_settings
from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from selaras.app import create_app
from selaras.identity.permissions import Role
from selaras.identity.service import ensure_account, grant_role
from selaras.identity.support.queries import accesses
from selaras_admin.operators import REALM

ASKED = {"reason": REASON, "ticket": "TIKET-9", "minutes": "30"}
LINK = re.compile(r'href="(http://[^"]+/support/enter\?code=[^"]+)"')


@pytest.fixture(scope="module")
def agencies(urls, redis_url, tmp_path_factory) -> Iterator[Flask]:
    app = create_app(site_settings(urls, redis_url, tmp_path_factory.mktemp("files")))
    yield app
    app.extensions["selaras"].database.close()


@pytest.fixture
def home(agencies, plant, database) -> Home:
    """An agency with its pages, an administrator and somebody whose name nobody may see at the console."""
    one = plant("Instansi Didukung")
    made = Home(agencies, database, one.tenant_id, one.uuid, one.slug)
    with database.tenant(one.tenant_id) as session:
        made_up = {"id": "s-1", "name": "Canary Rahasia", "search": "canary rahasia"}
        session.execute(
            text("INSERT INTO selaras.person (source_id, name, search_name) VALUES (:id, :name, :search)"), made_up
        )
        account = ensure_account(session, f"agency_admin@{one.slug}", "Admin Canary")
        grant_role(session, account, Role.AGENCY_ADMIN, Range(None, None))
    return made


def _ask(visitor, home: Home, **changes: str):
    path = f"/agencies/{home.uuid}/support"
    return visitor.post(path, {**ASKED, **changes}, on=path)


def _asked(visitor, home: Home, **changes: str) -> str:
    answer = _ask(visitor, home, **changes)
    assert answer.status_code == 303, answer.text[-900:]
    return str(answer.location).partition("?")[0]


def test_from_the_request_to_the_last_page(sign_in, home: Home):
    operator, boss = sign_in("support", name="Rina"), sign_in("administrator")
    page = _asked(operator, home)
    assert "menunggu instansi" in operator.page(page)
    admin = home.as_role(Role.AGENCY_ADMIN)
    assert "Rina meminta akses dukungan" in admin.page("/")
    assert admin.post(f"{page}/approval", on="/").status_code == 303
    shown = operator.post(f"{page}/way-in", on=page)
    assert shown.headers["Cache-Control"] == "no-store"
    (link,) = LINK.findall(shown.text)
    assert link.startswith(f"http://{home.host}:8700/support/enter?code=")
    code = link.rpartition("=")[2]
    inside = Visitor(home.app, home.host)
    assert inside.post("/support/enter", {"code": code}, on=f"/support/enter?code={code}").status_code == 303
    assert "Canary Rahasia" in inside.page("/people?search=Canary")
    told = operator.page(page)
    assert "di dalam" in told
    assert "<code>/people</code>" in told
    journal = boss.page("/journal")
    for line in ("akses dukungan diminta: Instansi Didukung · TIKET-9", "masuk ke instansi: Instansi Didukung"):
        assert line in journal
    assert "halaman dibuka di instansi: Instansi Didukung · <code>/people</code>" in journal
    for said in (told, journal, operator.page("/support"), operator.page(f"/agencies/{home.uuid}")):
        assert "Canary" not in said
    assert operator.post(f"{page}/ending", on=page).status_code == 303
    assert inside.get("/people").status_code == 403
    assert operator.post(f"{page}/way-in", on=page).status_code == 409


def test_no_code_lies_in_the_database(sign_in, home: Home, console_database):
    operator = sign_in("support")
    page = _asked(operator, home)
    home.as_role(Role.AGENCY_ADMIN).post(f"{page}/approval", on="/")
    (link,) = LINK.findall(operator.post(f"{page}/way-in", on=page).text)
    with console_database.platform() as session:
        rows = (
            session.execute(text("SELECT s::text FROM selaras.support_step s WHERE code IS NOT NULL")).scalars().all()
        )
        journal = session.execute(text("SELECT e::text FROM selaras.operator_entry e")).scalars().all()
    assert rows
    assert not [one for one in (*rows, *journal) if link.rpartition("=")[2] in one]


def test_urgent_needs_two(sign_in, home: Home):
    first, second = sign_in("support"), sign_in("support", name="Sari")
    page = _asked(first, home, urgent="on")
    assert "Kuatkan sebagai operator kedua" not in first.page(page)
    assert first.post(f"{page}/confirmation", on=page).status_code == 403
    assert sign_in("administrator").post(f"{page}/confirmation", on="/operators").status_code == 403
    assert "Kuatkan sebagai operator kedua" in second.page(page)
    assert second.post(f"{page}/confirmation", on=page).status_code == 303
    assert second.post(f"{page}/confirmation", on=page).status_code == 409
    assert second.post(f"{page}/way-in", on=page).status_code == 403
    assert LINK.findall(first.post(f"{page}/way-in", on=page).text)
    assert "karena mendesak oleh dua operator" in home.as_role(Role.AGENCY_ADMIN).page("/")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"reason": "pendek"}, 422, "20 sampai"),
        ({"reason": "Lihat pegawai 198001012005011001 sekarang"}, 422, "nomor seseorang"),
        ({"ticket": ""}, 422, "nomor tiketnya"),
        ({"minutes": "600"}, 422, "15 sampai 240"),
        ({"minutes": "sejam"}, 422, "15 sampai 240"),
    ],
)
def test_a_wrong_request_is_shown_again_as_written(sign_in, home: Home, console_database, changes, status, said):
    operator = sign_in("support")
    answer = _ask(operator, home, **changes)
    assert answer.status_code == status
    assert said in answer.text
    assert {**ASKED, **changes}["reason"] in answer.text
    with console_database.platform() as session:
        assert accesses(session, tenant_id=home.tenant_id) == ()


def test_nobody_asks_an_agency_that_is_not_there_or_closed(sign_in, home: Home, plant):
    operator = sign_in("support")
    assert operator.get(f"/agencies/{uuid4()}/support").status_code == 404
    closed = plant("Instansi Tertutup", status="suspended")
    answer = operator.post(f"/agencies/{closed.uuid}/support", ASKED, on="/support")
    assert answer.status_code == 409
    _asked(operator, home)
    assert _ask(operator, home).status_code == 409


def test_who_leaves_or_gives_no_support_any_more_is_out_of_the_agency(sign_in, home: Home, console_database):
    boss = sign_in("administrator")
    for ending in ("removal", "roles/support/end"):
        operator = sign_in("support")
        page = _asked(operator, home)
        home.as_role(Role.AGENCY_ADMIN).post(f"{page}/approval", on="/")
        code = LINK.findall(operator.post(f"{page}/way-in", on=page).text)[0].rpartition("=")[2]
        inside = Visitor(home.app, home.host)
        assert inside.post("/support/enter", {"code": code}).status_code == 303
        assert boss.post(f"/operators/{operator.who.id}/{ending}", on="/operators").status_code == 303
        assert inside.get("/people").status_code == 403
        with console_database.platform() as session:
            assert {one.stage for one in accesses(session, operator_id=operator.who.id)} == {"ended"}


def test_a_support_session_is_worth_nothing_at_the_console(sign_in, home: Home, process):
    operator = sign_in("support")
    page = _asked(operator, home)
    home.as_role(Role.AGENCY_ADMIN).post(f"{page}/approval", on="/")
    code = LINK.findall(operator.post(f"{page}/way-in", on=page).text)[0].rpartition("=")[2]
    inside = Visitor(home.app, home.host)
    inside.post("/support/enter", {"code": code})
    token = inside.client.get_cookie("selaras_session", domain=home.host).value
    assert process.sessions.read(REALM, token) is None
    assert process.sessions.read(home.uuid, token) is None
