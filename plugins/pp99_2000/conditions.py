"""PP 99/2000: what the years and the other facts of a person say of the promotion that is wanted."""

from __future__ import annotations

from functools import reduce
from operator import or_

from polars import Expr, Float64, lit, when

from selaras.regulation import Columns, ItemAggregates, Values, at_least, person_step

LAW = "PP 99/2000 Ps 13"
OTHER_KINDS = ("reguler", "struktural", "penyesuaian_ijazah", "jenjang_jf")


@person_step(
    article="PP 99/2000; PermenPANRB 1/2023",
    label={"id": "Tahun yang harus baik", "en": "Years that must be good"},
    unit="tahun",
)
def years_needed(person: Columns, p: Values) -> Expr:
    """By the kind of promotion; empty where the law of that day does not know it."""
    needed: Expr = lit(p.years_jf, dtype=Float64)
    for kind in OTHER_KINDS:
        years = lit(getattr(p, f"years_{kind}"), dtype=Float64)
        needed = when(person.jenis_kenaikan == kind).then(years).otherwise(needed)
    return needed


@person_step(article=LAW, label={"id": "Tahun baik berturut-turut", "en": "Good years in a row"}, unit="tahun")
def years_met(items: ItemAggregates) -> Expr:
    """Counted back from the last year; a year that is missing ends the row."""
    return items.unbroken.sum().fill_null(0)


@person_step(article=LAW, label={"id": "Syarat prestasi kerja", "en": "The appraisals suffice"}, kind="code")
def results_suffice(person: Columns, items: ItemAggregates) -> Expr:
    """A missing year leaves it open, unless a year that is there fails already."""
    fails = items.failed_back.min() <= person.years_needed
    return when(fails).then(lit("belum")).when(person.years_met >= person.years_needed).then(lit("ya"))


@person_step(article=LAW, label={"id": "Syarat masa dalam pangkat", "en": "The years in rank suffice"}, kind="code")
def years_suffice(person: Columns, p: Values) -> Expr:
    """Judged for functional posts; for the other kinds no number was found."""
    other = person.jenis_kenaikan.is_in(list(OTHER_KINDS)).fill_null(False)
    return when(other).then(lit("tidak_dinilai")).otherwise(_said(at_least(person.years_in_rank, p.years_in_rank)))


@person_step(
    article="PermenPANRB 1/2023",
    label={"id": "Syarat lowongan dan uji kompetensi", "en": "Vacancy and competency test suffice"},
    kind="code",
)
def level_suffices(person: Columns) -> Expr:
    """For the next level of a functional post alone."""
    next_level = (person.jenis_kenaikan == "jenjang_jf").fill_null(False)
    both = person.vacancy & person.competency_test_passed
    return when(next_level).then(_said(both)).otherwise(lit("tidak_dinilai"))


@person_step(
    article="PP 99/2000; PermenPANRB 1/2023",
    label={"id": "Memenuhi syarat kenaikan", "en": "Fit for the promotion"},
    kind="code",
)
def fit_for_promotion(person: Columns) -> Expr:
    """All that is judged here holds; the official's decision comes besides. Open while a part is open."""
    parts = (person.results_suffice, person.years_suffice, person.level_suffices, person.enough_credits.fill_null("ya"))
    fails = reduce(or_, (part == "belum" for part in parts))
    unknown = reduce(or_, (part.is_null() for part in parts))
    return when(fails).then(lit("belum")).when(~unknown).then(lit("ya"))


@person_step(article=LAW, label={"id": "Rata-rata DP3 tahun terakhir", "en": "DP3 mean of the last year"}, unit="poin")
def last_mean(items: ItemAggregates) -> Expr:
    """For information: the mean may be good while an element is not."""
    return items.mean_of_last.max()


@person_step(
    article=LAW, label={"id": "Rata-rata DP3 tahun sebelumnya", "en": "DP3 mean of the year before"}, unit="poin"
)
def previous_mean(items: ItemAggregates) -> Expr:
    """For information, as above."""
    return items.mean_of_previous.max()


def _said(holds: Expr) -> Expr:
    return when(holds).then(lit("ya")).when(~holds).then(lit("belum"))


PERSON_STEPS = (
    years_needed,
    years_met,
    results_suffice,
    years_suffice,
    level_suffices,
    fit_for_promotion,
    last_mean,
    previous_mean,
)
