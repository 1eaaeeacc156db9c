"""The merit self-assessment: pre-filled from the agency's data, scored by the rulebook, exported; no person in it."""

from __future__ import annotations

from factories.site import Site

FULL = {
    "with_plan": 95, "plan_on_time": 85, "plan_oriented": True, "plan_milestones": 85, "monitored": "setiap_periode",
    "feedback_documented": True, "coached_with_plan": False, "evaluated_yearly": 95, "evaluated_periodically": 92,
    "evaluation_sound": False, "evaluation_used": True, "follow_up_kinds": 3, "follow_up_consistent": True,
}  # fmt: skip


def test_the_sheet_is_prefilled_and_scored(site: Site) -> None:
    manager = site.closed.manager()
    sheet = manager.get("/api/v1/merit/2026").json
    assert sheet["regulation"] == "permenpan_19_2025"
    assert sheet["figures"]["people"] == 60
    assert sheet["figures"]["evaluated_periodically"] == 60
    assert sheet["answers"]["evaluated_periodically"] == 100
    assert sheet["answers"]["with_plan"] == 0
    assert sheet["saved_at"] is None
    body = {"answers": FULL, "evidence": {"score_planning": "Rekap SKP per 31 Januari, MPH terlampir."}}
    done = manager.send("PUT", "/api/v1/merit/2026", body)
    assert done.status_code == 200, done.text
    assert done.json["scores"] == {
        "score_planning": 4, "score_execution": 3, "score_evaluation": 2, "score_follow_up": 2, "score_performance": 11,
    }  # fmt: skip
    again = manager.send("PUT", "/api/v1/merit/2026", {**body, "answers": {**FULL, "coached_with_plan": True}})
    assert again.json["scores"]["score_execution"] == 4
    exported = manager.get("/merit/2026/export")
    assert exported.mimetype == "text/csv"
    assert "score_planning" in exported.text
    assert "MPH terlampir" in exported.text
    assert "Orang" not in exported.text


def test_impossible_and_unknown_answers_are_refused_in_words(site: Site) -> None:
    manager = site.closed.manager()
    for answers in ({"with_plan": 130}, {"weather": 1}, {"monitored": "kadang"}, {"with_plan": {"a": 1}}):
        refused = manager.send("PUT", "/api/v1/merit/2026", {"answers": answers, "evidence": {}})
        assert refused.status_code == 422, answers
    assert manager.send("PUT", "/api/v1/merit/2026", {"answers": {}, "evidence": {"x": "y"}}).status_code == 422


def test_the_page_saves_as_well_and_only_the_manager(site: Site) -> None:
    manager = site.closed.manager()
    assert "KKE 2026" in manager.page("/merit/2026")
    data = {name: str(value).lower() for name, value in FULL.items()}
    assert manager.post("/merit/2026", data, on="/merit/2026").status_code == 303
    assert "Sistem merit" in manager.page("/merit/2026")
    assert site.closed.official().post("/merit/2026", data, on="/merit/2026").status_code == 403
    assert site.closed.as_person(2).get("/merit/2026").status_code == 403


def test_a_year_without_a_worksheet_is_refused_in_words(site: Site) -> None:
    answer = site.closed.manager().get("/api/v1/merit/2024")
    assert answer.status_code == 404
    assert answer.json["code"] == "followup.no_rulebook"
    assert site.closed.manager().get("/api/v1/merit/1990").status_code == 422
