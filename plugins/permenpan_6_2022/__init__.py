"""PermenPANRB 6/2022 with SE MenPANRB 3/2023: the quadrant of results and behaviour, for all ASN since 2022."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from permenpan_6_2022 import predikat, predikat_2023
from permenpan_6_2022.distribution_2023 import rule
from selaras.regulation import (
    Adapter,
    BehaviourFramework,
    Column,
    Consequence,
    Deadline,
    DistributionRule,
    Identity,
    ObjectionWindow,
    OrganisationLevel,
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
    return (
        Deadline("plan", {"id": "Penetapan SKP", "en": "SKP set"}, p.plan_day, p.source("plan_day")),
        Deadline(
            "manual",
            {"id": "Penyusunan manual indikator", "en": "Manual of indicators written"},
            p.manual_day,
            p.source("manual_day"),
        ),
        Deadline(
            "report",
            {"id": "Pelaporan evaluasi tahunan", "en": "Annual evaluation reported"},
            p.report_day,
            p.source("report_day"),
        ),
    )


@hookimpl
def form(p: Values) -> PlanForm:
    return _scheme.form(p)


@hookimpl
def behaviours() -> BehaviourFramework:
    return _scheme.behaviours()


@hookimpl
def person_columns() -> Sequence[Column]:
    return _scheme.columns("person")


@hookimpl
def person_steps(edition: str) -> Sequence[Step]:
    return predikat.PERSON_STEPS if edition == "2022" else predikat_2023.PERSON_STEPS


@hookimpl
def outcome_scale() -> OutcomeScale:
    return _scheme.outcome_scale()


@hookimpl
def organisation_levels() -> Sequence[OrganisationLevel]:
    return _scheme.organisation_levels()


@hookimpl
def distribution_rule(p: Values) -> DistributionRule | None:
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
