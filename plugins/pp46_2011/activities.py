"""Perka BKN 1/2013, lampiran I: the score of one activity from its quantity, quality, time and cost."""

from __future__ import annotations

from polars import Expr, lit, max_horizontal, mean_horizontal, sum_horizontal, when

from selaras.regulation import Columns, Values, at_most, item_step

ANNEX = "Perka BKN 1/2013, lampiran I"


@item_step(
    article=f"{ANNEX} (kuantitas)",
    label={"id": "Nilai aspek kuantitas", "en": "Quantity score"},
    unit="poin",
)
def quantity_score(item: Columns) -> Expr:
    return item.quantity_actual / item.quantity_target * 100


@item_step(
    article=f"{ANNEX} (kualitas)",
    label={"id": "Nilai aspek kualitas", "en": "Quality score"},
    unit="poin",
)
def quality_score(item: Columns, p: Values) -> Expr:
    return item.quality_actual / item.quality_target.fill_null(p.quality_target) * 100


@item_step(
    article=f"{ANNEX} (waktu)",
    label={"id": "Efisiensi waktu", "en": "Time efficiency"},
    unit="%",
)
def time_efficiency(item: Columns) -> Expr:
    return 100 - item.time_actual / item.time_target * 100


@item_step(
    article=f"{ANNEX} (waktu)",
    label={"id": "Nilai aspek waktu", "en": "Time score"},
    unit="poin",
)
def time_score(item: Columns, p: Values) -> Expr:
    return _score_of_effort(item.time_target, item.time_actual, item.time_efficiency, p)


@item_step(
    article=f"{ANNEX} (biaya)",
    label={"id": "Efisiensi biaya", "en": "Cost efficiency"},
    unit="%",
)
def cost_efficiency(item: Columns) -> Expr:
    return 100 - item.cost_actual / item.cost_target * 100


@item_step(
    article=f"{ANNEX} (biaya)",
    label={"id": "Nilai aspek biaya", "en": "Cost score"},
    unit="poin",
)
def cost_score(item: Columns, p: Values) -> Expr:
    return _score_of_effort(item.cost_target, item.cost_actual, item.cost_efficiency, p)


@item_step(
    article=f"{ANNEX} (penghitungan)",
    label={"id": "Jumlah nilai aspek", "en": "Sum of the aspects"},
    unit="poin",
)
def aspects_sum(item: Columns) -> Expr:
    return sum_horizontal(*_scores(item))


@item_step(
    article=f"{ANNEX} (penghitungan)",
    label={"id": "Jumlah aspek yang dinilai", "en": "Number of aspects scored"},
)
def aspects_counted(item: Columns) -> Expr:
    return sum_horizontal(*(score.is_not_null() for score in _scores(item)))


@item_step(
    article=f"{ANNEX} (nilai capaian SKP)",
    label={"id": "Nilai capaian kegiatan", "en": "Score of the activity"},
    unit="poin",
)
def activity_score(item: Columns) -> Expr:
    unfinished = (
        (item.quantity_target.is_not_null() & item.quantity_actual.is_null())
        | (item.time_target.is_not_null() & item.time_actual.is_null())
        | (item.cost_target.is_not_null() & item.cost_actual.is_null())
    )
    return when(~unfinished).then(mean_horizontal(*_scores(item)))


def _scores(item: Columns) -> tuple[Expr, ...]:
    return item.quantity_score, item.quality_score, item.time_score, item.cost_score


def _score_of_effort(target: Expr, spent: Expr, efficiency: Expr, p: Values) -> Expr:
    """Time and cost share one formula: nothing done earns nothing; too much saved earns less than the target itself."""
    earned = (p.time_factor * target - spent) / target * 100
    score = (
        when(spent == 0)
        .then(lit(0.0))
        .when(at_most(efficiency, p.efficiency_limit))
        .then(earned)
        .otherwise(p.on_target_score - (earned - 100))
    )
    return score if p.aspect_floor is None else when(score.is_not_null()).then(max_horizontal(score, p.aspect_floor))


ITEM_STEPS = (
    quantity_score,
    quality_score,
    time_efficiency,
    time_score,
    cost_efficiency,
    cost_score,
    aspects_sum,
    aspects_counted,
    activity_score,
)
