"""PermenPANRB 1/2023, lampiran; PerBKN 3/2023: conversion of a predikat, accumulation, and what is still missing."""

from __future__ import annotations

from polars import Expr, Float64, coalesce, lit, max_horizontal, when

from selaras.regulation import (
    Columns,
    ItemAggregates,
    Values,
    at_least,
    item_step,
    lookup,
    person_step,
    round_law,
)

LAW = "PermenPANRB 1/2023, lampiran; PerBKN 3/2023"
ROUNDING = "PerBKN 3/2023, contoh"
THRESHOLDS = "PermenPANRB 1/2023, lampiran (angka kredit kumulatif)"
MONTHS_OF_A_YEAR = 12


# Posts are often kept by the short word of the expert levels.
SHORT = {"pertama": "ahli_pertama", "muda": "ahli_muda", "madya": "ahli_madya", "utama": "ahli_utama"}


def _coefficient(jenjang: Expr, p: Values) -> Expr:
    table = {
        "pemula": p.coefficient_pemula,
        "terampil": p.coefficient_terampil,
        "mahir": p.coefficient_mahir,
        "penyelia": p.coefficient_penyelia,
        "ahli_pertama": p.coefficient_ahli_pertama,
        "ahli_muda": p.coefficient_ahli_muda,
        "ahli_madya": p.coefficient_ahli_madya,
        "ahli_utama": p.coefficient_ahli_utama,
    }
    return lookup(table, jenjang.replace(SHORT)).cast(Float64)


def _percent(predikat: Expr, p: Values) -> Expr:
    return lookup(p.predikat_percent, predikat).cast(Float64)


@item_step(article=LAW, label={"id": "Koefisien per tahun", "en": "Coefficient per year"}, unit="AK")
def coefficient(item: Columns, p: Values) -> Expr:
    return _coefficient(item.jenjang, p)


@item_step(article=LAW, label={"id": "Persentase predikat", "en": "Percentage of the predikat"}, unit="%")
def percent(item: Columns, p: Values) -> Expr:
    return _percent(item.outcome, p)


@item_step(article=LAW, label={"id": "Angka kredit sebelum pembulatan", "en": "Credit points, unrounded"}, unit="AK")
def credits_exact(item: Columns) -> Expr:
    return item.months / MONTHS_OF_A_YEAR * item.percent / 100 * item.coefficient


@item_step(
    article=ROUNDING,
    label={"id": "Angka kredit menurut desimal PAK", "en": "Credit points as the PAK prints them"},
    unit="AK",
    certainty="assumed",
)
def credits_printed(item: Columns) -> Expr:
    """Only where the PAK says how many decimals it prints; the regulation does not."""
    exact, decimals = item.credits_exact, item.decimals
    return (
        when(decimals == 2)
        .then(round_law(exact, 2, article=ROUNDING))
        .when(decimals == 3)
        .then(round_law(exact, 3, article=ROUNDING))
        .when(decimals == 4)
        .then(round_law(exact, 4, article=ROUNDING))
    )


@item_step(
    article=ROUNDING, label={"id": "Angka kredit konversi (PAK)", "en": "Credit points converted (PAK)"}, unit="AK"
)
def converted(item: Columns, p: Values) -> Expr:
    return coalesce(item.credits_printed, round_law(item.credits_exact, p.pak_decimals, article=ROUNDING))


@person_step(
    article="PerBKN 3/2023 (akumulasi)",
    label={"id": "Angka kredit kumulatif", "en": "Credit points accumulated"},
    unit="AK",
)
def accumulated(person: Columns, items: ItemAggregates) -> Expr:
    return person.opening.fill_null(0) + items.converted.sum().fill_null(0)


@person_step(
    article=THRESHOLDS,
    label={"id": "Kebutuhan kenaikan pangkat", "en": "Needed for the next rank"},
    unit="AK",
)
def needed_for_rank(person: Columns, p: Values) -> Expr:
    return coalesce(person.target, lookup(p.cumulative_rank, person.jenjang_now.replace(SHORT)).cast(Float64))


@person_step(
    article=THRESHOLDS,
    label={"id": "Kebutuhan kenaikan jenjang", "en": "Needed for the next level"},
    unit="AK",
)
def needed_for_level(person: Columns, p: Values) -> Expr:
    return lookup(p.cumulative_level, person.jenjang_now.replace(SHORT)).cast(Float64)


@person_step(
    article=THRESHOLDS,
    label={"id": "Kekurangan untuk kenaikan pangkat", "en": "Still missing for the next rank"},
    unit="AK",
)
def missing_for_rank(person: Columns) -> Expr:
    return max_horizontal(person.needed_for_rank - person.accumulated, lit(0.0) * person.needed_for_rank)


@person_step(
    article=THRESHOLDS,
    label={"id": "Kekurangan untuk kenaikan jenjang", "en": "Still missing for the next level"},
    unit="AK",
)
def missing_for_level(person: Columns) -> Expr:
    return max_horizontal(person.needed_for_level - person.accumulated, lit(0.0) * person.needed_for_level)


def _reached(needed: Expr, accumulated: Expr) -> Expr:
    is_reached = at_least(accumulated - needed, 0)
    return when(needed.is_not_null()).then(when(is_reached).then(lit("ya")).otherwise(lit("belum")))


@person_step(
    article=THRESHOLDS,
    label={"id": "Angka kredit pangkat terpenuhi", "en": "Enough for the next rank"},
    kind="code",
)
def enough_for_rank(person: Columns) -> Expr:
    return _reached(person.needed_for_rank, person.accumulated)


@person_step(
    article=THRESHOLDS,
    label={"id": "Angka kredit jenjang terpenuhi", "en": "Enough for the next level"},
    kind="code",
)
def enough_for_level(person: Columns) -> Expr:
    return _reached(person.needed_for_level, person.accumulated)


@person_step(
    article=LAW,
    label={"id": "Tahun penuh sampai kenaikan pangkat", "en": "Full years until the next rank"},
    unit="tahun",
)
def years_to_rank(person: Columns, p: Values) -> Expr:
    """How many full years with the supposed predikat fill what is missing."""
    yearly = _coefficient(person.jenjang_now, p) * _percent(person.predikat_each_year, p) / 100
    return round_law(person.missing_for_rank / yearly, 0, "up", article=LAW)


ITEM_STEPS = (coefficient, percent, credits_exact, credits_printed, converted)
PERSON_STEPS = (
    accumulated,
    needed_for_rank,
    needed_for_level,
    missing_for_rank,
    missing_for_level,
    enough_for_rank,
    enough_for_level,
    years_to_rank,
)
