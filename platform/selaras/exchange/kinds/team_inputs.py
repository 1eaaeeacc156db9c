"""Inputs of team leaders (masukan_ketua_tim.csv): on one assigned person's work in one period; never a rating."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.errors import Invalid
from selaras.evaluation.rules import period_span
from selaras.exchange.intake import Intake, holders, refuse_duplicates, resolve_people
from selaras.planning.service import known_assignments, take_inputs


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The inputs of the file by assignment, person and period; given again, they replace the earlier ones."""
    refuse_duplicates(intake, table, ["number", "code", "period"], "NIP", "input of this period")
    _check_periods(intake, table)
    coming = table.filter(pl.col("on_day") > intake.today)
    intake.problems.add_rows("day_in_future", coming, column="TANGGAL", value="on_day")
    held = holders(intake)
    found = resolve_people(intake, table.with_columns(day=pl.col("on_day")), held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "giver_number", "NIP KETUA", "giver_id")
    intake.problems.refuse_errors()
    known = known_assignments(intake.session).rename({"id": "assignment_id"})
    joined = found.join(known, on=["person_id", "code"], how="left", maintain_order="left")
    unknown = joined.filter(pl.col("assignment_id").is_null())
    intake.problems.add_rows("assignment_unknown", unknown, column="KODE PENUGASAN", value="code", number="=number")
    leaders = held.unique("person_id").select(pl.col("person_id").alias("leader_id"), pl.col("number").alias("leader"))
    strange = joined.filter(
        pl.col("assignment_id").is_not_null() & pl.col("giver_id").ne_missing(pl.col("leader_id"))
    ).join(leaders, on="leader_id", how="left", maintain_order="left")
    named = strange.with_columns(pl.col("leader").fill_null("-"))
    intake.problems.add_rows("not_the_leader", named, column="NIP KETUA", value="giver_number", leader="=leader")
    intake.problems.refuse_errors()
    rows = joined.select(
        "assignment_id",
        pl.col("period").alias("period_code"),
        "giver_id",
        pl.col("on_day").alias("given_on"),
        "content",
    )
    return {"team_inputs": take_inputs(intake.session, rows)}


def _check_periods(intake: Intake, table: pl.DataFrame) -> None:
    problems: dict[str, str] = {}
    for value in table.get_column("period").drop_nulls().unique():
        try:
            period_span(value)
        except Invalid as error:
            problems[value] = str(error)
    bad = table.filter(pl.col("period").is_in(list(problems)))
    said = bad.with_columns(problem=pl.col("period").replace_strict(problems, default="", return_dtype=pl.String))
    intake.problems.add_rows("bad_period", said, column="PERIODE", value="period", problem="=problem")
