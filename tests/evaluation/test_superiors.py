"""“This is not my superior”: the proposal, who answers, what follows, and everything that may not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from factories.desk import Desk, path, stored
from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy import event, text

from selaras.agenda.reminders import asked_on, remind_all
from selaras.clock import fixed
from selaras.evaluation.superior_rules import Asked, deputy_since, sides_for
from selaras.organisation.queries import superior_of
from selaras.regulation import load_registry

WHY = "SK mutasi nomor 800/17 tahun 2026."
NOW = datetime(2026, 9, 14, 3, tzinfo=UTC)  # a Monday
SINCE = date(2026, 8, 16)


@pytest.fixture(autouse=True)
def september() -> Iterator[None]:
    with fixed(NOW):
        yield


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """Every proposal of a test is over after it, and everybody reports as before."""
    yield
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        for statement in (
            "UPDATE selaras.superior_proposal SET state = 'withdrawn' WHERE tenant_id = :t AND state = 'open'",
            "DELETE FROM selaras.segment WHERE tenant_id = :t",
            "UPDATE selaras.period SET segmented = 0, state = 'open' WHERE tenant_id = :t",
            "DELETE FROM selaras.reporting_line WHERE tenant_id = :t AND origin = 'stated'",
            "UPDATE selaras.reporting_line SET during = '[2015-01-01,)' WHERE tenant_id = :t",
            "UPDATE selaras.account SET active = true WHERE tenant_id = :t",
        ):
            session.execute(text(statement), {"t": home.tenant_id})


def propose(home: Home, n: int, superior: int, since: date = SINCE, **more: str) -> Any:
    body = {"proposed_id": str(home.person(superior)), "effective_on": since.isoformat(), "reason": WHY, **more}
    return home.as_person(n).send("POST", f"/api/v1/people/{home.person(n)}/superior-proposals", body)


def answer(visitor: Visitor, proposal: str, agrees: bool = True, **more: str) -> Any:
    return visitor.send("POST", f"/api/v1/superior-proposals/{proposal}/answers", {"agrees": agrees, **more})


def superior(home: Home, n: int, day: date) -> object:
    with home.database.tenant(home.tenant_id) as session:
        return superior_of(session, home.person(n), day)


@contextmanager
def later(days: int) -> Iterator[None]:
    with fixed(NOW + timedelta(days=days)):
        yield


def test_on_the_pages_from_the_search_to_the_change(site: Site) -> None:
    home = site.open
    Desk(home, 4).write()
    own, old, new = home.as_person(4), home.as_person(1), home.as_person(21)
    form = f"/people/{home.person(4)}/superior"
    for page in ("/", f"/people/{home.person(4)}", path(home, 4, "")):
        assert form in own.page(page), page
    assert "Orang 21" not in own.page(form)
    found = own.page(f"{form}?search=orang+21")
    assert str(home.person(21)) in found
    wrong = own.post(form, {"search": "orang 21", "proposed": str(home.person(21)), "reason": "?"}, on=form)
    chosen = f'name="proposed" value="{home.person(21)}" required checked'
    assert (wrong.status_code, chosen in wrong.text) == (422, True)
    sent = own.post(form, {"proposed": str(home.person(21)), "day": SINCE.isoformat(), "reason": WHY}, on=form)
    assert sent.status_code == 303, sent.text
    one = home.scalar("SELECT id FROM selaras.superior_proposal WHERE tenant_id = :tenant AND state = 'open'")
    assert WHY in new.page("/superiors")
    assert "menunggu jawaban Anda" in new.page("/")
    assert new.post(f"/superiors/{one}/answer", {"answer": "yes"}, on="/superiors").status_code == 303
    assert superior(home, 4, SINCE) == home.person(1)
    assert f"#p-{one}" in own.page("/"), "the employee is told of the first answer"
    assert (
        old.post(f"/superiors/{one}/answer", {"answer": "yes", "side": "present"}, on="/superiors").status_code == 303
    )
    assert superior(home, 4, SINCE - timedelta(days=1)) == home.person(1)
    assert superior(home, 4, SINCE) == home.person(21)
    assert stored(home, 4)["appraiser_name"] == "Orang 21"
    assert "Orang 4" in new.page("/team")
    assert "Atasan telah diganti" in old.page("/")


def test_days_are_split_between_both(site: Site) -> None:
    home = site.open
    one = propose(home, 5, 21).json["id"]
    assert answer(home.as_person(21), one).status_code == 200
    done = answer(home.as_person(1), one).json
    assert done["state"] == "done"
    with home.database.tenant(home.tenant_id) as session:
        rows = session.execute(
            text(
                "SELECT starts, ends, cause, appraiser_id FROM selaras.segment WHERE tenant_id = :t AND person_id = :p"
                " ORDER BY number"
            ),
            {"t": home.tenant_id, "p": home.person(5)},
        ).all()
    assert [tuple(row) for row in rows] == [
        (date(2026, 7, 1), SINCE - timedelta(days=1), "start", home.person(1)),
        (SINCE, date(2026, 9, 30), "new_appraiser", home.person(21)),
    ]
    for rater, segment, status in ((1, 1, 200), (21, 2, 200), (21, 1, 404)):
        page = home.as_person(rater).get(f"/people/{home.person(5)}/ratings/{PERIOD}?segment={segment}")
        assert page.status_code == status, (rater, segment)


def test_what_may_not_be_is_refused_in_words(site: Site) -> None:
    home = site.open
    head_of_both = propose(home, 1, 4)
    assert (head_of_both.status_code, head_of_both.json["code"]) == (403, "superior_below")
    for n, whom, since, code in (
        (6, 6, SINCE, "superior_oneself"),
        (6, 1, SINCE, "superior_same"),
        (6, 21, date(2014, 5, 1), "superior_not_serving"),
        (6, 21, date(2027, 9, 1), "superior_day_late"),
    ):
        refused = propose(home, n, whom, since)
        assert (refused.status_code, refused.json["code"]) == (422, code)
        assert refused.json["detail"]
    assert propose(home, 6, 21, reason="?").status_code == 422
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.period SET state = 'closed' WHERE tenant_id = :t"), {"t": home.tenant_id})
    settled = propose(home, 6, 21)
    assert (settled.status_code, settled.json["code"]) == (409, "superior_period_settled")
    assert "2026-TW3" in settled.json["detail"]
    assert propose(home, 6, 21, date(2026, 10, 1)).status_code == 201


def test_a_period_that_is_closed_meanwhile_keeps_who_appraised(site: Site) -> None:
    home = site.open
    one = propose(home, 7, 21).json["id"]
    answer(home.as_person(21), one)
    with home.database.tenant(home.tenant_id) as session:
        session.execute(text("UPDATE selaras.period SET state = 'closing' WHERE tenant_id = :t"), {"t": home.tenant_id})
    late = answer(home.as_person(1), one)
    assert (late.status_code, late.json["code"]) == (409, "superior_period_settled")
    page = home.as_person(1).post(f"/superiors/{one}/answer", {"answer": "yes"}, on="/superiors")
    assert page.status_code == 409
    assert "belum dijawab" in page.text, "the answer was not kept"
    assert superior(home, 7, SINCE) == home.person(1)


def test_who_answers(site: Site) -> None:
    home = site.open
    one = propose(home, 8, 21).json["id"]
    for stranger, status in ((home.as_person(9), 404), (home.as_person(8), 403), (home.manager(), 403)):
        assert answer(stranger, one).status_code == status
    assert home.as_person(9).get("/api/v1/superior-proposals").json["items"] == []
    assert (
        site.closed.as_person(21)
        .send("POST", f"/api/v1/superior-proposals/{one}/answers", {"agrees": True})
        .status_code
        == 404
    )
    with later(4):  # Friday: three working days have gone by
        listed = home.manager().get("/api/v1/superior-proposals").json["items"]
        assert [row["sides"] for row in listed if row["id"] == one] == [["present", "proposed"]]
        assert "atas nama" in home.manager().page("/superiors").lower()
        assert answer(home.manager(), one, side="present").status_code == 200
        assert answer(home.manager(), one, side="proposed").status_code == 403, "never for both"
        done = answer(home.as_person(21), one).json
    roles = {said["side"]: said["given_as"] for said in done["answers"]}
    assert (done["state"], roles) == ("done", {"present": "manager", "proposed": "oneself"})


def test_for_whoever_has_left_the_manager_answers_at_once(site: Site) -> None:
    home = site.open
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.account SET active = false WHERE tenant_id = :t AND id ="
                " (SELECT account_id FROM selaras.person WHERE tenant_id = :t AND id = :p)"
            ),
            {"t": home.tenant_id, "p": home.person(1)},
        )
    one = propose(home, 10, 21).json["id"]
    assert answer(home.manager(), one).json["answers"][0]["given_as"] == "manager"
    assert answer(home.as_person(21), one).json["state"] == "done"


def test_a_no_needs_a_reason_and_ends_it(site: Site) -> None:
    home = site.open
    one = propose(home, 11, 21).json["id"]
    assert answer(home.as_person(1), one, agrees=False).json["code"] == "superior_reason"
    refused = answer(home.as_person(1), one, agrees=False, reason="Pegawai ini masih di unit saya.")
    assert refused.json["state"] == "refused"
    again = answer(home.as_person(21), one)
    assert (again.status_code, again.json["code"]) == (409, "superior_proposal_refused")
    assert "ditolak" in home.as_person(11).page("/superiors")
    assert propose(home, 11, 21).status_code == 201, "a new one can follow"


def test_repeated_taps_withdrawal_and_expiry(site: Site) -> None:
    home = site.open
    one = propose(home, 12, 21).json["id"]
    assert propose(home, 12, 21).json["id"] == one
    other = propose(home, 12, 21, SINCE + timedelta(days=1))
    assert (other.status_code, other.json["code"]) == (409, "superior_proposal_open")
    for _ in range(2):
        assert answer(home.as_person(21), one).json["state"] == "open"
    own = home.as_person(12)
    taken_back = f"/api/v1/superior-proposals/{one}/withdrawal"
    assert home.as_person(21).send("POST", taken_back).status_code == 403
    for _ in range(2):
        assert own.send("POST", taken_back).json["state"] == "withdrawn"
    assert answer(home.as_person(1), one).json["code"] == "superior_proposal_withdrawn"
    two = propose(home, 12, 21).json["id"]
    with later(31):
        assert home.as_person(12).get("/api/v1/superior-proposals").json["items"][0]["state"] == "expired"
        late = answer(home.as_person(1), two)
        assert (late.status_code, late.json["code"]) == (409, "superior_proposal_over")
        assert (expired(home), expired(home)) == (1, 0)
        told = home.as_person(12).get("/api/v1/me/notices").json["items"]
        assert any(one["code"] == "superior_expired" for one in told)
        assert propose(home, 12, 21, date(2026, 10, 1)).status_code == 201


def expired(home: Home) -> int:
    """How many are told, by today's reminders, that their proposal is over."""
    with home.database.tenant(home.tenant_id) as session:
        return remind_all(session, asked_on(session, home.tenant_id, load_registry()))["superiors"]


