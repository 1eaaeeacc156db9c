"""Units (unor.csv): the tree, its leaders, and no circle in it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, refuse_duplicates
from selaras.exchange.report import Severity
from selaras.organisation.reporting import find_circles, recompute
from selaras.organisation.service import known_units, take_units


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """Units of the file; units that the file does not name stay as they are."""
    refuse_duplicates(intake, table, ["source_id"], "Id", "unit")
    intake.problems.refuse_errors()
    known = known_units(intake.session)
    _check_parents(intake, table, known)
    _check_circles(intake, table, known)
    intake.problems.refuse_errors()
    first = intake.first if known.is_empty() else intake.day
    changed = take_units(intake.session, table, intake.day, first)
    return {**changed, "reporting_lines": recompute(intake.session, intake.day)}


def _check_parents(intake: Intake, table: pl.DataFrame, known: pl.DataFrame) -> None:
    ids = pl.concat([table.get_column("source_id"), known.get_column("source_id")])
    parent = pl.col("parent_source_id")
    unknown = table.filter(parent.is_not_null() & ~parent.is_in(ids.implode()))
    intake.problems.add_rows("unknown_unit", unknown, column="DiatasanId", value="parent_source_id")
    tops = table.filter(parent.is_null())
    if tops.height > 1:
        intake.problems.add("several_tops", column="DiatasanId", severity=Severity.WARNING, count=tops.height)


def _check_circles(intake: Intake, table: pl.DataFrame, known: pl.DataFrame) -> None:
    standing = known.join(table, on="source_id", how="anti")
    above = standing.join(
        known.select(pl.col("unit_id").alias("parent_id"), pl.col("source_id").alias("above")), on="parent_id"
    ).select("source_id", "above")
    stated = table.select("source_id", pl.col("parent_source_id").alias("above"))
    edges = pl.concat([stated, above]).filter(pl.col("above").is_not_null())
    named = dict(table.select("source_id", "name").iter_rows())
    rows = dict(table.select("source_id", "row").iter_rows())
    for circle in find_circles(edges):
        path = " → ".join(named.get(unit, unit) for unit in [*circle, circle[0]])
        row = min((rows[unit] for unit in circle if unit in rows), default=None)
        intake.problems.add("unit_circle", row=row, column="DiatasanId", value=circle[0], path=path)
