"""PP 10/1979 Ps 4, 5 and 9: the sum, the mean, its label, and whether the result may be contested."""

from __future__ import annotations

from polars import Expr, lit, sum_horizontal, when

from pp10_1979.elements import ELEMENTS, LABELS, LEADERSHIP, sebutan_of
from selaras.regulation import Columns, Values, person_step

FORM = "SE BAKN 02/SE/1980 (DP3 form)"


@person_step(
    article=LEADERSHIP,
    label={"id": "Jumlah unsur yang dinilai", "en": "Number of elements rated"},
)
def elements_rated(person: Columns) -> Expr:
    """Eight, or seven without leadership."""
    return sum_horizontal(*(element.is_not_null() for element in _elements(person)))


@person_step(article=FORM, label={"id": "Jumlah", "en": "Sum"}, unit="poin", certainty="assumed")
def elements_sum(person: Columns) -> Expr:
    """Open until every element that the person is rated on has its value."""
    complete = person.leadership_rule != "belum_dinilai"
    for name in ELEMENTS:
        complete &= getattr(person, name).is_not_null()
    return when(complete).then(sum_horizontal(*_elements(person)))


@person_step(article=FORM, label={"id": "Nilai rata-rata", "en": "Mean"}, unit="poin", certainty="assumed")
def elements_mean(person: Columns) -> Expr:
    """Divided by the elements rated, as the form is known from memory; the decree itself names no mean."""
    return person.elements_sum / person.elements_rated


@person_step(article=LABELS, label={"id": "Sebutan", "en": "Label"}, kind="code")
def sebutan(person: Columns, p: Values) -> Expr:
    return sebutan_of(person.elements_mean, p)


@person_step(
    article="PP 10/1979 Ps 9 ayat (2)",
    label={"id": "Hak mengajukan keberatan", "en": "Right to object"},
    kind="code",
)
def objection_right(person: Columns, p: Values) -> Expr:
    """Two weeks to object, except where nobody stands above those who rated."""
    barred = person.rated_by_ppk.fill_null(False) & (not p.contestable_when_rated_by_ppk)
    return when(barred).then(lit("tidak_dapat")).otherwise(lit("dapat"))


def _elements(person: Columns) -> tuple[Expr, ...]:
    return (*(getattr(person, name) for name in ELEMENTS), person.leadership_counted)


RESULT_STEPS = (elements_rated, elements_sum, elements_mean, sebutan, objection_right)
