"""PP 30/2019 with PermenPANRB 8/2021: SKP and behaviour on a scale to 120, for PNS from July to December 2021."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp30_2019.attainment import INDICATOR_STEPS
from pp30_2019.behaviour import BEHAVIOUR_STEPS
from pp30_2019.distribution import rule
from pp30_2019.predikat import TOTAL_STEPS
from pp30_2019.results import PLAN_STEPS, SKP_STEPS
from pp30_2019.transition import COMBINING_STEPS, SEGMENT_STEPS
from selaras.regulation import (
    Adapter,
    BehaviourFramework,
    Column,
    Consequence,
    Deadline,
    DistributionRule,
    Identity,
    ObjectionWindow,
    OutcomeScale,
    PlanForm,
    Scheme,
    Segmentation,
    Step,
    Values,
    hookimpl,
)

_scheme = Scheme(Path(__file__).parent)


@hookimpl
def identity() -> Identity:
    return _scheme.identity()


@hookimpl
def parameters() -> Path:
    return _scheme.parameters


@hookimpl
def periods(p: Values) -> Sequence[str]:
    return tuple(p.periods)


@hookimpl
def deadlines(p: Values) -> Sequence[Deadline]:
    return (
        Deadline("plan", {"id": "Penetapan SKP", "en": "SKP set"}, p.plan_day, p.source("plan_day")),
        Deadline(
            "appraisal",
            {"id": "Penilaian selesai", "en": "Appraisal done"},
            p.appraisal_day,
            p.source("appraisal_day"),
        ),
    )


@hookimpl
def form() -> PlanForm:
    return _scheme.form()


@hookimpl
def behaviours() -> BehaviourFramework:
    return _scheme.behaviours()


@hookimpl
def person_columns() -> Sequence[Column]:
    return _scheme.columns("person")


@hookimpl
def item_columns() -> Sequence[Column]:
    return _scheme.columns("item")


@hookimpl
def item_steps() -> Sequence[Step]:
    return (*INDICATOR_STEPS, *PLAN_STEPS)


@hookimpl
def person_steps() -> Sequence[Step]:
    return (*SKP_STEPS, *BEHAVIOUR_STEPS, *TOTAL_STEPS)


@hookimpl
def segmentation(p: Values) -> Segmentation:
    return Segmentation(causes=tuple(p.segment_causes), supervision_months=p.supervision_months, periods=("half_year",))


@hookimpl
def segment_columns() -> Sequence[Column]:
    return _scheme.columns("segment")


@hookimpl
def segment_steps() -> Sequence[Step]:
    return SEGMENT_STEPS


@hookimpl
def combining_steps() -> Sequence[Step]:
    return COMBINING_STEPS


@hookimpl
def outcome_scale() -> OutcomeScale:
    return _scheme.outcome_scale()


@hookimpl
def distribution_rule(p: Values) -> DistributionRule:
    return rule(p)


@hookimpl
def objection(p: Values) -> ObjectionWindow:
    return ObjectionWindow(p.objection_days, p.objection_day_kind, p.source("objection_days"))


@hookimpl
def consequences() -> Sequence[Consequence]:
    return _scheme.consequences()


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
