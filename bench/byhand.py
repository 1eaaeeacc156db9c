"""Each regulation as somebody would write it straight in Polars: one query, every step kept, nothing checked.

What the engine adds (checking keys and types, steps that know their article, several regulations behind one door) is
measured against this. The numbers stand here a second time on purpose; a test compares the results with the engine's.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from polars import col, lit, mean_horizontal, sum_horizontal, when

from selaras.regulation import Rules

Frames = tuple[pl.DataFrame, pl.DataFrame | None]
Way = Callable[[pl.DataFrame, pl.DataFrame | None], Frames]

SEVEN = ("kesetiaan", "prestasi_kerja", "tanggung_jawab", "ketaatan", "kejujuran", "kerja_sama", "prakarsa")
FIVE = ("orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama")


def by_hand(rules: Rules) -> tuple[str, Way]:
    """`hand` and the query written here, or `steps` and the regulation's own expressions one after another."""
    written = WRITTEN.get(rules.code)
    return ("hand", written) if written else ("steps", lambda people, items: _steps_one_by_one(rules, people, items))


def _steps_one_by_one(rules: Rules, people: pl.DataFrame, items: pl.DataFrame | None) -> Frames:
    steps, scored, person = rules.engine.steps, None, people.lazy()
    if items is not None:
        query = items.lazy()
        for _, expr in steps.item:
            query = query.with_columns(expr)
        scored = query.select("person", "item", *(step.name for step, _ in steps.item)).collect()
    if scored is not None and steps.aggregates:
        aggregated = scored.lazy().group_by("person").agg(steps.aggregates)
        person = person.join(aggregated, on="person", how="left", maintain_order="left")
    for _, expr in steps.person:
        person = person.with_columns(expr)
    return person.select("person", *(step.name for step, _ in steps.person)).collect(), scored


def _half_down(value: pl.Expr) -> pl.Expr:
    size = value.abs()
    return (size - 0.5 - (1e-9 + size * 4e-15)).ceil() * value.sign()


def _label(value: pl.Expr, top: str, third: str, fourth: str, last: str) -> pl.Expr:
    whole = _half_down(value)
    return (
        when(value.is_null())
        .then(lit(None))
        .when(whole >= 91 - 1e-9)
        .then(lit(top))
        .when(whole >= 76 - 1e-9)
        .then(lit("baik"))
        .when(whole >= 61 - 1e-9)
        .then(lit(third))
        .when(whole >= 51 - 1e-9)
        .then(lit(fourth))
        .otherwise(lit(last))
    )


def pp10_1979(people: pl.DataFrame, _items: pl.DataFrame | None) -> Frames:
    """DP3: eight elements with their labels, sum, mean, label."""
    words = ("amat_baik", "cukup", "sedang", "kurang")
    rated = [*(col(name) for name in SEVEN), col("leadership_counted")]
    complete = col("leadership_rule") != "belum_dinilai"
    for name in SEVEN:
        complete &= col(name).is_not_null()
    enough, barred = col("months_supervised") >= 6, col("rated_by_ppk").fill_null(False)
    query = (
        people.lazy()
        .with_columns(
            rater_entitled=when(enough).then(lit("berwenang")).when(~enough).then(lit("belum_enam_bulan")),
            leadership_rule=_leadership_rule(),
            objection_right=when(barred).then(lit("tidak_dapat")).otherwise(lit("dapat")),
            **{f"{name}_sebutan": _label(col(name), *words) for name in SEVEN},
        )
        .with_columns(leadership_counted=when(col("leadership_rule") == "dinilai").then(col("kepemimpinan")))
        .with_columns(
            kepemimpinan_sebutan=_label(col("leadership_counted"), *words),
            elements_rated=sum_horizontal(*(one.is_not_null() for one in rated)).cast(pl.Float64),
            elements_sum=when(complete).then(sum_horizontal(*rated)),
        )
        .with_columns(elements_mean=col("elements_sum") / col("elements_rated"))
        .with_columns(sebutan=_label(col("elements_mean"), *words))
    )
    labels = [f"{name}_sebutan" for name in (*SEVEN, "kepemimpinan")]
    steps = ("rater_entitled", "leadership_rule", "leadership_counted", *labels)
    result = ("elements_rated", "elements_sum", "elements_mean", "sebutan", "objection_right")
    return query.select("person", *steps, *result).collect(), None


def _leadership_rule() -> pl.Expr:
    higher = [f"{rank}/{room}" for rank, rooms in (("II", "abcd"), ("III", "abcd"), ("IV", "abcde")) for room in rooms]
    given, applies = col("kepemimpinan").is_not_null(), col("holds_post") & col("golongan").is_in(higher)
    return (
        when(applies & given)
        .then(lit("dinilai"))
        .when(applies)
        .then(lit("belum_dinilai"))
        .when(~applies & given)
        .then(lit("diisi_tetapi_tidak_berlaku"))
        .when(~applies)
        .then(lit("tidak_berlaku"))
        .when(given)
        .then(lit("dinilai"))
        .otherwise(lit("tidak_berlaku"))
    )


def pp46_2011(people: pl.DataFrame, items: pl.DataFrame | None) -> Frames:
    """PP 46/2011: activities by four aspects, their mean, extra duties, behaviour, 60/40, label, discipline."""
    assert items is not None
    scored = _activities(items)
    return _year(people, scored), scored


