"""KMK 127/2026: what a disciplinary sanction takes from the score, and from the superior's.

From a register of sanctions (the rulebook by itself), or from the one in force that the rating states (the platform).
"""

from __future__ import annotations

from collections.abc import Callable

from polars import Expr, Float64, Int64, lit, min_horizontal, when

from selaras.regulation import Columns, ItemAggregates, Label, Step, Values, item_step, person_step
from selaras.regulation.kit import number_from, part_of

KMK = "KMK 127/2026"
VALUE = f"{KMK} (nilai hukuman disiplin)"
IMPACT = f"{KMK} (dampak hukuman disiplin bawahan)"
_VALUE: Label = {"id": "Nilai hukuman disiplin", "en": "Value of the disciplinary sanction"}
_IMPACT: Label = {"id": "Dampak hukuman bawahan", "en": "Impact of subordinates' sanctions"}
# A score has at most three digits: category and score fit into one number that sorts as the rule says.
_CATEGORY = 1000


@item_step(
    article=VALUE,
    certainty="application",
    label={"id": "Hukuman berlaku pada periode ini (1 = ya)", "en": "Sanction counts in this period (1 = yes)"},
)
def hukuman_berlaku(item: Columns, p: Values) -> Expr:
    """From its own quarter on for as many quarters as its category lasts; a year counts what touches it."""
    begins = item.hukuman_tahun * 4 + item.hukuman_triwulan
    ends = begins + number_from(p.lama_hukdis, item.hukuman_kategori) - 1
    first = item.tahun_dinilai * 4 + item.triwulan_dinilai.fill_null(1)
    last = item.tahun_dinilai * 4 + item.triwulan_dinilai.fill_null(4)
    return ((begins <= last) & (ends >= first)).cast(Int64())


@item_step(
    article=VALUE,
    certainty="application",
    label={"id": "Urutan: kategori, lalu skor", "en": "Order: category, then score"},
)
def hukuman_urutan(item: Columns, p: Values) -> Expr:
    order = {code: number for number, code in enumerate(p.persen_hukdis, 1)}
    key = number_from(order, item.hukuman_kategori) * _CATEGORY + item.hukuman_skor
    return when(item.hukuman_berlaku == 1).then(key)


@item_step(
    article=IMPACT,
    certainty="application",
    label={"id": "Nilai hukuman bawahan", "en": "Value of a subordinate's sanction"},
    unit="poin",
)
def hukuman_bawahan(item: Columns) -> Expr:
    return item.nilai_hukuman_bawahan


@person_step(article=VALUE, certainty="application", label=_VALUE, unit="poin")
def hukdis(items: ItemAggregates, p: Values) -> Expr:
    """Not cumulative: the highest category counts, and within it the highest score."""
    key = items.hukuman_urutan.max()
    category = (key / _CATEGORY).floor()
    percents = {str(number): percent for number, percent in enumerate(p.persen_hukdis.values(), 1)}
    percent = number_from(percents, category.cast(Int64()))
    return part_of(key - category * _CATEGORY, percent).fill_null(0)


@person_step(article=IMPACT, certainty="application", label=_IMPACT, unit="poin")
def dampak(items: ItemAggregates, p: Values) -> Expr:
    return _impact(items.hukuman_bawahan.sum(), p)


def _stated_hukdis(person: Columns, p: Values) -> Expr:
    percent = number_from(p.persen_hukdis, person.hukdis_kategori)
    return part_of(person.hukdis_skor, percent).fill_null(0)


def _stated_dampak(person: Columns, p: Values) -> Expr:
    return _impact(person.hukdis_bawahan, p)


def _impact(values: Expr, p: Values) -> Expr:
    share = part_of(values.fill_null(0.0), p.persen_dampak)
    return min_horizontal(share, lit(p.batas_dampak, Float64()))


def _stated(name: str, label: Label, article: str, function: Callable[..., Expr]) -> Step:
    function.__name__ = name
    return person_step(article=article, certainty="application", label=label, unit="poin")(function)


REGISTER_ITEMS: tuple[Step, ...] = (hukuman_berlaku, hukuman_urutan, hukuman_bawahan)
FROM_REGISTER: tuple[Step, ...] = (hukdis, dampak)
FROM_RATING: tuple[Step, ...] = (
    _stated("hukdis", _VALUE, VALUE, _stated_hukdis),
    _stated("dampak", _IMPACT, IMPACT, _stated_dampak),
)
