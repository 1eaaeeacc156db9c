"""PermenPANRB 6/2022 with SE MenPANRB 3/2023: the quadrant of results and behaviour, for all ASN since 2022."""

from __future__ import annotations

from pathlib import Path

from permenpan_6_2022 import predikat, predikat_2023
from permenpan_6_2022.distribution_2023 import rule
from selaras.regulation import AppraisalRulebook, DeadlineIn, DistributionRule, SurveyRule, Values, hookimpl


class _Rulebook(AppraisalRulebook):
    @hookimpl
    def distribution_rule(self, p: Values) -> DistributionRule | None:
        return rule(p)

    @hookimpl
    def survey(self, p: Values) -> SurveyRule | None:
        return self.scheme.survey(p) if p.behaviour_survey == "closed_survey" else None


rulebook = _Rulebook(
    Path(__file__).parent,
    person_steps={"2022": predikat.PERSON_STEPS, "2023": predikat_2023.PERSON_STEPS},
    deadlines=(
        DeadlineIn("plan", "plan_day", {"id": "Penetapan SKP", "en": "SKP set"}),
        DeadlineIn("manual", "manual_day", {"id": "Penyusunan manual indikator", "en": "Manual of indicators written"}),
        DeadlineIn("report", "report_day", {"id": "Pelaporan evaluasi tahunan", "en": "Annual evaluation reported"}),
    ),
)
