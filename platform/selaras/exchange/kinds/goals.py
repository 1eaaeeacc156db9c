"""Goals (sasaran.csv): a unit's strategic goals of a year with indicator, target and the goal they serve."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, refuse_duplicates, resolve_units
from selaras.organisation.reporting import find_circles
from selaras.planning.service import known_goals, take_goals


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The goals of the file; others of the same year stay as they are."""
    refuse_duplicates(intake, table, ["code", "year"], "KODE", "goal")
    found = resolve_units(intake, table, "UNOR ID")
    intake.problems.refuse_errors()
    known = known_goals(intake.session, table.get_column("year").unique().to_list())
    _check_parents(intake, table, known)
    _check_circles(intake, table, known)
    intake.problems.refuse_errors()
    return {"goals": take_goals(intake.session, found)}


def _check_parents(intake: Intake, table: pl.DataFrame, known: pl.DataFrame) -> None:
    codes = pl.concat([table.select("year", "code"), known.select("year", "code")])
    stated = table.filter(pl.col("parent_code").is_not_null())
    unknown = stated.join(codes, left_on=["year", "parent_code"], right_on=["year", "code"], how="anti")
    intake.problems.add_rows("unknown_goal", unknown, column="KODE INDUK", value="parent_code", year="=year")


def _check_circles(intake: Intake, table: pl.DataFrame, known: pl.DataFrame) -> None:
    """Over the file and the goals that it leaves as they are."""
    name = pl.format("{}/{}", "year", "code")
    standing = known.join(table, on=["year", "code"], how="anti")
    parents = known.select(pl.col("id").alias("parent_id"), name.alias("above"))
    left = standing.join(parents, on="parent_id").select(name.alias("goal"), "above")
    stated = table.filter(pl.col("parent_code").is_not_null()).select(
        name.alias("goal"), pl.format("{}/{}", "year", "parent_code").alias("above")
    )
    rows = dict(table.select(name.alias("goal"), "row").iter_rows())
    for circle in find_circles(pl.concat([stated, left])):
        row = min((rows[goal] for goal in circle if goal in rows), default=None)
        path = " → ".join([*circle, circle[0]])
        intake.problems.add("goal_circle", row=row, column="KODE INDUK", value=circle[0], path=path)
