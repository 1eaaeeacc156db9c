"""A meeting through the API: prepared, opened, talked in by three, locked, signed, answered, closed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from factories.declared import check, declared_at
from factories.site import PERIOD, Home, Site, Visitor
from factories.site_fixtures import site

__all__ = ["site"]

WHY = "Bukti dukung baru menunjukkan hasil di atas rekan setara."
BASE = "/api/v1/calibrations"
ABOVE = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}


class Talk:
    """A meeting over HTTP, and what each of its visitors may say."""

    def __init__(self, site: Site, home: Home) -> None:
        self.spec, self.home = declared_at(site), home
        body = {"period": PERIOD, "name": "Rapat kalibrasi triwulan III"}
        self.manager = home.manager()
        self.path = f"{BASE}/{self.ask(self.manager, 'POST', BASE, body, status=201)['id']}"
        self.chair, self.second, self.third = (home.as_person(n) for n in (1, 21, 22))

    def ask(
        self, who: Visitor, method: str, path: str, body: object = None, *, status: int = 200, template: str = ""
    ) -> Any:
        answer = who.send(method, path, body)
        assert answer.status_code == status, answer.text
        if template:
            check(self.spec, method, template, answer)
        return answer.json

    def seat(self) -> None:
        roles = {1: "chair", 21: "member", 22: "member"}
        seats = [{"person_id": str(self.home.person(n)), "role": role} for n, role in roles.items()]
        self.ask(self.manager, "PUT", f"{self.path}/seats", {"seats": seats}, status=204)

    def say(self, who: Visitor, kind: str, *, status: int = 200, **more: object) -> Any:
        body = {"key": str(uuid4()), "kind": kind, **more}
        return self.ask(who, "POST", f"{self.path}/events", body, status=status)


@pytest.fixture(scope="module")
def talk(site: Site) -> Talk:
    """The room is open, and all three are in it."""
    made = Talk(site, site.open)
    made.seat()
    groups = made.ask(made.manager, "GET", f"/api/v1/periods/{PERIOD}/ranking-groups")
    assert made.ask(made.chair, "POST", f"{made.path}/opening")["people"] == sum(
        one["people"] for one in groups["items"]
    )
    for who in (made.chair, made.second, made.third):
        made.say(who, "joined")
    return made


def test_whoever_has_no_seat_and_prepares_nothing_learns_nothing(talk: Talk) -> None:
    stranger = talk.home.as_person(7)
    assert talk.ask(stranger, "GET", BASE)["items"] == []
    for path in ("", "/room", "/changes", "/results"):
        assert talk.ask(stranger, "GET", talk.path + path, status=404)["code"] == "calibration_unknown"
    talk.ask(stranger, "POST", BASE, {"period": PERIOD, "name": "x"}, status=403)
    # The performance manager prepares meetings and sees their results, and has no seat in the room all the same.
    talk.ask(talk.manager, "GET", f"{talk.path}/room", status=403)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "proposed"}, "calibration_person_missing"),
        ({"kind": "agreed"}, "calibration_proposal_missing"),
        ({"kind": "agreed", "answers": 10**9}, "calibration_proposal_unknown"),
    ],
)
def test_what_is_missing_is_named(talk: Talk, body: dict[str, Any], code: str) -> None:
    assert talk.say(talk.chair, **body, status=422)["code"] == code


def test_a_meeting_from_its_preparation_to_its_close(talk: Talk) -> None:
    home, one = talk.home, "/api/v1/calibrations/{meeting_id}"
    about = str(home.person(5))
    told = {"person_id": about, "from_outcome": "baik", "to_outcome": "sangat_baik", "reason_code": "evidence_new"}
    number = talk.say(talk.second, "proposed", text=WHY, **told)["number"]
    talk.say(talk.third, "opposed", answers=number, text=WHY)
    refused = talk.say(talk.chair, "agreed", answers=number, status=409)
    assert refused["code"] == "calibration_opposed"
    talk.say(talk.third, "supported", answers=number)
    talk.say(talk.chair, "agreed", answers=number)
    room = talk.ask(talk.third, "GET", f"{talk.path}/room", template=f"{one}/room")
    assert next(case for case in room["cases"] if case["person_id"] == about)["outcome"] == "sangat_baik"
    news = talk.ask(talk.third, "GET", f"{talk.path}/changes?after={number}", template=f"{one}/changes")
    assert [event["kind"] for event in news["events"]] == ["opposed", "supported", "agreed"]
    assert news["quorum"]["met"]
    assert talk.ask(talk.chair, "POST", f"{talk.path}/lock", {"key": str(uuid4())}) == {"moved": 1}
    talk.ask(talk.chair, "POST", f"{talk.path}/minutes", status=204)
    for who in (talk.chair, talk.second, talk.third):
        talk.ask(who, "POST", f"{talk.path}/signature", {"key": str(uuid4())})
    waiting = talk.ask(talk.chair, "GET", "/api/v1/calibration-results")["items"]
    assert [(result["person_id"], result["state"]) for result in waiting] == [(about, "waiting")]
    talk.ask(talk.chair, "PUT", f"{talk.path}/results/{about}", {"inputs": ABOVE, "reason": WHY}, status=422)
    talk.ask(talk.chair, "PUT", f"{talk.path}/results/{about}", {"inputs": ABOVE}, status=204)
    talk.ask(talk.chair, "POST", f"{talk.path}/closing", {"key": str(uuid4())}, status=204)
    shown = talk.ask(talk.manager, "GET", talk.path, template=one)
    assert shown["state"] == "closed"
    results = talk.ask(talk.manager, "GET", f"{talk.path}/results", template=f"{one}/results")
    assert [result["state"] for result in results["items"]] == ["accepted"]
