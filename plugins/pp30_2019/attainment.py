"""PermenPANRB 8/2021, lampiran: attainment, category and value of one indicator (IKI), aspect by aspect of a plan."""

from __future__ import annotations

from polars import Expr, coalesce, lit, max_horizontal, min_horizontal, when

from selaras.regulation import Columns, Label, Step, Values, at_least, at_most, item_step, round_law

ANNEX = "PermenPANRB 8/2021, lampiran"
CATEGORIES = ("sangat_baik", "baik", "cukup", "kurang", "sangat_kurang")
ASPECTS: dict[str, Label] = {
    "quantity": {"id": "kuantitas", "en": "quantity"},
    "quality": {"id": "kualitas", "en": "quality"},
    "time": {"id": "waktu", "en": "time"},
    "cost": {"id": "biaya", "en": "cost"},
}


def value_of(category: Expr, values: dict[str, Expr | float]) -> Expr:
    """What a table of the law holds for a category; null without one."""
    found = lit(None)
    for code in CATEGORIES:
        found = when(category == code).then(values[code]).otherwise(found)
    return found


def _attainment(aspect: str) -> Step:
    """Realisation against target; against the nearer bound of a range; what lies within the range is met."""

    def function(item: Columns, p: Values) -> Expr:
        target, upper, actual = (getattr(item, f"{aspect}_{part}") for part in ("target", "upper", "actual"))
        direction = getattr(item, f"{aspect}_direction").fill_null(lit(p.direction[aspect]))
        bound = when(actual > upper).then(upper).otherwise(target)
        share = when(direction == "lower").then((1 + (1 - actual / bound)) * 100).otherwise(actual / bound * 100)
        reached = when((actual >= target) & (actual <= upper)).then(p.within_range).otherwise(share)
        limited = min_horizontal(max_horizontal(reached, p.attainment_floor), p.attainment_cap)
        return when(share.is_not_null()).then(limited)

    function.__name__ = f"{aspect}_attainment"
    label: Label = {"id": f"Capaian IKI {ASPECTS[aspect]['id']}", "en": f"Attainment, {ASPECTS[aspect]['en']}"}
    return item_step(article=f"{ANNEX} (capaian IKI)", label=label, unit="%")(function)


def _category(aspect: str) -> Step:
    """By the bands, or as rated on the scale that the model pengembangan writes into the plan."""

    def function(item: Columns, p: Values) -> Expr:
        attainment = getattr(item, f"{aspect}_attainment")
        whole = round_law(attainment, 0, p.category_rounding, article=f"{ANNEX} (kategori IKI)")
        by_band = lit("sangat_kurang")
        for code in reversed(CATEGORIES[:-1]):
            by_band = when(at_least(whole, p.category_from[code])).then(lit(code)).otherwise(by_band)
        met = when(attainment.is_not_null()).then(by_band)
        maximal = when((met == "baik") & item.maximal_target & (item.section == "rencana_aksi")).then(
            lit("sangat_baik")
        )
        return coalesce(getattr(item, f"{aspect}_level"), maximal, met)

    function.__name__ = f"{aspect}_category"
    label: Label = {"id": f"Kategori IKI {ASPECTS[aspect]['id']}", "en": f"Category, {ASPECTS[aspect]['en']}"}
    return item_step(article=f"{ANNEX} (kategori IKI)", label=label, kind="code")(function)


def _jpt_category(aspect: str) -> Step:
    def function(item: Columns) -> Expr:
        category = getattr(item, f"{aspect}_category")
        return when((category == "baik") & item.maximal_target).then(lit("sangat_baik")).otherwise(category)

    function.__name__ = f"{aspect}_jpt_category"
    label: Label = {
        "id": f"Kategori IKI {ASPECTS[aspect]['id']} (JPT)",
        "en": f"Category, {ASPECTS[aspect]['en']} (JPT)",
    }
    return item_step(article=f"{ANNEX} (kategori IKI; target maksimal)", label=label, kind="code")(function)


def _jpt_value(aspect: str) -> Step:
    """A line within each band; a fraction between two bands stays on the line of the band that it was read into."""

    def function(item: Columns, p: Values) -> Expr:
        attainment, category = (getattr(item, f"{aspect}_{part}") for part in ("attainment", "jpt_category"))
        maximal = (getattr(item, f"{aspect}_category") == "baik") & (category == "sangat_baik")
        on_line = lit(None)
        for code in ("sangat_kurang", "kurang", "cukup"):
            on_line = when(category == code).then(_on(p.jpt_lines[code], attainment)).otherwise(on_line)
        return (
            when(getattr(item, f"{aspect}_level").is_not_null())
            .then(value_of(category, p.category_value))
            .when(maximal | ((category == "sangat_baik") & ~at_most(attainment, p.jpt_top_line["to"])))
            .then(p.jpt_highest)
            .when(category == "sangat_baik")
            .then(_on(p.jpt_top_line, attainment))
            .when(category == "baik")
            .then(p.jpt_on_target)
            .otherwise(on_line)
        )

    function.__name__ = f"{aspect}_jpt_value"
    label: Label = {"id": f"Nilai IKI {ASPECTS[aspect]['id']} (JPT)", "en": f"Value, {ASPECTS[aspect]['en']} (JPT)"}
    return item_step(article=f"{ANNEX} (nilai kinerja utama JPT)", label=label, unit="poin")(function)


def _on(line: dict[str, Expr | float], attainment: Expr) -> Expr:
    slope = (lit(line["highest"]) - line["lowest"]) / (lit(line["to"]) - line["from"])
    return lit(line["lowest"]) + slope * (attainment - line["from"])


INDICATOR_STEPS = tuple(
    make(aspect) for make in (_attainment, _category, _jpt_category, _jpt_value) for aspect in ASPECTS
)
