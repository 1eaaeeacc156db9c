"""The agency's own letterhead through page and API: preview, versions by day, printed documents, what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from factories.declared import check, declared_at
from factories.site import PERIOD, Home, Site
from sqlalchemy import text

from selaras.clock import now
from selaras.documents import issuing
from selaras.identity.permissions import Role
from selaras.web import receipts

PATH = "/api/v1/letterheads"
WHY = "Keputusan sekretaris daerah tentang tata naskah dinas."
LINES = ["Jalan Contoh Nomor 1", "Telepon (021) 555"]
HEAD = {"lines": LINES, "place": "Kota Contoh"}


@pytest.fixture(autouse=True)
def _none_before(site: Site) -> None:
    for home in (site.open, site.closed):
        with home.database.tenant(home.tenant_id) as session:
            session.execute(text("DELETE FROM selaras.letterhead WHERE tenant_id = :t"), {"t": home.tenant_id})


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the documents that are printed meanwhile say."""
    kept: list[dict[str, Any]] = []
    made = issuing.render

    def render(template: str, data: dict[str, Any]) -> bytes:
        kept.append(data)
        return made(template, data)

    monkeypatch.setattr(issuing, "render", render)
    monkeypatch.setattr(receipts, "refuse_without", lambda _: None)  # the printed receipt is a feature of some only
    return kept


def record(home: Home, start: str, **more: object) -> Any:
    return home.manager().send("POST", PATH, {**HEAD, "from_day": start, "reason": WHY, **more})


def test_the_page_previews_and_records_and_the_ledger_has_it(site: Site) -> None:
    manager = site.open.manager()
    assert "Kop surat" in manager.page("/letterhead")
    form = {"lines": "\n".join([*LINES, "", " "]), "place": "Kota Contoh", "from": "2026-01-01"}
    seen = manager.post("/letterhead", {**form, "do": "preview"})
    assert (seen.status_code, seen.mimetype, seen.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert manager.get(PATH).json["items"] == [], "a preview records nothing"
    short = manager.post("/letterhead", {**form, "do": "record", "reason": "ya"})
    assert (short.status_code, LINES[1] in short.text) == (422, True)
    assert manager.post("/letterhead", {**form, "from": "kemarin", "do": "record"}).status_code == 422
    done = manager.post("/letterhead", {**form, "do": "record", "reason": WHY})
    assert done.status_code == 303, done.text[:500]
    page = manager.page("/letterhead")
    assert WHY in page.split('id="versions"')[1]
    last = "SELECT payload::text FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'letterhead.set'"
    entry = json.loads(site.open.scalar(f"{last} ORDER BY at DESC LIMIT 1"))
    assert entry["from"] == "2026-01-01"
    assert "Contoh" not in json.dumps(entry)


def test_a_document_carries_the_letterhead_of_its_date(site: Site, printed: list[dict[str, Any]]) -> None:
    home, today = site.closed, now().date()
    paths = ["/plans/2026/not-filed/document", f"/people/{home.person(4)}/receipts/{PERIOD}/evaluation"]
    paths.append(f"/people/{home.person(4)}/receipts/{PERIOD}/document")

    def heads() -> list[list[str]]:
        printed.clear()
        for path in paths:
            assert home.manager().get(path).status_code == 200, path
        assert len(printed) == len(paths)
        return [one["letterhead"] for one in printed]

    before = heads()
    assert record(home, (today + timedelta(days=30)).isoformat()).status_code == 201
    assert heads() == before, "it does not hold yet"
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("DELETE FROM selaras.letterhead WHERE tenant_id = :t"), {"t": home.tenant_id})
    assert record(home, "2026-01-01").status_code == 201
    assert heads() == [LINES] * len(paths)
    assert printed[0]["place"].startswith("Kota Contoh, ")


def test_a_version_ends_the_one_before_and_what_is_ahead_is_not_overwritten(site: Site) -> None:
    home, spec = site.open, declared_at(site)
    assert record(home, "2026-01-01").status_code == 201
    made = record(home, "2026-03-01", place="Kota Baru")
    check(spec, "POST", PATH, made)
    newest, before = made.json["items"]
    assert (newest["place"], newest["until"], before["until"]) == ("Kota Baru", None, "2026-03-01")
    again = record(home, "2026-03-01", place="Kota Lain").json["items"]
    assert [one["place"] for one in again] == ["Kota Lain", "Kota Contoh"], "the same day is replaced"
    early = record(home, "2026-02-01")
    assert (early.status_code, early.json["code"]) == (409, "letterhead.later")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lines": ["a", "b", "c", "d", "e"]}, "letterhead.room"),
        ({"lines": ["x" * 121]}, "letterhead.room"),
        ({"place": "  "}, "letterhead.place"),
        ({"reason": "pendek"}, "letterhead.reason"),
    ],
)
def test_what_is_refused_is_named(site: Site, wrong: dict[str, Any], code: str) -> None:
    refused = record(site.open, "2026-01-01", **wrong)
    assert (refused.status_code, refused.json["code"]) == (422, code), refused.text


def test_markup_stays_text_and_others_are_refused(site: Site) -> None:
    body = {"lines": ['#panic("x") $ * _ \\'], "place": "#sys.inputs", "day": "2026-01-01"}
    seen = site.open.manager().send("POST", f"{PATH}/preview", body)
    assert (seen.status_code, seen.data[:5]) == (200, b"%PDF-")
    for other in (site.open.as_role(Role.AUDITOR), site.open.as_person(4)):
        assert other.get("/letterhead").status_code == 403
        assert other.send("POST", PATH, {**HEAD, "from_day": "2026-01-01", "reason": WHY}).status_code == 403
    assert record(site.open, "2026-01-01").status_code == 201
    assert site.closed.manager().get(PATH).json["items"] == [], "another agency's is not seen"
