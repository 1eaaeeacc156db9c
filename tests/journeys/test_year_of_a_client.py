"""The same year through the API, calibration included: a program comes to the same end as a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from factories.desk import set_state
from factories.one_agency import EMPLOYEE, HEAD, TOP, one_agency, outcome_of
from factories.site import PERIOD, Home, Visitor

from selaras.agenda.counting import count
from selaras.evaluation.queries import period_by_code
from selaras.identity import clients
from selaras.identity.actor import system

pytestmark = pytest.mark.slow
YEAR, WHY = 2026, "Bukti dukung menunjukkan hasil di atas yang diharapkan."
AS_EXPECTED, ABOVE = (
    {name: word for name in ("rating_hasil_kerja", "rating_perilaku")} for word in ("sesuai", "di_atas")
)


@pytest.fixture(scope="module")
def home(console_database, database, urls, redis_url, tmp_path_factory) -> Iterator[Home]:
    with one_agency(console_database, database, urls, redis_url, tmp_path_factory.mktemp("files")) as made:
        yield made


class Program:
    """What somebody's program sends on their behalf; anything refused is an error."""

    def __init__(self, who: Visitor) -> None:
        self._who = who

    def get(self, path: str) -> Any:
        answer = self._who.get(f"/api/v1{path}")
        assert answer.status_code == 200, (path, answer.text)
        return answer.json

    def send(self, method: str, path: str, body: object = None) -> Any:
        answer = self._who.send(method, f"/api/v1{path}", body)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json if answer.data else None

    def send_form(self, path: str, **fields: str) -> None:
        """Where files may come along, a form is sent."""
        headers = {"X-Form-Token": self.get("/me")["form_token"]}
        where, base = f"/api/v1{path}", f"http://{self._who.host}"
        answer = self._who.client.post(where, base_url=base, data=fields, headers=headers)
        assert answer.status_code == 200, (path, answer.text)

    def waits(self) -> list[str]:
        """The codes of what waits for them."""
        return [one["code"] for one in self.get("/next")["items"]]


def plan(title: str, parent: str | None) -> dict[str, object]:
    measure = {"aspect": "quantity", "indicator": "Jumlah layanan selesai", "target": "120", "measure": "layanan"}
    item: dict[str, object] = {"code": "01", "section": "utama", "title": title, "parent_item_id": parent}
    item |= {"measures": [measure], "strategy": []}
    return {"model": "kuantitatif", "items": [item], "annexes": [], "expectations": []}


def first_item(home: Home, n: int) -> str:
    """The result that somebody below serves."""
    found = Program(home.as_person(n)).get(f"/people/{home.person(n)}/plans/{YEAR}")
    return str(found["plan"]["items"][0]["id"])


def planned(home: Home, n: int, above: int | None) -> None:
    """Written, handed in, and agreed to by whoever stands above."""
    own, where = Program(home.as_person(n)), f"/people/{home.person(n)}/plans/{YEAR}"
    own.send("PUT", where, plan(f"Layanan bagian {n} meningkat", first_item(home, above) if above else None))
    if above is None:  # Whoever stands above the agency has set this one.
        set_state(home, n, "agreed")
        return
    assert own.send("POST", f"{where}/submission")["acknowledgement"]["reference"]
    assert "plans_to_decide" in Program(home.as_person(above)).waits()
    Program(home.as_person(above)).send("POST", f"{where}/agreement")


def calibrated(home: Home) -> None:
    """One proposes, one supports, the chair agrees, all sign; the appraiser follows the recommendation."""
    manager, chair, member, other = (
        Program(who) for who in (home.manager(), home.as_person(TOP), home.as_person(HEAD), home.as_person(22))
    )
    meeting = manager.send("POST", "/calibrations", {"period": PERIOD, "name": "Rapat kalibrasi"})["id"]
    at, about = f"/calibrations/{meeting}", str(home.person(5))
    seats = {TOP: "chair", HEAD: "member", 22: "member"}
    seated = [{"person_id": str(home.person(n)), "role": role} for n, role in seats.items()]
    manager.send("PUT", f"{at}/seats", {"seats": seated})
    chair.send("POST", f"{at}/opening")

    def say(who: Program, kind: str, **more: object) -> Any:
        return who.send("POST", f"{at}/events", {"key": str(uuid4()), "kind": kind, **more})

    for who in (chair, member, other):
        say(who, "joined")
    move = {"from_outcome": "baik", "to_outcome": "sangat_baik", "reason_code": "evidence_new", "text": WHY}
    number = say(member, "proposed", person_id=about, **move)["number"]
    say(other, "supported", answers=number)
    say(chair, "agreed", answers=number)
    assert chair.send("POST", f"{at}/lock", {"key": str(uuid4())}) == {"moved": 1}
    chair.send("POST", f"{at}/minutes")
    for who in (chair, member, other):
        who.send("POST", f"{at}/signature", {"key": str(uuid4())})
    chair.send("PUT", f"{at}/results/{about}", {"inputs": ABOVE})
    chair.send("POST", f"{at}/closing", {"key": str(uuid4())})


