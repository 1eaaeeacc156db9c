"""PermenPANRB 6/2022, lampiran: the predikat from the quadrant of results and behaviour. There is no numeric score.

The predikat of a year is a fresh judgement of the whole year: the same step on the ratings of that year. Nothing here
reads the predikat of months or quarters.
"""

from __future__ import annotations

from polars import Expr

from selaras.regulation import Columns, Values, lookup, person_step


@person_step(
    article="PermenPANRB 6/2022, lampiran (kuadran kinerja)",
    label={"id": "Predikat kinerja", "en": "Performance predikat"},
    kind="code",
    certainty="application",
)
def predikat(person: Columns, p: Values) -> Expr:
    return lookup(p.quadrant, person.rating_hasil_kerja, person.rating_perilaku)


PERSON_STEPS = (predikat,)
