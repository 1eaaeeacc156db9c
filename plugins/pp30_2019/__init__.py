"""PP 30/2019 with PermenPANRB 8/2021: SKP and behaviour on a scale to 120, for PNS from July to December 2021."""

from __future__ import annotations

from pathlib import Path

from pp30_2019.attainment import INDICATOR_STEPS
from pp30_2019.behaviour import BEHAVIOUR_STEPS
from pp30_2019.distribution import rule
from pp30_2019.predikat import TOTAL_STEPS
from pp30_2019.ranking import RANKED_STEPS
from pp30_2019.results import PLAN_STEPS, SKP_STEPS
from pp30_2019.transition import COMBINING_STEPS, SEGMENT_STEPS
from selaras.regulation import (
    AppraisalRulebook,
    Combining,
    DeadlineIn,
    DistributionRule,
    Segmentation,
    SurveyRule,
    Values,
    hookimpl,
)


class _Rulebook(AppraisalRulebook):
    @hookimpl
    def segmentation(self, p: Values) -> Segmentation:
        causes, months = tuple(p.segment_causes), p.supervision_months
        return Segmentation(causes=causes, supervision_months=months, periods=("half_year",))

    @hookimpl
    def distribution_rule(self, p: Values) -> DistributionRule:
        return rule(p)

    @hookimpl
    def survey(self, p: Values) -> SurveyRule | None:
        return self.scheme.survey(p) if p.behaviour_sources == "closed_survey" else None


rulebook = _Rulebook(
    Path(__file__).parent,
    item_steps=(*INDICATOR_STEPS, *PLAN_STEPS),
    person_steps={
        "2021": (*SKP_STEPS, *BEHAVIOUR_STEPS, *TOTAL_STEPS),
        "2021-12": (*SKP_STEPS, *BEHAVIOUR_STEPS, *RANKED_STEPS),
    },
    combining=Combining(SEGMENT_STEPS, COMBINING_STEPS),
    deadlines=(
        DeadlineIn("plan", "plan_day", {"id": "Penetapan SKP", "en": "SKP set"}),
        DeadlineIn("appraisal", "appraisal_day", {"id": "Penilaian selesai", "en": "Appraisal done"}),
    ),
)
