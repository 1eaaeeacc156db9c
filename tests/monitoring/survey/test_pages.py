"""The survey over pages and API: from plan to result, and what each of them could tell to whoever watches."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from factories.site import Visitor
from factories.site_fixtures import forget_attempts

from selaras.identity.permissions import Role
from selaras.monitoring.survey import queries

from .conftest import PERIOD, SUBJECT, VALUES, Held

TOKENS = re.compile(r'(?:name="form_token" value|"form_token")\W+"?[^">]+|\d{2}[.:]\d{2}|[0-9a-f]{40,}')


def raters(held: Held) -> list[int]:
    return [rater for rater, _ in held.survey.asked(SUBJECT, "peers")]


def test_from_the_plan_to_the_figures(held: Held) -> None:
    home, survey = held.home, held.survey
    for n, rater in enumerate(raters(held)[:4]):
        page = home.as_person(rater).page("/surveys")
        assert f"/people/{home.person(SUBJECT)}" in page
        assert held.answer(rater, 1 + n % 3, f"Komentar {n}").status_code == 303
    assert "Jawab ulang" in home.as_person(rater).page("/surveys")
    early = home.manager().post(f"{held.at}/closing", {"phrase": survey.phrase}, on=held.at)
    assert early.status_code == 409
    survey.close()
    own = home.as_person(SUBJECT).page(f"/surveys/{survey.id}/results/{home.person(SUBJECT)}")
    assert "4 dari 8 orang menjawab" in own
    assert "1,75" in own
    assert "Komentar 3" in own
    appraiser = home.as_person(1)
    result = appraiser.get(f"/api/v1/surveys/{survey.id}/results/{home.person(SUBJECT)}").json
    assert result["perspectives"][1]["figures"][0]["mean"] == pytest.approx(1.75)
    assert f"/surveys/{survey.id}/results/" in appraiser.page(f"/people/{home.person(SUBJECT)}/ratings/{PERIOD}")


def test_nobody_else_sees_a_result(held: Held) -> None:
    home, survey = held.home, held.survey
    for rater in raters(held)[:4]:
        held.answer(rater, 3)
    survey.close()
    where = f"/surveys/{survey.id}/results/{home.person(SUBJECT)}"
    others = [home.as_person(7), home.as_person(21), home.manager(), home.official()]
    others += [home.as_role(role) for role in (Role.AGENCY_ADMIN, Role.AUDITOR, Role.APPOINTING_OFFICIAL)]
    for visitor in others:
        for address in (where, f"/api/v1{where}"):
            answer = visitor.get(address)
            assert answer.status_code in (403, 404), address
            assert "berorientasi" not in answer.text


def test_what_is_wrong_comes_back_as_written_and_telling_words_are_warned_of(held: Held) -> None:
    rater = raters(held)[0]
    empty = held.home.as_person(rater).post(held.form(), {"comment": "Tetap di sini"}, on=held.form())
    assert empty.status_code == 422
    assert "Tetap di sini" in empty.text
    warned = held.answer(rater, 2, "Saya sebagai bendahara menunggu.")
    assert warned.status_code == 422
    assert 'name="confirmed"' in warned.text
    assert 'value="2" checked' in warned.text
    assert held.answer(rater, 2, "Saya sebagai bendahara menunggu.", confirmed="yes").status_code == 303


def test_the_same_over_the_api(held: Held) -> None:
    home, rater = held.home, raters(held)[0]
    visitor, path = home.as_person(rater), f"/api/v1/surveys/{held.survey.id}/ballots/{home.person(SUBJECT)}"
    form = visitor.get(path).json
    assert {one["code"] for one in form["values"]} == set(VALUES)
    assert form["closed"] is True
    assert visitor.send("PUT", path, {"answers": {"loyal": 9}}).json["code"] == "survey_answers"
    told = visitor.send("PUT", path, {"answers": {"loyal": 1}, "comment": "Saya yang tahu."})
    assert told.json["code"] == "survey_telling"
    for _ in range(2):
        assert visitor.send("PUT", path, {"answers": {"loyal": 1}}).status_code == 204
    mine = [one for one in visitor.get("/api/v1/surveys").json["questions"] if one["answered"]]
    assert [one["subject_id"] for one in mine] == [str(home.person(SUBJECT))]
    other = home.as_person(SUBJECT).send("PUT", path, {"answers": {"loyal": 1}})
    assert other.json["code"] == "survey_not_asked"
    manager, at = home.manager(), f"/api/v1/survey-campaigns/{held.survey.id}"
    assert manager.get(at).json["share"] == 0
    assert manager.send("POST", f"{at}/opening").json["code"] == "survey_state"
    assert manager.send("POST", f"{at}/reminder").status_code == 204
    assert manager.send("POST", f"{at}/closing", {"phrase": "A"}).json["code"] == "survey_running"
    assert home.as_person(1).get(at).status_code == 403


def test_what_is_next_counts_those_not_answered_yet(held: Held) -> None:
    rater = raters(held)[0]
    asked = len([one for one in held.survey.asked() if one[0] == rater])
    assert f"Anda diminta menilai {asked} orang" in held.home.as_person(rater).page("/")
    held.answer(rater, 2)
    assert f"Anda diminta menilai {asked - 1} orang" in held.home.as_person(rater).page("/")
    assert "Anda diminta menjawab survei 360°" in held.home.as_person(rater).page("/")


def seen(held: Held, visitor: Visitor) -> dict[str, str]:
    """Everything that somebody can read: each page and each endpoint of the API that answers, without its tokens."""
    home, found = held.home, {}
    values = {
        "campaign_id": held.survey.id,
        "person_id": home.person(SUBJECT),
        "subject_id": home.person(SUBJECT),
        "unit_id": home.unit(1),
        "period": PERIOD,
        "year": 2026,
    }
    for rule in home.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or any(word in rule.endpoint for word in ("openapi", "session", "sign_")):
            continue
        with home.app.test_request_context(base_url=f"http://{home.host}"):
            given = {name: values.get(name) or uuid4() for name in rule.arguments}
            if not set(rule.arguments) <= set(values):
                continue
            path = rule.build(given, append_unknown=False)[1]  # type: ignore[index]  # found, or the test fails
        forget_attempts(home.app)
        answer = visitor.get(path)
        if answer.status_code == 200:
            found[path] = TOKENS.sub("", answer.get_data().decode(errors="replace"))
    return found


def differences(held: Held, watchers: list[Visitor]) -> list[str]:
    """What changes on anybody's pages when one more answers; what changes without it is left out."""
    first, again = ([seen(held, one) for one in watchers] for _ in range(2))
    held.answer(raters(held)[0], 3)
    after = [seen(held, one) for one in watchers]
    return [
        path
        for calm, still, now in zip(first, again, after, strict=True)
        for path in now
        if calm.get(path) == still.get(path) != now[path]
    ]


def watchers(held: Held) -> list[Visitor]:
    home = held.home
    return [home.manager(), home.as_person(1), home.as_person(SUBJECT), home.as_role(Role.AGENCY_ADMIN)]


def test_no_page_changes_with_an_answer(held: Held) -> None:
    watching = watchers(held)
    assert len(seen(held, watching[0])) > 30
    assert differences(held, watching) == []


def test_a_page_that_tells_each_answer_is_found(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exact share on the manager's page would do."""
    real: Callable[..., queries.CampaignView] = queries._view

    def exact(row) -> queries.CampaignView:  # type: ignore[no-untyped-def]  # what passes through is not looked at
        view = real(row)
        object.__setattr__(view, "share", row.arrived)
        return view

    monkeypatch.setattr(queries, "_view", exact)
    found = differences(held, watchers(held)[:1])
    assert any("/survey-campaigns" in path for path in found)
