"""Whoever acts for another: stands so on paper, explains for the appraiser, and decides for whoever has to decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from factories.desk import YEAR, Desk, path
from factories.site import PERIOD, Home, site_settings
from factories.site_fixtures import fresh_agency
from sqlalchemy import text

from selaras.app import create_app
from selaras.clock import today
from selaras.config import settings
from selaras.db.session import Database
from selaras.evaluation.acted import judged_for, rated_as
from selaras.evaluation.evaluation_document import facts_of, signer
from selaras.evaluation.printing import receipt_document
from selaras.evaluation.queries import latest_outcome, receipt
from selaras.identity.permissions import Role
from selaras.organisation.acting import acted_as
from selaras.organisation.queries import person
from selaras.planning.queries import plan
from selaras.tenancy.queries import agency

from .test_objections import address, hear, object_to, outcome_of, verdict

LETTER = "Surat Perintah 800/77"
GOOD = {"inputs": {"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_atas"}, "reason": "dinilai oleh Plh"}
SAID = "Atasan langsung sedang cuti; kehadiran telah diperiksa pada daftar hadir."


@pytest.fixture(scope="module")
def home(console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory) -> Iterator[Home]:
    """Person 21 heads unit 2 below 1; as their Plh person 5 rated 25 and agreed to 26's plan; then it was closed."""
    files = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELARAS_FILES", str(files))
        settings.cache_clear()
        app = create_app(site_settings(urls, redis_url, files))
        made = fresh_agency(console_database)
        found = Home(app, database, made.tenant_id, made.uuid, made.slug).settle(60)
        delegation = entered(found, 5, 21)
        rated = found.as_person(5).send("PUT", f"/api/v1/people/{found.person(25)}/ratings/{PERIOD}", GOOD)
        assert rated.status_code == 200, rated.text
        agree_to_plan(found, 26, by=5)
        found.close(urls)
        ended(found, delegation)
        yield found
        settings.cache_clear()
        app.extensions["selaras"].database.close()


def entered(home: Home, delegate: int, principal: int, kind: str = "plh") -> str:
    now = today("Asia/Makassar")
    body = {"kind": kind, "delegate_id": str(home.person(delegate)), "principal_id": str(home.person(principal)),
            "basis": LETTER, "since": now.isoformat(), "until": (now + timedelta(days=3)).isoformat()}  # fmt: skip
    made = home.as_role(Role.AGENCY_ADMIN).send("POST", "/api/v1/delegations", body)
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def ended(home: Home, delegation: str) -> None:
    path_ = f"/api/v1/delegations/{delegation}/revocation"
    assert home.as_role(Role.AGENCY_ADMIN).send("POST", path_, {"reason": "kembali"}).status_code == 204


def agree_to_plan(home: Home, n: int, by: int) -> None:
    assert Desk(home, n).write().status_code == 303
    with home.database.tenant(home.tenant_id) as session:
        submitted = (
            "UPDATE selaras.plan SET state = 'submitted', submitted_at = now() WHERE tenant_id = :t AND person_id = :p"
        )
        session.execute(text(submitted), {"t": home.tenant_id, "p": home.person(n)})
    seen = {"seen": home.as_person(by).page(path(home, n, "")).split('name="seen" value="')[1].split('"')[0]}
    agreed = home.as_person(by).post(path(home, n, "/agreement"), seen, on=path(home, n, ""))
    assert agreed.status_code == 303, agreed.text[-900:]


def post_of(home: Home, n: int) -> str:
    with home.database.tenant(home.tenant_id) as session:
        found = person(session, home.person(n), today("Asia/Makassar"))
    assert found.line.position_title
    return found.line.position_title


