"""KKE 2026, aspect 3 (managing performance): four questions, scored 0 to 4; a step counts only upon those below."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, Values, at_least, at_most, person_step

SHEET = "KKE 2026, aspek 3 butir"


def _above(value: Expr, limit: float) -> Expr:
    return ~at_most(value, limit)


def _climbed(first: Expr, second: Expr, third: Expr, fourth: Expr) -> Expr:
    """The highest score whose condition, and those of all scores below it, hold."""
    return (
        when(first & second & third & fourth)
        .then(lit(4.0))
        .when(first & second & third)
        .then(lit(3.0))
        .when(first & second)
        .then(lit(2.0))
        .when(first)
        .then(lit(1.0))
        .otherwise(lit(0.0))
    )


@person_step(
    article=f"{SHEET} 1",
    label={"id": "Skor perencanaan", "en": "Score of planning"},
    certainty="application",
    unit="skor",
)
def score_planning(person: Columns, p: Values) -> Expr:
    score = _climbed(
        at_least(person.with_plan, p.share_some_from),
        _above(person.with_plan, p.share_most_above),
        _above(person.plan_on_time, p.on_time_above) & person.plan_oriented,
        _above(person.plan_milestones, p.milestones_above),
    )
    return when(person.with_plan.is_not_null()).then(score)


@person_step(
    article=f"{SHEET} 2",
    label={"id": "Skor pelaksanaan", "en": "Score of execution"},
    certainty="application",
    unit="skor",
)
def score_execution(person: Columns) -> Expr:
    score = _climbed(
        person.monitored != "tidak",
        person.monitored == "setiap_periode",
        person.feedback_documented,
        person.coached_with_plan,
    )
    return when(person.monitored.is_not_null()).then(score)


@person_step(
    article=f"{SHEET} 3",
    label={"id": "Skor penilaian", "en": "Score of evaluation"},
    certainty="application",
    unit="skor",
)
def score_evaluation(person: Columns, p: Values) -> Expr:
    some = at_least(person.evaluated_yearly, p.share_some_from) & at_least(
        person.evaluated_periodically, p.share_some_from
    )
    most = _above(person.evaluated_yearly, p.share_most_above) & _above(
        person.evaluated_periodically, p.share_most_above
    )
    score = _climbed(some, most, person.evaluation_sound, person.evaluation_used)
    return when(person.evaluated_yearly.is_not_null()).then(score)


@person_step(
    article=f"{SHEET} 4",
    label={"id": "Skor tindak lanjut", "en": "Score of follow-up"},
    certainty="application",
    unit="skor",
)
def score_follow_up(person: Columns, p: Values) -> Expr:
    kinds = person.follow_up_kinds
    score = _climbed(kinds >= 1, kinds >= p.kinds_some_from, kinds >= p.kinds_all, person.follow_up_consistent)
    return when(kinds.is_not_null()).then(score)


@person_step(
    article="KKE 2026, aspek 3",
    label={"id": "Jumlah skor aspek 3", "en": "Sum of aspect 3"},
    certainty="application",
    unit="skor",
)
def score_performance(person: Columns) -> Expr:
    """Without a score of each of the four questions there is no sum."""
    return person.score_planning + person.score_execution + person.score_evaluation + person.score_follow_up


WORKSHEET_STEPS = (score_planning, score_execution, score_evaluation, score_follow_up, score_performance)
