"""PP 99/2000: whether one appraised year is good, and how far back the good years reach without a break."""

from __future__ import annotations

from polars import Expr, Int8, any_horizontal, lit, mean_horizontal, min_horizontal, when

from selaras.regulation import Columns, Values, at_least, item_step

LAW = "PP 99/2000 Ps 13"
ELEMENTS = (
    "kesetiaan",
    "prestasi_kerja",
    "tanggung_jawab",
    "ketaatan",
    "kejujuran",
    "kerja_sama",
    "prakarsa",
    "kepemimpinan",
)


@item_step(article=LAW, label={"id": "Unsur DP3 terendah", "en": "Lowest DP3 element"}, unit="poin")
def lowest_element(item: Columns) -> Expr:
    """Open until the seven elements that everybody has are there; leadership counts where it was rated."""
    return when(~_unrated(item)).then(min_horizontal(*_elements(item)))


@item_step(article=LAW, label={"id": "Rata-rata DP3", "en": "Mean of DP3"}, unit="poin", certainty="assumed")
def mean_of_elements(item: Columns) -> Expr:
    """For information: a good mean does not make up for one element below good."""
    return when(~_unrated(item)).then(mean_horizontal(*_elements(item)))


@item_step(article=LAW, label={"id": "Rata-rata tahun terakhir", "en": "Mean of the last year"}, unit="poin")
def mean_of_last(item: Columns) -> Expr:
    return when(item.year_back == 1).then(item.mean_of_elements)


@item_step(article=LAW, label={"id": "Rata-rata tahun sebelumnya", "en": "Mean of the year before"}, unit="poin")
def mean_of_previous(item: Columns) -> Expr:
    return when(item.year_back == 2).then(item.mean_of_elements)


@item_step(article=LAW, label={"id": "Tahun itu sekurangnya baik", "en": "The year was at least good"}, kind="code")
def good_year(item: Columns, p: Values) -> Expr:
    """Of DP3 every element, of later years the predikat; open where neither is there."""
    by_elements = at_least(item.lowest_element, p.element_from)
    by_predikat = item.predikat.is_in(p.good_outcomes)
    good = when(item.lowest_element.is_not_null()).then(by_elements).otherwise(by_predikat)
    return when(good).then(lit("ya")).when(~good).then(lit("tidak"))


@item_step(article=LAW, label={"id": "Tahun yang tidak memenuhi", "en": "Years back of a year that is not good"})
def failed_back(item: Columns) -> Expr:
    return when(item.good_year == "tidak").then(item.year_back)


@item_step(article=LAW, label={"id": "Baik tanpa putus sampai tahun ini", "en": "Good without a break up to this year"})
def unbroken(item: Columns) -> Expr:
    """1 while every year from the last one back to this one is there and good, else 0."""
    in_its_place = item.year_back == item.year_back.rank("ordinal").over("person")
    good = (item.good_year == "ya").fill_null(False) & in_its_place
    return good.cast(Int8).cum_min().over("person", order_by=item.year_back)


def _elements(item: Columns) -> tuple[Expr, ...]:
    return tuple(getattr(item, name) for name in ELEMENTS)


def _unrated(item: Columns) -> Expr:
    return any_horizontal(*(element.is_null() for element in _elements(item)[:-1]))


ITEM_STEPS = (
    lowest_element,
    mean_of_elements,
    mean_of_last,
    mean_of_previous,
    good_year,
    failed_back,
    unbroken,
)
