"""The national export's columns as ours: names, employment, rank, kind and level of the post, days."""

from __future__ import annotations

import polars as pl

from selaras.exchange.intake import Intake

RANKS = {
    f"{grade}{step}": f"{roman}/{letter}"
    for grade, roman in zip("1234", ("I", "II", "III", "IV"), strict=True)
    for step, letter in zip("12345", "abcde", strict=True)
}
ECHELONS = {
    "11": "I.a", "12": "I.b", "21": "II.a", "22": "II.b", "31": "III.a", "32": "III.b",
    "41": "IV.a", "42": "IV.b", "51": "V.a", "52": "V.b",
}  # fmt: skip
STRUCTURAL = {"1": "jpt", "2": "jpt", "3": "administrator", "4": "pengawas", "5": "pengawas"}
_LEVEL = r"(?i)\b(utama|madya|muda|pertama|penyelia|mahir|terampil|pemula)$"


def service(people: pl.DataFrame, day: object) -> pl.DataFrame:
    """With `name`, `search_name`, `employment`, `rank`, `legal_status`, `since`, `first`, `number_since`."""
    before = pl.col("title_before").fill_null("") + " "
    after = ", " + pl.col("title_after")
    began = pl.coalesce("posted_on", "appointed_on", pl.lit(day))
    bare = pl.col("bare_name").str.replace_all(r"\s+", " ")
    return people.with_columns(
        name=(before + bare + after.fill_null("")).str.strip_chars(),
        search_name=bare.str.to_lowercase(),
        employment=_employment(),
        rank=pl.coalesce(
            "rank_name", pl.col("rank_id").replace_strict(RANKS, default=None, return_dtype=pl.String), "rank_id"
        ),
        legal_status=pl.col("legal_status").str.zfill(2),
        since=pl.max_horizontal("posted_on", "ranked_on"),
        first=began,
        number_since=pl.min_horizontal(began, "appointed_on"),
    )


def _employment() -> pl.Expr:
    """From JENIS PEGAWAI NAMA, else the sheet's name, else the form of the number."""
    stated = pl.col("employment_name").fill_null("")
    sheet = pl.col("sheet").fill_null("")
    words = pl.when(stated.str.contains("(?i)pppk|pns|cpns")).then(stated).otherwise(sheet).str.to_lowercase()
    contract = words.str.contains("pppk") | (~words.str.contains("pns") & (pl.col("number_kind") == "ni_pppk"))
    part_time = words.str.contains(r"paruh\s*waktu")
    probation = pl.col("probation").fill_null("").str.to_uppercase().is_in(["CPNS", "C"])
    return (
        pl.when(part_time)
        .then(pl.lit("pppk_paruh_waktu"))
        .when(contract)
        .then(pl.lit("pppk"))
        .when(probation | words.str.contains("cpns"))
        .then(pl.lit("cpns"))
        .otherwise(pl.lit("pns"))
    )


def posts(intake: Intake, people: pl.DataFrame) -> pl.DataFrame:
    """With `kind`, `level`, `is_head` of the post (needs `unit_id`, `head_title`, `leader_source_id` of the unit)."""
    echelon = pl.col("echelon").fill_null("")
    structural = echelon.str.head(1).replace_strict(STRUCTURAL, default=None, return_dtype=pl.String)
    kind = (
        pl.when(pl.col("post_type") == "1")
        .then(structural)
        .when(pl.col("post_type").is_in(["2", "3"]))
        .then(pl.lit("jf"))
        .when(pl.col("post_type") == "4")
        .then(pl.lit("pelaksana"))
    )
    rank_of_post = echelon.replace_strict(ECHELONS, default=None, return_dtype=pl.String)
    level = pl.col("title").str.strip_chars().str.extract(_LEVEL, 1).str.to_lowercase()
    leads = pl.col("source_id") == pl.col("leader_source_id")
    titled = pl.col("title").str.to_lowercase() == pl.col("head_title").str.to_lowercase()
    found = people.with_columns(kind=kind).with_columns(
        level=pl.when(pl.col("kind") == "jf").then(level).when(pl.col("post_type") == "1").then(rank_of_post),
        is_head=leads.fill_null(False)
        | (pl.col("leader_source_id").is_null() & (pl.col("post_type") == "1") & titled.fill_null(False)),
    )
    unclear = found.filter(pl.col("post_type").is_not_null() & pl.col("kind").is_null())
    intake.problems.add_rows(
        "position_kind",
        unclear.with_columns(echelon=echelon),
        column="JENIS JABATAN ID",
        value="post_type",
        eselon="=echelon",
    )
    return found
