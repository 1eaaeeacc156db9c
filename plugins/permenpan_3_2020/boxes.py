"""PermenPANRB 3/2020 as amended by 20/2025: performance against potential gives the box, the box what is advised."""

from __future__ import annotations

from polars import Expr, Float64, Int64, String, coalesce

from selaras.regulation import Columns, Values, lookup, person_step

LAW = "PermenPANRB 3/2020 jo. 20/2025, lampiran (kotak manajemen talenta)"


@person_step(
    article="PermenPANRB 3/2020 jo. 20/2025 (sumbu kinerja)",
    label={"id": "Sumbu kinerja", "en": "Performance axis"},
    kind="code",
    certainty="assumed",
)
def performance_axis(person: Columns, p: Values) -> Expr:
    """Given, or read from the predikat by the agency's own mapping."""
    return coalesce(person.performance, lookup(p.axis_of_predikat, person.outcome))


@person_step(article=LAW, label={"id": "Kotak talenta", "en": "Talent box"}, certainty="application")
def box(person: Columns, p: Values) -> Expr:
    return lookup(p.boxes, person.performance_axis, person.potential).cast(Float64)


@person_step(
    article=LAW,
    label={"id": "Rekomendasi kotak talenta", "en": "What the box recommends"},
    kind="code",
    certainty="application",
)
def recommendation(person: Columns, p: Values) -> Expr:
    return lookup(p.recommendations, person.box.cast(Int64).cast(String))


PERSON_STEPS = (performance_axis, box, recommendation)
