"""PermenPANRB 8/2021, lampiran: from the indicators to the value of each plan, and from the plans to the SKP value."""

from __future__ import annotations

from polars import Expr, lit, mean_horizontal, min_horizontal, sum_horizontal, when

from pp30_2019.attainment import ANNEX, ASPECTS, value_of
from selaras.regulation import Columns, ItemAggregates, Values, item_step, person_step

PLAN = f"{ANNEX} (nilai rencana kinerja JA/JF)"
MAIN = f"{ANNEX} (nilai kinerja utama)"
MAIN_JPT = f"{ANNEX} (nilai kinerja utama JPT)"
ADDITIONAL = f"{ANNEX} hlm. 95 (kinerja tambahan)"
PERIODIC = f"{ANNEX} hlm. 67 (pengukuran periodik)"
SKP = f"{ANNEX} hlm. 95-96 (nilai SKP)"


# --- one plan (rencana kinerja)


@item_step(article=MAIN_JPT, label={"id": "Nilai rencana kinerja (JPT)", "en": "Value of the plan (JPT)"}, unit="poin")
def jpt_plan_value(item: Columns) -> Expr:
    """The mean of its indicators; open while one of them has no realisation."""
    return when(_measured(item)).then(mean_horizontal(*(getattr(item, f"{aspect}_jpt_value") for aspect in ASPECTS)))


@item_step(
    article=PLAN,
    label={"id": "Kategori rencana kinerja", "en": "Category of the plan"},
    kind="code",
    certainty="application",
)
def plan_category(item: Columns, p: Values) -> Expr:
    """Of one indicator its own; of several by how many stand in each category."""
    categories = [getattr(item, f"{aspect}_category") for aspect in ASPECTS]
    number = {code: sum_horizontal(*((one == code) for one in categories)) for code in p.category_value}
    count = sum_horizontal(*(one.is_not_null() for one in categories))
    single = when(count == 1).then(_first(categories))
    limit = p.plan_category_counts
    worst, poor, fair = number["sangat_kurang"], number["kurang"], number["cukup"]
    excellent = (
        (number["sangat_baik"] >= limit["sangat_baik_from"])
        & (number["baik"] <= limit["baik_beside"])
        & (number["sangat_baik"] + number["baik"] == count)
    )
    several = (
        when(worst >= limit["sangat_kurang_from"])
        .then(lit("sangat_kurang"))
        .when((worst >= limit["one_sangat_kurang"]) | (poor >= limit["kurang_from"]))
        .then(lit("kurang"))
        .when((poor >= limit["one_kurang"]) | (fair >= limit["cukup_from"]))
        .then(lit("cukup"))
        .when(excellent)
        .then(lit("sangat_baik"))
        .otherwise(lit("baik"))
    )
    return when(_measured(item)).then(when(count == 1).then(single).when(count > 1).then(several))


@item_step(
    article=PLAN,
    label={"id": "Nilai menurut kategori", "en": "Value of the category"},
    certainty="application",
    unit="poin",
)
def plan_value(item: Columns, p: Values) -> Expr:
    return value_of(item.plan_category, p.category_value)


@item_step(
    article=f"{ANNEX} hlm. 288, 291 (metode cascading)",
    label={"id": "Nilai tertimbang menurut cascading", "en": "Value weighted by cascading"},
    certainty="application",
    unit="poin",
)
def weighted_value(item: Columns, p: Values) -> Expr:
    """Direct: as it is. Non-direct: the superior's plan weighs first, the own contribution is added."""
    first = {"permen": item.superior_value, "own": item.plan_value}[p.nondirect_reading]
    own = value_of(item.plan_category, p.nondirect_own_weight)
    shared = p.nondirect_first_weight / lit(100) * first + own / 100 * item.plan_value
    return when(item.cascading == "non_direct").then(shared).otherwise(item.plan_value)


@item_step(article=ADDITIONAL, label={"id": "Koefisien kategori (k)", "en": "Factor of the category (k)"})
def additional_factor(item: Columns, p: Values) -> Expr:
    return when(_in(item, "kinerja_tambahan")).then(value_of(item.plan_category, p.additional_factor))


