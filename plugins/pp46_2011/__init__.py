"""PP 46/2011 with Perka BKN 1/2013: the yearly appraisal of PNS by activities and behaviour, 2014 to June 2021."""

from __future__ import annotations

from pathlib import Path

from pp46_2011.achievement import PERSON_STEPS
from pp46_2011.activities import ITEM_STEPS
from pp46_2011.combining import COMBINING_STEPS, SEGMENT_STEPS
from selaras.regulation import AppraisalRulebook, Combining, DeadlineIn, Segmentation, Values, hookimpl


class _Rulebook(AppraisalRulebook):
    @hookimpl
    def segmentation(self, p: Values) -> Segmentation:
        return Segmentation(causes=tuple(p.segment_causes))


rulebook = _Rulebook(
    Path(__file__).parent,
    item_steps=ITEM_STEPS,
    person_steps=PERSON_STEPS,
    combining=Combining(SEGMENT_STEPS, COMBINING_STEPS),
    deadlines=(
        DeadlineIn("plan", "plan_day", {"id": "Penetapan SKP", "en": "SKP set"}),
        DeadlineIn("appraisal", "appraisal_day", {"id": "Penilaian selesai", "en": "Appraisal done"}),
    ),
)
