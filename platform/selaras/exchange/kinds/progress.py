"""Progress (progres.csv): what was reached on an aspect by a day, with a pointer to the evidence."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.bulk import read_frame
from selaras.db.merge import Merged
from selaras.evaluation.locking import Matter
from selaras.exchange.intake import (
    Intake,
    holders,
    on_its_days,
    refuse_duplicates,
    refuse_locked,
    refuse_settled_years,
    resolve_people,
)
from selaras.monitoring.service import take_progress
from selaras.planning.service import items_on_day, known_items


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The progress of the file; the latest day's figure becomes what the aspect has reached."""
    key = ["code", "number", "year", "aspect", "on_day"]
    refuse_duplicates(intake, table, key, "TANGGAL", "progress (result, aspect and day)")
    _check_days(intake, table)
    refuse_settled_years(intake, table)
    dated = table.with_columns(day=pl.col("on_day"))
    found = resolve_people(intake, dated, holders(intake), "number", "NIP", "person_id")
    refuse_locked(intake, found, Matter.PROGRESS, on_its_days, column="TANGGAL", value="on_day")
    intake.problems.refuse_errors()
    return take_progress(
        intake.session,
        _items(intake, found).select("item_id", "aspect", "on_day", "actual", "note", "evidence"),
    )


def _check_days(intake: Intake, table: pl.DataFrame) -> None:
    outside = table.filter(pl.col("on_day").dt.year() != pl.col("year"))
    intake.problems.add_rows("day_outside_year", outside, column="TANGGAL", value="on_day", year="=year")
    coming = table.filter(pl.col("on_day") > intake.today)
    intake.problems.add_rows("day_in_future", coming, column="TANGGAL", value="on_day")


def _items(intake: Intake, found: pl.DataFrame) -> pl.DataFrame:
    """With `item_id`; a result or aspect that the plan does not hold is a problem."""
    years = found.get_column("year").unique().to_list()
    joined = items_on_day(found, known_items(intake.session, years))
    unknown = joined.filter(pl.col("item_id").is_null())
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK", value="code", year="=year")
    known = joined.filter(pl.col("item_id").is_not_null())
    strange = known.join(_aspects(intake, years), on=["item_id", "aspect"], how="anti")
    intake.problems.add_rows("unknown_aspect", strange, column="ASPEK", value="aspect", item="=code")
    intake.problems.refuse_errors()
    return joined


def _aspects(intake: Intake, years: list[int]) -> pl.DataFrame:
    query = """
        SELECT measure.item_id, measure.aspect
        FROM selaras.plan plan
        JOIN selaras.plan_item item ON item.tenant_id = plan.tenant_id AND item.plan_id = plan.id
        JOIN selaras.item_measure measure ON measure.tenant_id = item.tenant_id AND measure.item_id = item.id
        WHERE plan.tenant_id = %(tenant)s AND plan.year = ANY(%(years)s)
    """
    schema = {"item_id": pl.String, "aspect": pl.String}
    return read_frame(intake.session, query, {"tenant": intake.tenant, "years": years}, schema)