def _activities(items: pl.DataFrame) -> pl.DataFrame:
    scores = ("quantity_score", "quality_score", "time_score", "cost_score")
    unfinished = lit(False)
    for aspect in ("quantity", "time", "cost"):
        unfinished |= col(f"{aspect}_target").is_not_null() & col(f"{aspect}_actual").is_null()
    return (
        items.lazy()
        .with_columns(
            quantity_score=col("quantity_actual") / col("quantity_target") * 100,
            quality_score=col("quality_actual") / col("quality_target").fill_null(100) * 100,
            time_efficiency=100 - col("time_actual") / col("time_target") * 100,
            cost_efficiency=100 - col("cost_actual") / col("cost_target") * 100,
        )
        .with_columns(time_score=_effort("time"), cost_score=_effort("cost"))
        .with_columns(
            aspects_sum=sum_horizontal(*scores),
            aspects_counted=sum_horizontal(*(col(name).is_not_null() for name in scores)).cast(pl.Float64),
            activity_score=when(~unfinished).then(mean_horizontal(*scores)),
        )
        .select(
            *("person", "item", "quantity_score", "quality_score", "time_efficiency", "time_score"),
            *("cost_efficiency", "cost_score", "aspects_sum", "aspects_counted", "activity_score"),
        )
        .collect()
    )


def _effort(aspect: str) -> pl.Expr:
    target, spent = col(f"{aspect}_target"), col(f"{aspect}_actual")
    earned = (1.76 * target - spent) / target * 100
    return (
        when(spent == 0)
        .then(lit(0.0))
        .when(col(f"{aspect}_efficiency") <= 24 + 1e-9)
        .then(earned)
        .otherwise(76 - (earned - 100))
    )


def _year(people: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    elements = [col(name) for name in FIVE]
    complete = lit(True)
    for element in elements:
        complete &= element.is_not_null()
    mean = (
        scored.lazy().group_by("person").agg(mean=col("activity_score").mean(), open=col("activity_score").null_count())
    )
    rated = (
        people.lazy()
        .join(mean, on="person", how="left", maintain_order="left")
        .with_columns(
            activities_mean=when(col("open").fill_null(0) == 0).then(col("mean")),
            extra_duty_points=_duty_points(col("extra_duties")),
            perilaku_counted=sum_horizontal(*(one.is_not_null() for one in (*elements, col("kepemimpinan")))),
            perilaku_sum=when(complete).then(sum_horizontal(*elements, col("kepemimpinan"))),
        )
        .with_columns(col("extra_duty_points", "perilaku_counted").cast(pl.Float64))
    )
    return _labelled(rated).collect()


def _duty_points(duties: pl.Expr) -> pl.Expr:
    return when(duties >= 7).then(3).when(duties >= 4).then(2).when(duties >= 1).then(1).otherwise(0)


def _labelled(rated: pl.LazyFrame) -> pl.LazyFrame:
    skp = col("skp_score")
    light = when(skp <= 50 + 1e-9).then(lit("sedang")).otherwise(lit("tidak_ada"))
    return (
        rated.with_columns(
            skp_score=col("activities_mean") + col("extra_duty_points") + col("creativity").fill_null(0),
            perilaku_mean=col("perilaku_sum") / col("perilaku_counted"),
        )
        .with_columns(
            skp_part=skp * 60 / 100,
            perilaku_part=col("perilaku_mean") * 40 / 100,
            disciplinary_level=when(~(skp >= 25 - 1e-9)).then(lit("berat")).when(skp.is_not_null()).then(light),
        )
        .with_columns(total_score=col("skp_part") + col("perilaku_part"))
        .with_columns(predikat=_label(col("total_score"), "sangat_baik", "cukup", "kurang", "buruk"))
        .select(
            *("person", "activities_mean", "extra_duty_points", "skp_score", "perilaku_counted", "perilaku_sum"),
            *("perilaku_mean", "skp_part", "perilaku_part", "total_score", "predikat", "disciplinary_level"),
        )
    )


def permenpan_6_2022(people: pl.DataFrame, _items: pl.DataFrame | None) -> Frames:
    """PermenPANRB 6/2022 since SE 3/2023: nine cells of results and behaviour; of heads the unit's result."""
    low, middle, high = "di_bawah", "sesuai", "di_atas"
    cells = {
        f"{high} {high}": "sangat_baik",
        f"{high} {middle}": "baik",
        f"{middle} {high}": "baik",
        f"{middle} {middle}": "baik",
        f"{high} {low}": "kurang",
        f"{middle} {low}": "kurang",
        f"{low} {high}": "butuh_perbaikan",
        f"{low} {middle}": "butuh_perbaikan",
        f"{low} {low}": "sangat_kurang",
    }
    units = {"istimewa": high, "baik": middle, "butuh_perbaikan": low, "kurang": low, "sangat_kurang": low}
    led = col("led_unit_rating")
    counts = led.replace_strict(units, default=None, return_dtype=pl.String())
    cell = pl.concat_str("hasil_kerja", "rating_perilaku", separator=" ")
    query = (
        people.lazy()
        .with_columns(hasil_kerja=when(led.is_not_null()).then(counts).otherwise(col("rating_hasil_kerja")))
        .with_columns(predikat=cell.replace_strict(cells, default=None, return_dtype=pl.String()))
    )
    return query.select("person", "hasil_kerja", "predikat").collect(), None


WRITTEN: dict[str, Way] = {
    "permenpan_6_2022": permenpan_6_2022,
    "pp10_1979": pp10_1979,
    "pp46_2011": pp46_2011,
}
