"""The predikat after the ranking (pemeringkatan): what the team under its chair decided counts.

Edition `2021` (`predikat.py`) ends with the label that the score reaches. Where a ranking meeting decided otherwise,
its decision is the predikat; the score stays what was worked out.
"""

from __future__ import annotations

from polars import Expr, coalesce

from pp30_2019.predikat import LABELS, TOTAL_STEPS, with_idea
from selaras.regulation import Columns, person_step

RANKING = "PP 30/2019 (pemeringkatan kinerja)"


@person_step(article=LABELS, label={"id": "Predikat menurut nilai", "en": "Predikat by the score"}, kind="code")
def predikat_by_score(person: Columns) -> Expr:
    """Sangat Baik only with a new idea that benefits the organisation or the state; without one, Baik."""
    return with_idea(person.band, person.new_idea)


@person_step(
    article=RANKING,
    label={"id": "Predikat kinerja setelah pemeringkatan", "en": "Performance predikat after the ranking"},
    kind="code",
    certainty="assumed",
)
def predikat(person: Columns) -> Expr:
    """The meeting's decision where it decided on the person; else the label of the score."""
    return coalesce(person.calibrated_outcome, person.predikat_by_score)


RANKED_STEPS = (*TOTAL_STEPS[:-1], predikat_by_score, predikat)
