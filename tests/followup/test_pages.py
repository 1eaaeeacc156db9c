"""The pages and the API of follow-up: the list, moving proposals on, one proposal, an improvement case."""

from __future__ import annotations

import re

import pytest
from factories.site import PERIOD, Site

from selaras.identity.permissions import Role

ROW = re.compile(r'name="proposal" value="([0-9a-f-]{36})"')


@pytest.fixture(scope="module")
def proposed(site: Site) -> Site:
    response = site.closed.manager().post("/follow-up", {"period": PERIOD}, on="/follow-up")
    assert response.status_code == 303
    return site


def rows(text: str) -> list[str]:
    return ROW.findall(text)


def test_an_open_period_comes_back_in_words(site: Site) -> None:
    answer = site.open.manager().post("/follow-up", {"period": PERIOD}, on="/follow-up")
    assert answer.status_code == 409


def test_the_officials_move_proposals_on_and_others_may_not(proposed: Site) -> None:
    home = proposed.closed
    pyb, ppk, auditor = home.official(), home.as_role(Role.APPOINTING_OFFICIAL), home.as_role(Role.AUDITOR)
    chosen = rows(pyb.page(f"/follow-up?period={PERIOD}&kind=reward"))[:2]
    assert len(chosen) == 2
    assert auditor.get("/follow-up").status_code == 403, "an auditor says why first"
    assert auditor.post("/audits", {"reason": "Surat tugas audit kinerja 700/3"}, on="/audits").status_code == 303
    assert rows(auditor.page("/follow-up")) == [], "an auditor sees and chooses nothing"
    assert (
        auditor.post("/follow-up/steps", {"proposal": chosen, "step": "endorsed"}, on="/follow-up").status_code == 403
    )
    refused = pyb.post("/follow-up/steps", {"proposal": chosen, "step": "decided"}, on="/follow-up")
    assert refused.status_code == 403
    assert pyb.post("/follow-up/steps", {"step": "endorsed"}, on="/follow-up").status_code == 422
    assert pyb.post("/follow-up/steps", {"proposal": chosen, "step": "endorsed"}, on="/follow-up").status_code == 303
    decree = {"proposal": chosen, "step": "decided", "decree_number": "800/1", "decree_date": "2026-11-01"}
    assert ppk.post("/follow-up/steps", {**decree, "decree_date": "kemarin"}, on="/follow-up").status_code == 422
    assert ppk.post("/follow-up/steps", decree, on="/follow-up").status_code == 303
    page = ppk.page(f"/follow-up/{chosen[0]}")
    assert "800/1" in page
    assert "PermenPANRB 6/2022" in page


def test_the_api_lists_by_filter_and_moves(proposed: Site) -> None:
    home = proposed.closed
    manager, pyb = home.manager(), home.official()
    listed = manager.get(f"/api/v1/proposals?period={PERIOD}&kind=improvement&limit=5").json
    assert len(listed["items"]) == 5
    assert listed["next"]
    again = manager.get(f"/api/v1/proposals?period={PERIOD}&kind=improvement&after={listed['next']}").json
    assert len(again["items"]) == 4
    assert manager.get("/api/v1/proposals?state=nonsense").status_code == 422
    one = listed["items"][0]["id"]
    body = {"proposals": [one], "state": "endorsed"}
    assert manager.send("POST", "/api/v1/proposals/steps", body).status_code == 403
    assert pyb.send("POST", "/api/v1/proposals/steps", body).json == {"moved": 1}
    assert pyb.send("POST", "/api/v1/proposals/steps", body).status_code == 409
    assert home.as_person(2).get("/api/v1/proposals").status_code == 403


def test_an_improvement_case_on_the_page(proposed: Site) -> None:
    home = proposed.closed
    pyb = home.official()
    found = [
        one["id"]
        for one in pyb.get("/api/v1/proposals?kind=improvement&limit=50").json["items"]
        if one["state"] == "proposed"
    ]
    for proposal in found:
        pyb.post("/follow-up/steps", {"proposal": [proposal], "step": "endorsed"}, on="/follow-up")
        page = f"/follow-up/{proposal}"
        opened = pyb.post(
            f"{page}/improvement", {"reason": "Perlu dibimbing secara berkala.", "from_day": "2026-11-02"}, on=page
        )
        if opened.status_code == 303:
            break
        assert "PPPK" in opened.text
    case = opened.headers["Location"].split("?")[0]
    shown = pyb.page(case)
    assert "2 Mei 2027" in shown
    short = pyb.post(f"{case}/steps", {"step": "improved", "reason": "ok"}, on=case)
    assert short.status_code == 422
    done = pyb.post(f"{case}/steps", {"step": "improved", "reason": "Seluruh target telah tercapai kembali."}, on=case)
    assert done.status_code == 303
    assert pyb.get("/api/v1/improvements").json == {"items": []}


def test_agencies_do_not_see_each_others_proposals(proposed: Site) -> None:
    other = proposed.waiting.manager()
    assert other.get("/api/v1/proposals").json["items"] == []
    mine = proposed.closed.manager().get("/api/v1/proposals?limit=1").json["items"][0]["id"]
    assert other.get(f"/follow-up/{mine}").status_code == 404
