"""Role and result matrices (matriks_peran_hasil.csv): what each member does for one of the leader's results."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.evaluation.locking import Matter
from selaras.exchange.intake import (
    Intake,
    holders,
    of_year,
    refuse_duplicates,
    refuse_locked,
    refuse_settled_years,
    resolve_people,
)
from selaras.exchange.kinds.plan_days import filled_starts, told
from selaras.exchange.report import Severity
from selaras.planning.service import known_items, take_shares


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The cells of the file; other cells of a matrix stay as they are."""
    whole = table.with_columns(filled_starts())
    refuse_duplicates(intake, whole, ["number", "leader_number", "year", "starts", "code"], "NIP", "cell of the matrix")
    supporting = pl.col("kind") == "supporting"
    intake.problems.add_rows("empty", table.filter(supporting & pl.col("output").is_null()), column="KELUARAN")
    _check_shares(intake, table)
    held = holders(intake)
    found = resolve_people(intake, table.with_columns(day=pl.lit(intake.day)), held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "leader_number", "NIP PIMPINAN", "leader_id")
    own = found.filter(pl.col("person_id") == pl.col("leader_id"))
    intake.problems.add_rows("share_of_oneself", own, column="NIP", value="number")
    refuse_settled_years(intake, table)
    refuse_locked(intake, found, Matter.PLAN, of_year, column="TAHUN", value="year", person="leader_id")
    intake.problems.refuse_errors()
    items = known_items(intake.session, table.get_column("year").unique().to_list()).select(
        pl.col("id").alias("item_id"), pl.col("person_id").alias("leader_id"), "year", "code", "first"
    )
    joined = told(intake, found, items, ["leader_id", "year", "code"])
    unknown = joined.filter(pl.col("item_id").is_null())
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK", value="code", year="=year")
    intake.problems.refuse_errors()
    return {"shares": take_shares(intake.session, joined.select("item_id", "person_id", "kind", "share", "output"))}


def _check_shares(intake: Intake, table: pl.DataFrame) -> None:
    """A share is of a direct part, above 0 and at most 100; together they are at most the whole, or it is said."""
    share, direct = pl.col("share").cast(pl.Float64), pl.col("kind") == "direct"
    outside = table.filter(share.is_not_null() & ~(direct & (share > 0) & (share <= 100)))
    intake.problems.add_rows("share_outside", outside, column="PORSI", value="share")
    key = ["leader_number", "year", "starts", "code"]
    above = (
        table.with_columns(total=share.sum().over(key)).filter(pl.col("total") > 100).unique(key, maintain_order=True)
    )
    intake.problems.add_rows(
        "shares_above", above, column="PORSI", value="code", severity=Severity.WARNING, total="=total"
    )