@item_step(article=ADDITIONAL, label={"id": "Bobot lingkup penugasan", "en": "Weight of the scope"})
def scope_weight(item: Columns, p: Values) -> Expr:
    wider = p.scope_weight_wider
    return when(_in(item, "kinerja_tambahan")).then(
        when(item.scope == "across_agencies")
        .then(wider["across_agencies"])
        .when(item.scope == "across_units")
        .then(wider["across_units"])
        .otherwise(p.scope_weight_unit)
    )


@item_step(
    article=ADDITIONAL,
    label={"id": "Nilai tertimbang kinerja tambahan", "en": "Weighted value of additional work"},
    unit="poin",
)
def additional_value(item: Columns) -> Expr:
    return item.additional_factor / 100 * item.scope_weight / 100 * item.plan_value


@item_step(article=MAIN_JPT, label={"id": "Nilai kelompok perjanjian kinerja", "en": "Value, performance agreement"})
def jpt_value_1(item: Columns) -> Expr:
    second = (item.jpt_group == "inisiatif_strategis").fill_null(value=False)
    return when(_in(item, "kinerja_utama") & ~second).then(item.jpt_plan_value)


@item_step(article=MAIN_JPT, label={"id": "Nilai kelompok inisiatif strategis", "en": "Value, strategic initiatives"})
def jpt_value_2(item: Columns) -> Expr:
    return when(_in(item, "kinerja_utama") & (item.jpt_group == "inisiatif_strategis")).then(item.jpt_plan_value)


@item_step(article=MAIN, label={"id": "Nilai kinerja utama JA/JF", "en": "Value of main work, JA/JF"}, unit="poin")
def ja_jf_value(item: Columns) -> Expr:
    return when(_in(item, "kinerja_utama")).then(item.weighted_value)


@item_step(
    article=PERIODIC, label={"id": "Nilai rencana aksi (JPT)", "en": "Value of the action plan (JPT)"}, unit="poin"
)
def jpt_action_value(item: Columns) -> Expr:
    return when(_in(item, "rencana_aksi")).then(item.jpt_plan_value)


@item_step(article=PERIODIC, label={"id": "Nilai rencana aksi", "en": "Value of the action plan"}, unit="poin")
def ja_jf_action_value(item: Columns) -> Expr:
    return when(_in(item, "rencana_aksi")).then(item.weighted_value)


@item_step(article=MAIN, label={"id": "Belum dapat dinilai", "en": "Cannot be scored yet"})
def unscored(item: Columns) -> Expr:
    """1 for a plan that lacks what its value is made of."""
    value = when(_in(item, "kinerja_tambahan")).then(item.additional_value).otherwise(item.plan_value)
    return when(value.is_null()).then(1).otherwise(0)


@item_step(article=MAIN, label={"id": "Belum ada nilai rencana atasan", "en": "Lacks the superior's value"})
def unweighted(item: Columns) -> Expr:
    """1 for a main plan of JA/JF whose weighting lacks the value of the superior's plan."""
    lacks = item.weighted_value.is_null() & ~_in(item, "kinerja_tambahan")
    return when(lacks).then(1).otherwise(0)


def _in(item: Columns, section: str) -> Expr:
    return item.section.fill_null("kinerja_utama") == section


def _measured(item: Columns) -> Expr:
    """No indicator waits: each that has a target has its realisation, or its level on the plan's own scale."""
    ready = lit(True)
    for aspect in ASPECTS:
        target, category = getattr(item, f"{aspect}_target"), getattr(item, f"{aspect}_category")
        ready &= target.is_null() | category.is_not_null()
    return ready


def _first(categories: list[Expr]) -> Expr:
    found = lit(None)
    for one in categories:
        found = when(found.is_null()).then(one).otherwise(found)
    return found


# --- the person


@person_step(
    article=MAIN_JPT, label={"id": "Rata-rata kelompok perjanjian kinerja", "en": "Mean, agreement"}, unit="poin"
)
def main_mean_1(items: ItemAggregates) -> Expr:
    return items.jpt_value_1.mean()


@person_step(
    article=MAIN_JPT, label={"id": "Rata-rata kelompok inisiatif strategis", "en": "Mean, initiatives"}, unit="poin"
)
def main_mean_2(items: ItemAggregates) -> Expr:
    return items.jpt_value_2.mean()