def test_two_answers_at_the_same_moment_change_the_line_once(site: Site) -> None:
    home = site.open
    one = propose(home, 13, 21).json["id"]
    visitors = [home.as_person(1), home.as_person(21)]
    for visitor in visitors:
        visitor.get("/superiors")
    gate, said = threading.Barrier(2), []

    def tap(visitor: Visitor) -> None:
        with fixed(NOW):
            gate.wait()
            said.append(answer(visitor, one).status_code)

    threads = [threading.Thread(target=tap, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [200, 200]
    lines = (
        "SELECT count(*) FROM selaras.reporting_line WHERE tenant_id = :tenant AND person_id = :p AND origin = 'stated'"
    )
    assert home.scalar(lines, p=home.person(13)) == 1


def test_two_changes_that_make_a_circle_only_together_do_not_both_pass(site: Site) -> None:
    home = site.open
    # 24 under 25 and 25 under 24: each alone is sound.
    first, second = propose(home, 24, 25).json["id"], propose(home, 25, 24).json["id"]
    assert answer(home.as_person(25), first).status_code == 200
    assert answer(home.as_person(21), first).json["state"] == "done"
    answer(home.as_person(24), second)
    circle = answer(home.as_person(21), second)
    assert (circle.status_code, circle.json["code"]) == (403, "superior_below")
    assert superior(home, 25, SINCE) == home.person(21)


def test_the_rule_alone() -> None:
    """Every case of who answers, without rows."""
    owner, new, old, somebody = object(), object(), object(), object()
    monday = date(2026, 9, 14)
    both = [Asked("proposed", new, True, False), Asked("present", old, True, False)]  # type: ignore[arg-type]  # given by name, or wrong on purpose

    def sides(asked: list[Asked], who: object, days: int = 0, *, manages: bool = False, twice: bool = False) -> Any:
        return sides_for(
            asked,
            owner=owner,  # type: ignore[arg-type]  # given by name, or wrong on purpose
            made_on=monday,
            today=monday + timedelta(days=days),
            person_id=who,  # type: ignore[arg-type]  # given by name, or wrong on purpose
            manages=manages,
            has_answered=twice,
        )

    assert deputy_since(monday) == date(2026, 9, 18)
    assert sides(both, new) == {"proposed": "oneself"}
    assert sides(both, old, manages=True, days=9) == {"present": "oneself"}
    assert sides(both, somebody, manages=True, days=3) == {}
    assert sides(both, somebody, manages=True, days=4) == {"proposed": "manager", "present": "manager"}
    assert sides(both, somebody, days=9) == {}
    assert sides(both, owner, manages=True, days=9) == {}
    assert sides(both, somebody, manages=True, days=9, twice=True) == {}
    nobody = [both[0], Asked("present", None, False, False)]
    assert sides(nobody, somebody, manages=True) == {"present": "manager"}


def test_the_list_takes_the_same_statements_for_one_as_for_many(site: Site) -> None:
    home = site.open
    counts = []
    for people in ((14,), (15, 16, 17)):
        for n in people:
            propose(home, n, 21)
        counts.append(_statements(site, home.as_person(21)))
    assert counts[0] == counts[1]


def _statements(site: Site, visitor: Visitor) -> int:
    counted: list[str] = []
    engine = site.app.extensions["selaras"].database.engine

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if "superior" in statement:  # what the process remembers for some seconds is asked for now and then
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.page("/superiors")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)
