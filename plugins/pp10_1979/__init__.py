"""PP 10/1979: DP3, the yearly appraisal of PNS by eight elements, until the end of 2013."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp10_1979.elements import ELEMENT_STEPS
from pp10_1979.result import RESULT_STEPS
from selaras.regulation import (
    Adapter,
    BehaviourFramework,
    Column,
    Deadline,
    Identity,
    Label,
    ObjectionWindow,
    OutcomeScale,
    PlanForm,
    Scheme,
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
    words = Label(id="Penilaian selesai", en="Appraisal done")
    return (Deadline("appraisal", words, p.appraisal_day, p.source("appraisal_day")),)


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
def person_steps() -> Sequence[Step]:
    return (*ELEMENT_STEPS, *RESULT_STEPS)


@hookimpl
def outcome_scale() -> OutcomeScale:
    return _scheme.outcome_scale()


@hookimpl
def objection(p: Values) -> ObjectionWindow:
    return ObjectionWindow(p.objection_days, "calendar", p.source("objection_days"))


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