def lived(home: Home) -> None:
    """A line of the log, feedback on it, and the rating that follows."""
    own, head, person = Program(home.as_person(EMPLOYEE)), Program(home.as_person(HEAD)), home.person(EMPLOYEE)
    item = first_item(home, EMPLOYEE)
    line = {"content": "Memeriksa dua belas berkas permohonan.", "item_id": item, "on_day": "2026-09-14"}
    own.send("POST", "/log", line)
    head.send("POST", f"/people/{person}/feedback", {"content": "Berkas Anda tidak dikembalikan.", "item_id": item})
    head.send("PUT", f"/people/{person}/ratings/{PERIOD}", {"inputs": AS_EXPECTED})


def talked(home: Home) -> None:
    """The head records the talk about the result, the employee agrees to the record."""
    where = f"/people/{home.person(EMPLOYEE)}/talks/{PERIOD}"
    record = {"held_on": "2026-10-05", "agreed": "Laporan layanan dikirim setiap Jumat."}
    kept = Program(home.as_person(HEAD)).send("PUT", where, record)
    answer = {"agrees": True, "version": kept["version"]}
    assert Program(home.as_person(EMPLOYEE)).send("POST", f"{where}/answer", answer)["person_says"] == "agrees"


def objected(home: Home) -> None:
    """Objected to, both heard, granted by the appraiser's superior."""
    own, head, top = (Program(home.as_person(n)) for n in (EMPLOYEE, HEAD, TOP))
    where = f"/people/{home.person(EMPLOYEE)}/objections/{PERIOD}"
    own.send("POST", where, {"reason": "Dua layanan pada September belum dihitung."})
    for who in (own, head):
        who.send_form(f"{where}/statement", nothing_to_add="true")
    assert "objections_to_decide" in top.waits()
    top.send("POST", f"{where}/decision", {"upheld": True, "reason": WHY, "inputs": ABOVE})


def test_the_year_of_one_team_through_the_api(home: Home, urls: Any) -> None:
    assert "plan_missing" in Program(home.as_person(EMPLOYEE)).waits()
    for n, above in ((TOP, None), (HEAD, TOP), (EMPLOYEE, HEAD)):
        planned(home, n, above)
    lived(home)
    calibrated(home)
    assert Program(home.manager()).send("POST", "/closes", {"period": PERIOD})["period"] == PERIOD
    home.carry(urls)
    assert (outcome_of(home, EMPLOYEE), outcome_of(home, 5)) == ("baik", "sangat_baik")
    receipt = Program(home.as_person(EMPLOYEE)).get(f"/people/{home.person(EMPLOYEE)}/receipts/{PERIOD}")
    assert all(line["article"] for line in receipt["lines"])
    talked(home)
    objected(home)
    assert outcome_of(home, EMPLOYEE) == "sangat_baik"


def test_a_client_of_the_agency_sees_how_far_everybody_is(home: Home) -> None:
    with home.database.tenant(home.tenant_id) as session:
        made = clients.create(session, system(home.tenant_id), "Dasbor", "token", ["agency:read"], days=9)
        count(session, period_by_code(session, PERIOD), date(2026, 12, 1))
    asked = home.visitor().get(f"/api/v1/periods/{PERIOD}/funnel", headers={"Authorization": f"Bearer {made.secret}"})
    assert asked.status_code == 200, asked.text
    [top] = asked.json["tops"]
    assert (top["people"], top["rated"], top["delivered"]) == (40, 40, 40)
    assert asked.json["waiting"] == [], "a client without the right sees no names"
