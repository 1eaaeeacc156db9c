"""The year 2021: January to June by PP 46/2011, converted; July to December by PP 30/2019; and their mean."""

from __future__ import annotations

from polars import Expr, lit, min_horizontal, when

from pp30_2019.predikat import band_of, with_idea
from selaras.regulation import Columns, ItemAggregates, Values, at_most, item_step, person_step, round_law

CONVERSION = "SE MenPANRB 3/2021; SE Kepala BKN 1/SE/I/2022 (konversi nilai)"
INTEGRATION = "SE MenPANRB 3/2021; SE Kepala BKN 1/SE/I/2022 (integrasi nilai)"
LABELS = "PP 30/2019 Ps 41 ayat (5)"


@item_step(
    article=INTEGRATION,
    label={"id": "Nilai menurut PP 46/2011", "en": "Score under PP 46/2011"},
    certainty="application",
    unit="poin",
)
def segment_46(item: Columns, p: Values) -> Expr:
    return when(item.regulation.is_in(p.converted_regulations)).then(item.score)


@item_step(
    article=INTEGRATION,
    label={"id": "Nilai menurut PP 30/2019", "en": "Score under PP 30/2019"},
    certainty="application",
    unit="poin",
)
def segment_30(item: Columns, p: Values) -> Expr:
    return when(~item.regulation.is_in(p.converted_regulations)).then(item.score)


@item_step(
    article=INTEGRATION,
    label={"id": "Bobot bagian paruh tahun", "en": "Weight of the part"},
    certainty="assumed",
)
def segment_weight(item: Columns, p: Values) -> Expr:
    """Parts of one half count once each, or by their days or months: no text on it was found."""
    return {"equal": lit(1), "days": item.days, "months": item.months}[p.segment_weighting]


@item_step(article=INTEGRATION, label={"id": "PP 46/2011 × bobot", "en": "PP 46/2011 × weight"}, certainty="assumed")
def weighted_46(item: Columns) -> Expr:
    """What a part under PP 46/2011 adds to its half. Assumed: no text on several parts in one half was found."""
    return item.segment_46 * item.segment_weight


@item_step(article=INTEGRATION, label={"id": "PP 30/2019 × bobot", "en": "PP 30/2019 × weight"}, certainty="assumed")
def weighted_30(item: Columns) -> Expr:
    """What a part under PP 30/2019 adds to its half. Assumed: no text on several parts in one half was found."""
    return item.segment_30 * item.segment_weight


@item_step(article=INTEGRATION, label={"id": "Bobot PP 46/2011", "en": "Weight, PP 46/2011"}, certainty="assumed")
def weight_46(item: Columns) -> Expr:
    """The part's weight if it fell under PP 46/2011. Assumed, like the weights themselves."""
    return when(item.segment_46.is_not_null()).then(item.segment_weight)


@item_step(article=INTEGRATION, label={"id": "Bobot PP 30/2019", "en": "Weight, PP 30/2019"}, certainty="assumed")
def weight_30(item: Columns) -> Expr:
    """The part's weight if it fell under PP 30/2019. Assumed, like the weights themselves."""
    return when(item.segment_30.is_not_null()).then(item.segment_weight)


@item_step(article=INTEGRATION, label={"id": "Bagian tanpa nilai", "en": "Part without a score"}, certainty="assumed")
def unscored_part(item: Columns) -> Expr:
    """1 for a part that leaves the year open. Assumed: a year with an unrated part has no outcome yet."""
    lacks = item.score.is_null() | item.segment_weight.is_null()
    return when(lacks).then(1).otherwise(0)


@item_step(article=LABELS, label={"id": "Ide baru", "en": "New idea"})
def segment_idea(item: Columns) -> Expr:
    return when(item.new_idea).then(1).otherwise(0)


@person_step(
    article=INTEGRATION,
    label={"id": "Nilai paruh tahun menurut PP 46/2011", "en": "Score of the half under PP 46/2011"},
    certainty="application",
    unit="poin",
)
def score_46(items: ItemAggregates, p: Values) -> Expr:
    mean = items.weighted_46.sum() / items.weight_46.sum()
    return round_law(mean, p.conversion_digits, article=INTEGRATION)


@person_step(
    article=INTEGRATION,
    label={"id": "Nilai paruh tahun menurut PP 30/2019", "en": "Score of the half under PP 30/2019"},
    certainty="application",
    unit="poin",
)
def score_30(items: ItemAggregates) -> Expr:
    return items.weighted_30.sum() / items.weight_30.sum()


@person_step(
    article=CONVERSION,
    label={"id": "Konversi nilai PP 46/2011", "en": "PP 46/2011 score converted"},
    certainty="application",
    unit="poin",
)
def converted(person: Columns, p: Values) -> Expr:
    """Band by band on a line; the convention says on which line a fraction between two bands lies."""
    down = round_law(person.score_46, 0, "down", article=CONVERSION)
    up = round_law(person.score_46, 0, "up", article=CONVERSION)
    whole = {"lower_continues": down, "upper_starts": up}[p.conversion_gap]
    found = lit(p.conversion_highest)
    for line in reversed(p.conversion_lines):
        value = lit(line["lowest"]) + (lit(line["highest"]) - line["lowest"]) / (lit(line["to"]) - line["from"]) * (
            person.score_46 - line["from"]
        )
        found = when(at_most(whole, line["to"])).then(value).otherwise(found)
    return when(person.score_46.is_not_null()).then(min_horizontal(found, p.conversion_highest))


@person_step(
    article=CONVERSION,
    label={"id": "Nilai konversi, dibulatkan", "en": "Converted score, rounded"},
    certainty="application",
    unit="poin",
)
def converted_rounded(person: Columns, p: Values) -> Expr:
    return round_law(person.converted, p.conversion_digits, article=CONVERSION)


@person_step(
    article=INTEGRATION,
    label={"id": "Nilai integrasi", "en": "Integrated score"},
    certainty="application",
    unit="poin",
)
def total_score(person: Columns, items: ItemAggregates, p: Values) -> Expr:
    """Half and half; whoever has one half only keeps it. A part without a score leaves the year open."""
    share = p.integration_share
    both = person.converted_rounded * share["pp46_2011"] / 100 + person.score_30 * share["pp30_2019"] / 100
    one = when(person.converted_rounded.is_null()).then(person.score_30).otherwise(person.converted_rounded)
    whole = items.unscored_part.sum().fill_null(0) == 0
    return when(whole).then(when(both.is_null()).then(one).otherwise(both))


@person_step(article=LABELS, label={"id": "Rentang nilai", "en": "Band of the score"}, kind="code")
def band(person: Columns, p: Values) -> Expr:
    return band_of(person.total_score, p)


@person_step(article=LABELS, label={"id": "Predikat kinerja", "en": "Performance predikat"}, kind="code")
def predikat(person: Columns, items: ItemAggregates) -> Expr:
    return with_idea(person.band, items.segment_idea.sum() > 0)


SEGMENT_STEPS = (
    segment_46,
    segment_30,
    segment_weight,
    weighted_46,
    weighted_30,
    weight_46,
    weight_30,
    unscored_part,
    segment_idea,
)
COMBINING_STEPS = (score_46, score_30, converted, converted_rounded, total_score, band, predikat)
