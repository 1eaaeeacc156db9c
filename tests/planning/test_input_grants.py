"""Input across agencies: both agree, the leader speaks, the appraiser reads; either ends it; a third sees nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from factories.across import LEADER, LETTER, SUPERIOR, TASK, WORKER, Between, between
from factories.site import PERIOD, Visitor
from sqlalchemy import text

from selaras.clock import today
from selaras.identity.permissions import Role

__all__ = ["between"]

WORDS = "Ia menyelesaikan dua bab dan memimpin rapat mingguan."
QUARTER = "2026-TW4"


def leader(between: Between) -> Visitor:
    return between.receiving.as_person(LEADER)


def say(between: Between, grant: str, words: str = WORDS, period: str = QUARTER) -> int:
    path = f"/api/v1/granted-inputs/{grant}/inputs/{period}"
    return int(leader(between).send("PUT", path, {"content": words}).status_code)


def read(between: Between, n: int = SUPERIOR) -> str:
    return between.giving.as_person(n).page(f"/people/{between.giving.person(WORKER)}/ratings/{PERIOD}")


def test_agreed_by_both_the_leader_s_words_stand_beside_the_rating(between: Between) -> None:
    giving, receiving = between.giving, between.receiving
    made = between.offered()
    [waiting] = [one for one in receiving.official().get("/api/v1/input-grants").json["items"] if one["id"] == made]
    assert (waiting["side"], waiting["state"], waiting["person_name"]) == ("receiving", "offered", f"Orang {WORKER}")
    assert waiting["task"] == TASK
    assert say(between, made) == 404, "nobody speaks before it is accepted"
    answer = receiving.official().send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": True})
    assert answer.status_code == 204
    between.carry(receiving)
    [told] = [one for one in giving.official().get("/api/v1/input-grants").json["items"] if one["id"] == made]
    assert (told["state"], told["leader_name"], told["told"]) == ("accepted", f"Orang {LEADER}", True)
    assert "Orang 5" in leader(between).page("/granted-inputs")
    assert say(between, made) == 204
    assert WORDS not in read(between), "it has not travelled yet"
    between.carry(receiving)
    assert WORDS in read(between)
    listed = giving.as_person(SUPERIOR).get(f"/api/v1/people/{giving.person(WORKER)}/assignments?year=2026").json
    said = [one for item in listed["items"] for one in item["inputs"] if one["content"] == WORDS]
    assert [(one["giver_name"], one["period"]) for one in said] == [(f"Orang {LEADER}", QUARTER)]
    assert say(between, made, "Dan menutup pekerjaan tepat waktu.") == 204
    between.carry(receiving)
    assert WORDS not in read(between)
    assert [action for action, _ in between.ledger(giving, made)] == [
        "input_grant.offer",
        "input_grant.accepted",
        "input_grant.input",
        "input_grant.input",
    ]
    assert [action for action, _ in between.ledger(receiving, made)] == [
        "input_grant.offered",
        "input_grant.accept",
        "input_grant.write",
        "input_grant.write",
    ]


def test_people_are_told(between: Between) -> None:
    made = between.agreed()
    say(between, made)
    between.carry(between.receiving)
    query = "SELECT count(*) FROM selaras.notice WHERE tenant_id = :tenant AND code = :code AND person_id = :p"
    for home, n, code in (
        (between.giving, WORKER, "input_grant_offered"),
        (between.receiving, LEADER, "input_grant_accepted"),
        (between.giving, SUPERIOR, "input_grant_input"),
    ):
        assert home.scalar(query + " AND subject_id = :g", code=code, p=home.person(n), g=made) == 1


@pytest.mark.parametrize("ends", ["giving", "receiving"])
def test_either_side_ends_it(between: Between, ends: str) -> None:
    made = between.agreed()
    here = getattr(between, ends)
    there = between.receiving if ends == "giving" else between.giving
    path = f"/api/v1/input-grants/{made}/end"
    assert here.official().send("POST", path, {"reason": "x"}).json["code"] == "input_grant_reason"
    assert here.official().send("POST", path, {"reason": "Penugasan berakhir."}).status_code == 204
    between.carry(here)
    assert between.ledger(there, made)[-1] == ("input_grant.ended", None)
    for home in (here, there):
        [one] = [one for one in home.official().get("/api/v1/input-grants").json["items"] if one["id"] == made]
        assert (one["state"], one["ended_by_side"], one["end_reason"]) == ("ended", ends, "Penugasan berakhir.")
    assert there.official().send("POST", path, {"reason": "Sekali lagi."}).json["code"] == "input_grant_over"
    answer = leader(between).send("PUT", f"/api/v1/granted-inputs/{made}/inputs/{QUARTER}", {"content": WORDS})
    assert (answer.status_code, answer.json["code"]) == (403, "input_grant_ended")
    assert made not in leader(between).page("/granted-inputs")


def test_declined_it_is_over_at_both(between: Between) -> None:
    made = between.offered()
    answer = between.receiving.official().send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": False})
    assert answer.status_code == 204
    between.carry(between.receiving)
    assert between.ledger(between.giving, made)[-1][0] == "input_grant.declined"
    again = between.receiving.official().send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": True})
    assert again.json["code"] == "input_grant_answered"


def test_a_leader_unknown_here_is_told_to_this_agency_alone(between: Between) -> None:
    made = between.offered(leader_number="199001012020121999")
    answer = between.receiving.official().send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": True})
    assert (answer.status_code, answer.json["code"]) == (404, "input_grant_leader")
    [one] = [one for one in between.giving.official().get("/api/v1/input-grants").json["items"] if one["id"] == made]
    assert (one["state"], one["leader_name"]) == ("offered", None), "A learns nothing about who works at B"


def test_what_arrives_too_late_is_refused_and_both_ledgers_say_so(between: Between) -> None:
    """Written while it held, underway while the giving agency ended it."""
    made, late = between.agreed(), "Kata yang terlambat."
    assert say(between, made, late) == 204
    path = f"/api/v1/input-grants/{made}/end"
    assert between.giving.official().send("POST", path, {"reason": "Ditarik kembali."}).status_code == 204
    between.carry(between.receiving)
    for home in (between.giving, between.receiving):
        assert between.ledger(home, made)[-1] == ("input_grant.refused", "input_grant_ended")
    assert late not in read(between)
    refusal = "SELECT refusal FROM selaras.granted_input WHERE tenant_id = :tenant AND grant_id = :g"
    assert between.receiving.scalar(refusal, g=made) == "input_grant_ended"
    kept = "SELECT content FROM selaras.granted_input WHERE tenant_id = :tenant AND grant_id = :g"
    assert between.giving.scalar(kept, g=made) == "", "of what was refused no word is kept"


def test_a_period_that_is_closed_there_takes_no_input(between: Between) -> None:
    made = between.agreed()
    state = "UPDATE selaras.period SET state = 'closed' WHERE tenant_id = :t AND code = :code"
    with between.giving.database.tenant(between.giving.tenant_id) as session:
        session.execute(text(state), {"t": between.giving.tenant_id, "code": PERIOD})
    try:
        assert say(between, made, period=PERIOD) == 204
        between.carry(between.receiving)
    finally:
        with between.giving.database.tenant(between.giving.tenant_id) as session:
            session.execute(text(state.replace("closed", "open")), {"t": between.giving.tenant_id, "code": PERIOD})
    assert between.ledger(between.giving, made)[-1] == ("input_grant.refused", "period_settled")
    [one] = [one for one in leader(between).get("/api/v1/granted-inputs").json["items"] if one["id"] == made]
    assert [(said["told"], said["refusal"]) for said in one["inputs"]] == [(True, "period_settled")]
    assert "tidak diterima: periode di sana sudah ditutup" in leader(between).page("/granted-inputs")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agency": "nobody.example"}, "input_grant_agency"),
        ({"agency": ""}, "input_grant_agency"),
        ({"leader_number": "not a number"}, "input_grant_number"),
        ({"basis": "x"}, "input_grant_reason"),
        ({"until": "2020-01-01"}, "input_grant_days"),
        ({"until": "2036-01-01"}, "input_grant_days"),
        ({"assignment_id": str(uuid4())}, "assignment_not_here"),
    ],
)
def test_what_cannot_be_offered_says_why(between: Between, change: dict[str, object], code: str) -> None:
    answer = between.giving.official().send("POST", "/api/v1/input-grants", between.body(**change))
    assert answer.json["code"] == code, answer.text


def test_one_s_own_agency_is_no_other(between: Between) -> None:
    answer = between.giving.official().send("POST", "/api/v1/input-grants", between.body(agency=between.giving.host))
    assert answer.json["code"] == "input_grant_agency"


def test_the_same_is_not_offered_twice(between: Between) -> None:
    body = between.body()
    assert between.giving.official().send("POST", "/api/v1/input-grants", body).status_code == 201
    assert between.giving.official().send("POST", "/api/v1/input-grants", body).json["code"] == "input_grant_held"


@pytest.mark.parametrize("role", [Role.PERFORMANCE_MANAGER, Role.AGENCY_ADMIN, Role.AUDITOR, Role.APPOINTING_OFFICIAL])
def test_only_the_authorised_official_agrees(between: Between, role: Role) -> None:
    made = between.offered()
    for home in (between.giving, between.receiving):
        visitor = home.as_role(role)
        assert visitor.get("/input-grants").status_code == 403
        assert visitor.send("POST", "/api/v1/input-grants", between.body()).status_code == 403
        assert visitor.send("POST", f"/api/v1/input-grants/{made}/answer", {"accepted": True}).status_code == 403


def test_the_pages_offer_accept_write_and_end(between: Between) -> None:
    official, other = between.giving.official(), between.receiving.official()
    assignment = between.assignment()
    plan = f"/people/{between.giving.person(WORKER)}/plans/2026"
    assert f"/input-grants/new?assignment={assignment}" in official.page(plan)
    form = {"assignment": str(assignment), "agency": between.receiving.host, "leader": between.number()}
    on = f"/input-grants/new?assignment={assignment}"
    assert f"Orang {WORKER}" in official.page(on)
    bad = official.post("/input-grants", {**form, "basis": LETTER, "last": ""}, on=on)
    assert bad.status_code == 422
    assert between.number() in bad.text
    last = (today("Asia/Makassar") + timedelta(days=9)).isoformat()
    assert official.post("/input-grants", {**form, "basis": LETTER, "last": last}, on=on).status_code == 303
    between.carry(between.giving)
    [made] = [one["id"] for one in other.get("/api/v1/input-grants").json["items"] if one["state"] == "offered"][:1]
    assert made in other.page("/input-grants")
    assert other.post(f"/input-grants/{made}/answer", {"answer": "accept"}, on="/input-grants").status_code == 303
    between.carry(between.receiving)
    person = leader(between)
    assert person.post(f"/granted-inputs/{made}", {"period": "x", "content": WORDS}).status_code == 422
    sent = person.post(f"/granted-inputs/{made}", {"period": QUARTER, "content": WORDS}, on="/granted-inputs")
    assert sent.status_code == 303
    assert WORDS in person.page("/granted-inputs")
    ended = official.post(f"/input-grants/{made}/end", {"reason": "Selesai sudah."}, on="/input-grants")
    assert ended.status_code == 303


def test_another_leader_of_the_receiving_agency_reaches_nothing(between: Between) -> None:
    made = between.agreed()
    other = between.receiving.as_person(LEADER + 1)
    assert made not in other.page("/granted-inputs")
    answer = other.send("PUT", f"/api/v1/granted-inputs/{made}/inputs/{QUARTER}", {"content": WORDS})
    assert answer.json["code"] == "input_grant_unknown"


def test_the_receiving_agency_holds_the_consented_facts_and_no_other(between: Between) -> None:
    """No number, no id of the person, no assignment: only what the offer says it will see."""
    made = between.agreed()
    row = between.receiving.scalar(
        "SELECT to_jsonb(g) FROM selaras.input_grant g WHERE g.tenant_id = :tenant AND g.id = :id", id=made
    )
    assert row["assignment_id"] is None
    assert row["offered_by"] is None
    about = str(between.giving.person(WORKER))
    number = between.giving.scalar(
        "SELECT number FROM selaras.person_number WHERE tenant_id = :tenant AND person_id = :p AND upper_inf(during)",
        p=about,
    )
    assert about not in str(row)
    assert number not in str(row)


def test_a_third_agency_sees_nothing_and_changes_nothing(between: Between) -> None:
    made = between.agreed()
    before = [between.everything(home) for home in (between.giving, between.receiving)]
    third = between.third.official()
    assert third.get("/api/v1/input-grants").json["items"] == []
    for path, body in (
        (f"/api/v1/input-grants/{made}/answer", {"accepted": True}),
        (f"/api/v1/input-grants/{made}/end", {"reason": "Bukan urusan kami."}),
    ):
        assert third.send("POST", path, body).status_code == 404
    assert [between.everything(home) for home in (between.giving, between.receiving)] == before


def test_a_replayed_job_changes_nothing(between: Between) -> None:
    made = between.agreed()
    say(between, made)
    between.carry(between.receiving)
    before = [between.everything(home) for home in (between.giving, between.receiving)]
    for home in (between.giving, between.receiving):
        between.send(home, made)
        between.send(home, made)
        between.carry(home)
    assert [between.everything(home) for home in (between.giving, between.receiving)] == before


def test_a_job_that_names_what_is_not_its_agency_s_changes_nothing(between: Between) -> None:
    made = between.agreed()
    before = [between.everything(home) for home in (between.giving, between.receiving)]
    for named in (made, "", "x", str(uuid4())):
        between.send(between.third, named)
    between.carry(between.third)
    failed = between.third.scalar(
        "SELECT count(*) FROM selaras.job WHERE tenant_id = :tenant AND kind = 'input_grant'"
        " AND error->>'code' = 'input_grant_unknown'"
    )
    assert failed >= 4
    assert [between.everything(home) for home in (between.giving, between.receiving)] == before


@pytest.mark.parametrize("part", ["giving", "receiving"])
def test_a_row_that_a_third_agency_forged_changes_nothing_at_the_others(between: Between, part: str) -> None:
    """Whoever could write any row at C, under the very uuid, still brings nothing to A or B but a refusal."""
    made = between.agreed()
    say(between, made)
    between.carry(between.receiving)
    before = [between.rows(home) for home in (between.giving, between.receiving)]
    for target in (between.giving, between.receiving):
        between.forge(between.third, made, part, target.uuid)
        between.send(between.third, made)
        between.carry(between.third)
        assert between.ledger(target, made)[-1] == ("input_grant.refused", "input_grant_foreign")
    assert [between.rows(home) for home in (between.giving, between.receiving)] == before


def test_the_receiving_agency_cannot_speak_on_a_grant_that_was_not_given(between: Between) -> None:
    """A row forged at B itself, of a grant that A never gave: A takes nothing and says so."""
    grant = str(uuid4())
    before = between.rows(between.giving)
    between.forge(between.receiving, grant, "receiving", between.giving.uuid)
    between.send(between.receiving, grant)
    between.carry(between.receiving)
    assert between.ledger(between.giving, grant) == [("input_grant.refused", "input_grant_unknown")]
    assert between.rows(between.giving) == before
