"""PP 46/2011: a year of several posts: each part is scored, and the scores are averaged."""

from __future__ import annotations

from polars import Expr, lit, when

from pp46_2011.achievement import predikat
from selaras.regulation import Columns, ItemAggregates, Values, item_step, person_step

TRANSFER = "PP 46/2011 (mutasi dalam tahun berjalan)"


@item_step(
    article=TRANSFER,
    label={"id": "Bobot bagian tahun", "en": "Weight of the part of the year"},
    certainty="assumed",
)
def segment_weight(item: Columns, p: Values) -> Expr:
    """Each part counts once, or by its days or months: the text on it was not found."""
    return {"equal": lit(1), "days": item.days, "months": item.months}[p.segment_weighting]


@item_step(
    article=TRANSFER,
    label={"id": "Nilai bagian tahun × bobot", "en": "Score of the part × weight"},
    certainty="assumed",
    unit="poin",
)
def segment_weighted_score(item: Columns) -> Expr:
    """What the part adds to the year. Assumed: that parts are averaged was found, by which weights was not."""
    return item.score * item.segment_weight


@person_step(
    article=TRANSFER,
    label={"id": "Jumlah bobot", "en": "Sum of the weights"},
    certainty="assumed",
)
def segment_weights(items: ItemAggregates) -> Expr:
    """What the weighted scores are divided by. Assumed, like the weights themselves."""
    return items.segment_weight.sum()


@person_step(
    article=TRANSFER,
    label={"id": "Nilai prestasi kerja setahun", "en": "Performance score of the year"},
    certainty="assumed",
    unit="poin",
)
def total_score(person: Columns, items: ItemAggregates) -> Expr:
    """A part without a score leaves the year open."""
    complete = items.segment_weighted_score.missing() == 0
    return when(complete & (person.segment_weights > 0)).then(
        items.segment_weighted_score.sum() / person.segment_weights
    )


SEGMENT_STEPS = (segment_weight, segment_weighted_score)
COMBINING_STEPS = (segment_weights, total_score, predikat)
