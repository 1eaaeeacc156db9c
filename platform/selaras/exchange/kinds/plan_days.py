"""The days of plans: several in one year follow each other, and a row says, or lets be told, which one it means."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from selaras.exchange.intake import Intake, refuse_inconsistent
from selaras.planning.service import known_plans

_OWNER = ["number", "year"]


def filled_starts() -> pl.Expr:
    """`starts`, or the first day of the year: what tells the plans of a file apart."""
    return pl.coalesce("starts", pl.date(pl.col("year"), 1, 1)).alias("starts")


def dated(intake: Intake, found: pl.DataFrame) -> pl.DataFrame:
    """`found` (`person_id`, `year`, `starts`, `ends`) with `first` and `last`: the days of the plan of each row.

    A row that states none means the plan that is here, if there is but one; where there is none, the whole year.
    Problems: days outside the year, an end before the beginning, plans that share days, a plan that is not told.
    """
    known = known_plans(intake.session, found.get_column("year").unique().to_list())
    _check_days(intake, found)
    new_year, year_end = pl.date(pl.col("year"), 1, 1), pl.date(pl.col("year"), 12, 31)
    silent = pl.col("starts").is_null() & pl.col("ends").is_null()
    here = known.group_by("person_id", "year").agg(
        plans=pl.len(), here_first=pl.col("first").first(), here_last=pl.col("last").first()
    )
    joined = found.join(here, on=["person_id", "year"], how="left", maintain_order="left")
    several = joined.filter(silent & (pl.col("plans") > 1))
    _several(intake, several)
    only = silent & (pl.col("plans") == 1)
    rows = joined.with_columns(
        first=pl.when(only).then("here_first").otherwise(pl.col("starts").fill_null(new_year)),
        last=pl.when(only).then("here_last").otherwise(pl.col("ends").fill_null(year_end)),
    ).drop("plans", "here_first", "here_last")
    refuse_inconsistent(intake, rows, [*_OWNER, "first"], {"last": "SELESAI"}, "plan")
    intake.problems.refuse_errors()
    _check_overlaps(intake, rows, known)
    return rows


def told(intake: Intake, found: pl.DataFrame, known: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """`found` joined on `key` with `known` (a `first` each): the one that begins on `starts`, or the only one.

    Rows of which nothing is known keep nulls; that is the caller's to report.
    """
    joined = found.with_row_index("turn").join(known, on=key, how="left", maintain_order="left")
    stated, first = pl.col("starts").is_not_null(), pl.col("first")
    fitting = joined.filter(first.is_null() | ~stated | (first == pl.col("starts")))
    lost = joined.join(fitting, on="turn", how="anti").unique("turn", maintain_order=True)
    intake.problems.add_rows("plan_days_unknown", lost, column="MULAI", value="starts", year="=year")
    _several(intake, fitting.filter(pl.len().over("turn") > 1).unique("turn", maintain_order=True))
    return fitting.unique("turn", maintain_order=True).drop("turn")


def _several(intake: Intake, rows: pl.DataFrame) -> None:
    intake.problems.add_rows("plan_several", rows, column="MULAI", year="=year")


def _check_days(intake: Intake, found: pl.DataFrame) -> None:
    for name, header in (("starts", "MULAI"), ("ends", "SELESAI")):
        outside = found.filter(pl.col(name).dt.year() != pl.col("year"))
        intake.problems.add_rows("day_outside_year", outside, column=header, value=name, year="=year")
    turned = found.filter(pl.col("ends") < pl.col("starts"))
    intake.problems.add_rows("plan_ends", turned, column="SELESAI", value="ends")


def _check_overlaps(intake: Intake, rows: pl.DataFrame, known: pl.DataFrame) -> None:
    """A day belongs to one plan: of the file, or of those that are here and that the file does not name."""
    key = ["person_id", "year"]
    plans = rows.unique([*key, "first"], maintain_order=True)
    stated = plans.select(*key, "first", "last", here=pl.lit(False))
    kept = known.join(stated, on=[*key, "first"], how="anti").select(*key, "first", "last", here=pl.lit(True))
    others = pl.concat([stated, kept]).rename({"first": "other_first", "last": "other_last"})
    shared = plans.join(others, on=key, maintain_order="left").filter(
        pl.col("other_first") <= pl.col("last"),
        pl.col("other_last") >= pl.col("first"),
        pl.col("here") | (pl.col("other_first") < pl.col("first")),  # of two in the file, the later one is named
    )
    intake.problems.add_rows(
        "plan_days_shared",
        shared.unique([*key, "first"], maintain_order=True),
        column="MULAI",
        value="first",
        other_first="=other_first",
        other_last="=other_last",
    )
