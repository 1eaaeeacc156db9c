"""Plans (skp.csv): one row for each aspect of a planned result, with the superior's result and the goal served."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, appraisers, holders, refuse_duplicates, refuse_inconsistent, resolve_people
from selaras.planning.service import known_goals, known_items, take_plans

_DESCRIBES = {
    "kind": "JENIS",
    "title": "RENCANA HASIL KERJA",
    "parent_number": "NIP PIMPINAN",
    "parent_code": "KODE RHK PIMPINAN",
    "goal_code": "KODE SASARAN",
}


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The plans of the file, as agreed; results that it does not name stay as they are."""
    refuse_duplicates(intake, table, ["code", "number", "year", "aspect"], "ASPEK", "aspect of this result")
    refuse_inconsistent(intake, table, ["number", "year", "code"], _DESCRIBES, "result")
    held = holders(intake)
    found = table.with_columns(day=pl.lit(intake.day))
    found = resolve_people(intake, found, held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "parent_number", "NIP PIMPINAN", "parent_person_id")
    intake.problems.refuse_errors()
    years = table.get_column("year").unique().to_list()
    found = _goals(intake, found, years)
    _check_parents(intake, found, years)
    intake.problems.refuse_errors()
    return take_plans(intake.session, found.join(appraisers(intake, intake.day), on="person_id", how="left"))


def _goals(intake: Intake, found: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    goals = known_goals(intake.session, years).select(
        pl.col("id").alias("goal_id"), "year", pl.col("code").alias("goal_code")
    )
    joined = found.join(goals, on=["year", "goal_code"], how="left", maintain_order="left")
    unknown = joined.filter(pl.col("goal_code").is_not_null() & pl.col("goal_id").is_null())
    intake.problems.add_rows("unknown_goal", unknown, column="KODE SASARAN", value="goal_code", year="=year")
    return joined


def _check_parents(intake: Intake, found: pl.DataFrame, years: list[int]) -> None:
    """A superior's result is named by both columns, and is in the file or already here."""
    number, code = pl.col("parent_number"), pl.col("parent_code")
    half = found.filter(number.is_null() != code.is_null())
    for column, name in (("NIP PIMPINAN", "parent_number"), ("KODE RHK PIMPINAN", "parent_code")):
        intake.problems.add_rows("empty", half.filter(pl.col(name).is_null()), column=column)
    key = ["person_id", "year", "code"]
    items = pl.concat([found.select(key), known_items(intake.session, years).select(key)])
    stated = found.filter(number.is_not_null() & code.is_not_null())
    parents = ["parent_person_id", "year", "parent_code"]
    unknown = stated.join(items, left_on=parents, right_on=key, how="anti")
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK PIMPINAN", value="parent_code", year="=year")
