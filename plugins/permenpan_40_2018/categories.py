"""PermenPANRB 40/2018, PerKASN 9/2019: the value of eight aspects, its category and its index."""

from __future__ import annotations

from polars import Expr, coalesce, lit, when

from selaras.regulation import Columns, Values, at_least, person_step, round_law

LAW = "PermenPANRB 40/2018; PerKASN 9/2019"


@person_step(article=LAW, label={"id": "Nilai sistem merit", "en": "Value of the merit system"}, unit="poin")
def total(person: Columns) -> Expr:
    """Given, or the sum of the eight aspects where all of them are known."""
    aspects = (
        person.planning
        + person.recruitment
        + person.career
        + person.promotion
        + person.performance
        + person.pay
        + person.protection
        + person.information
    )
    return coalesce(person.value, aspects)


@person_step(article=LAW, label={"id": "Kategori", "en": "Category"}, kind="code")
def category(person: Columns, p: Values) -> Expr:
    value = person.total
    return (
        when(at_least(value, p.very_good_from))
        .then(lit("sangat_baik"))
        .when(at_least(value, p.good_from))
        .then(lit("baik"))
        .when(at_least(value, p.poor_from))
        .then(lit("kurang"))
        .when(value.is_not_null())
        .then(lit("buruk"))
    )


@person_step(article=LAW, label={"id": "Indeks sistem merit", "en": "Index of the merit system"})
def index(person: Columns, p: Values) -> Expr:
    return round_law(person.total / p.highest, p.index_decimals, article=LAW)


PERSON_STEPS = (total, category, index)