def test_documents_show_as_what_and_for_whom_somebody_signed(home: Home) -> None:
    printed = f"Plh. {post_of(home, 21)}"
    with home.database.tenant(home.tenant_id) as session:
        outcome = latest_outcome(session, home.person(25), PERIOD)
        assert outcome is not None
        acted = rated_as(session, outcome)
        assert acted is not None
        assert (acted.printed, acted.delegate_id) == (printed, home.person(5))
        assert judged_for(session, outcome) == home.person(21), "whose judgement it is"
        delegate = person(session, home.person(5), outcome.ends)
        assert signer("Penilai", delegate, acted)["acting"] == printed
        assert facts_of(delegate, acted)["acting"] == printed
        whose, whom = agency(session, home.tenant_id), person(session, home.person(25), outcome.ends)
        told = receipt_document(whose, whom, receipt(session, home.person(25), PERIOD), {}, "id", acted)
        assert f"Orang 5 · {printed}" in [one["value"] for one in told["facts"]]
        other = latest_outcome(session, home.person(39), PERIOD)
        assert other is not None
        assert rated_as(session, other) is None
        view = plan(session, home.person(26), YEAR)
        assert view is not None
        assert view.appraiser_id == home.person(21), "the plan keeps its appraiser"
        by = acted_as(session, view.delegation_id, outcome.ends)
        assert by is not None
        assert (by.printed, by.delegate_id) == (printed, home.person(5))
    for n, paper in ((25, f"receipts/{PERIOD}/evaluation"), (26, f"plans/{YEAR}/document")):
        answer = home.manager().get(f"{address(home, n)}/{paper}")
        assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-"), (paper, answer.status_code)


def test_what_a_plh_rated_is_decided_above_the_one_who_was_away(home: Home) -> None:
    """Person 5 rated for 21; the superior of 21 is 1, and 21 does not decide what was done in their name."""
    object_to(home, 25)
    case = "SELECT decider_id FROM selaras.objection_case WHERE tenant_id = :tenant AND person_id = :p"
    assert home.scalar(case, p=home.person(25)) == home.person(1)


def test_a_plh_explains_for_the_appraiser_and_another_decides_for_the_superior(home: Home) -> None:
    speaking, deciding = entered(home, 6, 21), entered(home, 7, 1)
    visitor, page = object_to(home, 40), f"{address(home, 40)}/objections/{PERIOD}"
    told = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :p AND code = :c"
    assert home.scalar(told, p=home.person(6), c="objection_hearing") == 1
    assert home.scalar(told, p=home.person(7), c="objection_filed") == 1
    assert visitor.post(f"{page}/statement", {"nothing": "1"}, on=page).status_code == 303
    assert home.as_person(8).get(page).status_code == 404
    speaker = home.as_person(6)
    assert verdict(speaker, home, 40, verdict="refused") == 403, "whoever speaks for a side does not decide"
    assert speaker.post(f"{page}/statement", {"content": SAID}, on=page).status_code == 303
    delegate = home.as_person(7)
    assert "Orang 40" in delegate.page("/objections")
    assert "objections_to_decide" in [one["code"] for one in delegate.get("/api/v1/next").json["items"]]
    assert verdict(delegate, home, 40, verdict="upheld", rating_hasil_kerja="di_atas", rating_perilaku="sesuai") == 303
    assert len(outcome_of(home, 40)) == 2
    entries = (
        "SELECT payload->>'acting_for' FROM selaras.ledger_entry"
        " WHERE tenant_id = :tenant AND action = :a AND subject = :s"
    )
    for action, principal in (("objection.stated", 21), ("objection.decide", 1)):
        with home.database.tenant(home.tenant_id) as session:
            values = {"tenant": home.tenant_id, "a": action, "s": f"person:{home.person(40)}"}
            found = set(session.execute(text(entries), values).scalars())
        assert str(home.person(principal)) in found, action
    kept = (
        "SELECT delegation_id::text FROM selaras.objection_{table}"
        " WHERE tenant_id = :tenant AND delegation_id IS NOT NULL"
    )
    assert home.scalar(kept.format(table="decision")) == deciding
    assert home.scalar(kept.format(table="statement")) == speaking
    for one in (speaking, deciding):
        ended(home, one)


def test_nobody_decides_about_their_own_superior_nor_after_the_last_day(home: Home) -> None:
    object_to(home, 39)
    hear(home, 39, 21)
    page = f"{address(home, 39)}/objections/{PERIOD}"
    below = entered(home, 26, 1)
    assert home.as_person(26).get(page).status_code == 404, "person 21, who appraised, stands above 26"
    ended(home, below)
    beside = entered(home, 5, 1)
    assert home.as_person(5).get(page).status_code == 200
    ended(home, beside)
    assert home.as_person(5).get(page).status_code == 404
    assert verdict(home.as_person(5), home, 39, verdict="refused") in (403, 404)
    mandate = entered(home, 9, 1, "mandate")
    assert home.as_person(9).get(page).status_code == 404, "a mandate lets nobody appraise, nor decide about it"
    ended(home, mandate)
    assert verdict(home.as_person(1), home, 39, verdict="refused") == 303
