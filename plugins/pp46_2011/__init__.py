"""PP 46/2011 with Perka BKN 1/2013: the yearly appraisal of PNS by activities and behaviour, 2014 to June 2021."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp46_2011.achievement import PERSON_STEPS
from pp46_2011.activities import ITEM_STEPS
from pp46_2011.combining import COMBINING_STEPS, SEGMENT_STEPS
from selaras.regulation import (
    Adapter,
    BehaviourFramework,
    Column,
    Consequence,
    Deadline,
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
    return ITEM_STEPS


@hookimpl
def person_steps() -> Sequence[Step]:
    return PERSON_STEPS


@hookimpl
def segmentation(p: Values) -> Segmentation:
    return Segmentation(causes=tuple(p.segment_causes))


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
def objection(p: Values) -> ObjectionWindow:
    return ObjectionWindow(p.objection_days, "calendar", p.source("objection_days"))


@hookimpl
def consequences() -> Sequence[Consequence]:
    return _scheme.consequences()


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
