"""Locks and unlocks over HTTP: who asks, the second person, whom it opens for, its end, and what is never opened."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from factories.site import PERIOD, Home, Site, Visitor
from factories.site_fixtures import fresh_attempts, site
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from selaras.agenda import rounds
from selaras.clock import fixed, now
from selaras.errors import Conflict
from selaras.evaluation.locking import Matter, refuse_locked

__all__ = ["fresh_attempts", "site"]

WHY = "Pegawai dirawat di rumah sakit pada hari-hari terakhir."
PLAN = "2026"


def until(days: int = 5) -> str:
    return (now() + timedelta(days=days)).isoformat()


def lock(home: Home, code: str, matter: str, from_day: date | None = date(2026, 1, 31)) -> None:
    sent = {"period": code, "matter": matter, "from_day": from_day.isoformat() if from_day else None}
    answer = home.manager().send("PUT", "/api/v1/locks", sent)
    assert answer.status_code == 200, answer.text


def ask(visitor: Visitor, code: str, matter: str, **more: object) -> tuple[int, str]:
    sent = {"period": code, "matter": matter, "until": until(), "reason": WHY, **more}
    answer = visitor.send("POST", "/api/v1/unlocks", sent)
    return answer.status_code, answer.json.get("id") or answer.json["code"]


def answer(visitor: Visitor, unlock: str, *, approve: bool = True, reason: str = "") -> int:
    sent = {"approve": approve, "reason": reason}
    return visitor.send("POST", f"/api/v1/unlocks/{unlock}/answer", sent).status_code


def is_locked(home: Home, n: int, matter: Matter, code: str) -> bool:
    with home.database.tenant(home.tenant_id) as session:
        try:
            refuse_locked(session, matter, code, home.person(n))
        except Conflict as error:
            return error.code == "period_locked"
        return False


def ended(home: Home, what: str = "over") -> list[UUID]:
    """Whom two rounds of the dispatcher tell that something closed by itself, or lapsed; nothing of it stays."""
    with home.database.tenant(home.tenant_id) as session:
        for _ in range(2):
            rounds.desk(session, home.tenant_id, "Asia/Jakarta")
        found = "SELECT person_id FROM selaras.notice WHERE tenant_id = :tenant AND code = :code"
        told = list(session.execute(text(found), {"tenant": home.tenant_id, "code": f"unlock_{what}"}).scalars())
        entries = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = :action"
        kept = session.execute(text(entries), {"tenant": home.tenant_id, "action": f"unlock.{what}"})
        assert kept.scalar_one() == len(told)
        session.rollback()
    return told


def test_a_locked_plan_opens_for_one_person_by_two_and_closes_by_itself(site: Site) -> None:
    home = site.open
    writing = f"/people/{home.person(6)}/plans/{PLAN}/write"
    employee = home.as_person(6)
    assert employee.get(writing).status_code == 200
    lock(home, PLAN, "plan")
    refused = employee.get(writing)
    assert refused.status_code == 409
    assert "buka kunci" in refused.text.lower()
    status, unlock = ask(employee, PLAN, "plan", person_id=str(home.person(6)))
    assert status == 201
    assert employee.get(writing).status_code == 409, "asking alone opens nothing"
    assert answer(employee, unlock) == 403
    assert WHY in home.official().page("/unlocks")
    assert answer(home.manager(), unlock) == 200
    assert answer(home.official(), unlock) == 409, "answered once"
    assert employee.get(writing).status_code == 200
    assert is_locked(home, 7, Matter.PLAN, PLAN), "for nobody else"
    assert not is_locked(home, 6, Matter.PLAN, PLAN)
    with fixed(now() + timedelta(days=5, seconds=1)):
        assert is_locked(home, 6, Matter.PLAN, PLAN), "it ended by itself"
        assert ended(home) == [home.person(6)], "and that is told, once"
    assert ended(home) == [], "not before"
    told = home.scalar(
        "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :p AND code = 'unlocked'",
        p=home.person(6),
    )
    assert told == 1
    written = home.scalar(
        "SELECT array_agg(action ORDER BY id) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND subject = :s",
        s=f"unlock:{unlock}",
    )
    assert written == ["unlock.ask", "unlock.approved"]
    assert home.official().send("DELETE", f"/api/v1/unlocks/{unlock}").status_code == 204
    assert employee.get(writing).status_code == 409
    assert home.official().send("DELETE", f"/api/v1/unlocks/{unlock}").status_code == 409
    lock(home, PLAN, "plan", None)
    assert employee.get(writing).status_code == 200


def test_nobody_approves_what_they_asked_for_or_what_is_for_themself(site: Site) -> None:
    home = site.open
    lock(home, PERIOD, "rating")
    manager = home.manager()
    status, unlock = ask(manager, PERIOD, "rating", unit_id=str(home.unit(2)))
    assert status == 201
    assert answer(manager, unlock) == 403
    with pytest.raises(IntegrityError), home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.unlock SET answer = 'approved', answered_by = asked_by, answered_at = now()"
                 " WHERE tenant_id = :t AND id = :u"),
            {"t": home.tenant_id, "u": UUID(unlock)},
        )  # fmt: skip
    assert answer(home.official(), unlock, approve=False, reason="kurang") == 422
    assert answer(home.official(), unlock) == 200
    assert not is_locked(home, 25, Matter.RATING, PERIOD), "25 serves in unit 2"
    assert is_locked(home, 5, Matter.RATING, PERIOD), "5 does not"
    told = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND code = 'unlocked' AND subject_id = :u"
    assert home.scalar(told, u=UUID(unlock)) > 5


def test_whoever_asked_is_told_that_nobody_answered_in_time(site: Site) -> None:
    home = site.open
    status, _unlock = ask(home.as_person(12), PLAN, "plan", person_id=str(home.person(12)))
    assert status == 201
    assert home.person(12) not in ended(home, "lapsed")
    with fixed(now() + timedelta(days=5, seconds=1)):
        assert home.person(12) in ended(home, "lapsed")


def test_a_rating_that_is_locked_is_refused_to_the_appraiser_until_it_is_opened(site: Site) -> None:
    home = site.open
    lock(home, PERIOD, "rating")
    appraiser, path = home.as_person(1), f"/people/{home.person(9)}/ratings/{PERIOD}"
    sent = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
    assert appraiser.post(path, sent, on=path).status_code == 409
    status, unlock = ask(appraiser, PERIOD, "rating", person_id=str(home.person(9)))
    assert status == 201
    assert answer(home.manager(), unlock) == 200
    assert appraiser.post(path, sent, on=path).status_code in (200, 303)


def test_what_is_set_is_never_opened(site: Site) -> None:
    home = site.closed
    status, code = ask(home.as_person(6), PERIOD, "rating", person_id=str(home.person(6)))
    assert (status, code) == (409, "unlock_set")
    page = home.as_person(6).post(
        "/unlocks",
        {"code": PERIOD, "matter": "rating", "whom": f"person:{home.person(6)}", "until": f"{now() + timedelta(3):%F}",
         "reason": WHY}, on="/unlocks",
    )  # fmt: skip
    assert page.status_code == 409
    assert "keberatan" in page.text
    assert (
        ask(site.waiting.as_person(6), PERIOD, "rating", person_id=str(site.waiting.person(6)))[1] == "unlock_closing"
    )


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, 422),
        ({"until": "2030-01-01T00:00:00Z"}, 422),
        ({"until": "2026-12-05T00:00:00"}, 422),
        ({"reason": "sakit"}, 422),
        ({"matter": "gaji"}, 422),
        ({"period": "2026-TW9"}, 422),
        ({"person_id": str(uuid4())}, 404),
        ({"person_id": None}, 403),
        ({"unit_id": str(uuid4())}, 403),
    ],
)
def test_a_bad_request_is_refused_in_words(site: Site, more: dict[str, object], status: int) -> None:
    home = site.open
    given = {"unit_id": None, "person_id": str(home.person(6)), **more}
    if "unit_id" in more:
        given["person_id"] = None
    sent = {"period": PLAN, "matter": "plan", "until": until(), "reason": WHY, **given}
    assert home.as_person(6).send("POST", "/api/v1/unlocks", sent).status_code == status


def test_others_see_neither_requests_nor_another_agencys(site: Site) -> None:
    home = site.open
    _, unlock = ask(home.as_person(8), PLAN, "plan", person_id=str(home.person(8)))
    assert unlock in {one["id"] for one in home.manager().get("/api/v1/unlocks").json["items"]}
    assert unlock in {one["id"] for one in home.as_person(8).get("/api/v1/unlocks").json["items"]}
    assert home.as_person(10).get("/api/v1/unlocks").json["items"] == []
    assert ask(home.as_person(10), PLAN, "plan", person_id=str(home.person(8)))[0] == 404
    assert answer(site.waiting.manager(), unlock) == 404
    assert home.as_person(10).send("PUT", "/api/v1/locks", {"period": PLAN, "matter": "plan"}).status_code == 403


def test_the_page_asks_for_a_person_by_number_and_for_everybody(site: Site) -> None:
    home, manager = site.open, site.open.manager()
    number = home.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p", p=home.person(11)
    )
    sent = {"code": "2027", "matter": "plan", "until": f"{now() + timedelta(3):%F}", "reason": WHY}
    for whom, more, status in (
        ("number", {"number": number}, 303),
        ("number", {"number": "1"}, 422),
        ("all", {}, 303),
        (f"unit:{home.unit(2)}", {}, 303),
        ("unit:x", {}, 422),
        ("", {}, 422),
    ):
        response = manager.post("/unlocks", {**sent, "whom": whom, **more}, on="/unlocks")
        assert response.status_code == status, (whom, response.text[-700:])
    page = home.official().page("/unlocks")
    assert "Orang 11" in page
    lock(home, "2027", "plan")
    everybody = next(
        one["id"]
        for one in manager.get("/api/v1/unlocks").json["items"]
        if one["period"] == "2027" and not one["person_id"] and not one["unit_id"]
    )
    assert is_locked(home, 12, Matter.PLAN, "2027")
    assert answer(home.official(), everybody) == 200
    assert not is_locked(home, 12, Matter.PLAN, "2027")