@person_step(
    article=f"{ANNEX} hlm. 243 (contoh; bobot disimpulkan)",
    label={"id": "Bagian perjanjian kinerja", "en": "Part of the agreement"},
    certainty="assumed",
    unit="poin",
)
def main_part_1(person: Columns, p: Values) -> Expr:
    """The agreement's share of the main work. Assumed: 60 is inferred from the figures of the printed example."""
    return person.main_mean_1 * lit(p.jpt_group_weight["perjanjian_kinerja"]) / _weights_present(person, p)


@person_step(
    article=f"{ANNEX} hlm. 243 (contoh; bobot disimpulkan)",
    label={"id": "Bagian inisiatif strategis", "en": "Part of the initiatives"},
    certainty="assumed",
    unit="poin",
)
def main_part_2(person: Columns, p: Values) -> Expr:
    """The initiatives' share of the main work. Assumed: 40 is inferred from the figures of the printed example."""
    return person.main_mean_2 * lit(p.jpt_group_weight["inisiatif_strategis"]) / _weights_present(person, p)


def _weights_present(person: Columns, p: Values) -> Expr:
    """Whoever has plans in one group only is measured by that group alone."""
    first = when(person.main_mean_1.is_not_null()).then(p.jpt_group_weight["perjanjian_kinerja"]).otherwise(0)
    second = when(person.main_mean_2.is_not_null()).then(p.jpt_group_weight["inisiatif_strategis"]).otherwise(0)
    return first + second


@person_step(article=MAIN, label={"id": "Rata-rata kinerja utama JA/JF", "en": "Mean of main work, JA/JF"}, unit="poin")
def ja_jf_mean(items: ItemAggregates) -> Expr:
    return items.ja_jf_value.mean()


@person_step(article=MAIN, label={"id": "Nilai kinerja utama", "en": "Score of main work"}, unit="poin")
def main_mean(person: Columns, items: ItemAggregates) -> Expr:
    """Open while a plan cannot be scored."""
    whole = items.unscored.sum().fill_null(0) == 0
    weighted = items.unweighted.sum().fill_null(0) == 0
    parts = when(person.main_part_1.is_not_null() | person.main_part_2.is_not_null()).then(
        sum_horizontal(person.main_part_1, person.main_part_2)
    )
    jpt = person.post_group == "jpt"
    return when(whole & jpt).then(parts).when(whole & weighted & (person.post_group == "ja_jf")).then(person.ja_jf_mean)


@person_step(article=PERIODIC, label={"id": "Rata-rata rencana aksi", "en": "Mean of the action plans"}, unit="poin")
def action_mean(person: Columns, items: ItemAggregates) -> Expr:
    jpt, others = items.jpt_action_value.mean(), items.ja_jf_action_value.mean()
    return when(person.post_group == "jpt").then(jpt).otherwise(others)


@person_step(article=PERIODIC, label={"id": "Nilai kinerja", "en": "Score of the work"}, unit="poin")
def main_score(person: Columns) -> Expr:
    """In a period with action plans, the mean of them and of the main work; else the main work."""
    both = (person.action_mean + person.main_mean) / 2
    return when(person.action_mean.is_not_null()).then(both).otherwise(person.main_mean)


@person_step(article=ADDITIONAL, label={"id": "Jumlah kinerja tambahan", "en": "Sum of additional work"}, unit="poin")
def additional_sum(items: ItemAggregates) -> Expr:
    return items.additional_value.sum().fill_null(0)


@person_step(article=SKP, label={"id": "Nilai kinerja tambahan", "en": "Score of additional work"}, unit="poin")
def additional_score(person: Columns, p: Values) -> Expr:
    return min_horizontal(person.additional_sum, p.additional_cap)


@person_step(article=SKP, label={"id": "Nilai SKP", "en": "SKP score"}, unit="poin")
def skp_score(person: Columns, p: Values) -> Expr:
    total = person.main_score + person.additional_score
    return when(total.is_not_null()).then(min_horizontal(total, p.skp_cap))


PLAN_STEPS = (
    jpt_plan_value,
    plan_category,
    plan_value,
    weighted_value,
    additional_factor,
    scope_weight,
    additional_value,
    jpt_value_1,
    jpt_value_2,
    ja_jf_value,
    jpt_action_value,
    ja_jf_action_value,
    unscored,
    unweighted,
)
SKP_STEPS = (
    main_mean_1,
    main_mean_2,
    main_part_1,
    main_part_2,
    ja_jf_mean,
    main_mean,
    action_mean,
    main_score,
    additional_sum,
    additional_score,
    skp_score,
)
