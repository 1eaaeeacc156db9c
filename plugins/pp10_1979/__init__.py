"""PP 10/1979: DP3, the yearly appraisal of PNS by eight elements, until the end of 2013."""

from __future__ import annotations

from pathlib import Path

from pp10_1979.elements import ELEMENT_STEPS
from pp10_1979.result import RESULT_STEPS
from selaras.regulation import AppraisalRulebook, DeadlineIn

rulebook = AppraisalRulebook(
    Path(__file__).parent,
    person_steps=(*ELEMENT_STEPS, *RESULT_STEPS),
    deadlines=(DeadlineIn("appraisal", "appraisal_day", {"id": "Penilaian selesai", "en": "Appraisal done"}),),
)
