"""Plans (skp.csv): one row for each aspect of a planned result, in the form that the regulation declares."""

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
    refuse_inconsistent,
    refuse_locked,
    refuse_settled_years,
    resolve_people,
)
from selaras.exchange.kinds.plan_days import dated, filled_starts
from selaras.exchange.kinds.plan_details import headers_of, with_held
from selaras.exchange.kinds.plan_forms import by_rules, fitted
from selaras.planning.queries import holders_on
from selaras.planning.service import (
    LATER,
    PLAN,
    known_assignments,
    known_goals,
    known_items,
    served,
    take_plans,
)
from selaras.tenancy.queries import agency

_DESCRIBES = {
    "kind": "JENIS",
    "title": "RENCANA HASIL KERJA",
    "parent_number": "NIP PIMPINAN",
    "parent_code": "KODE RHK PIMPINAN",
    "goal_code": "KODE SASARAN",
    "section": "BAGIAN",
    "perspective": "PERSPEKTIF",
    "origin": "ASAL PENUGASAN",
    "expectation": "EKSPEKTASI PIMPINAN",
    "assignment_code": "KODE PENUGASAN",
}
_OF_A_PLAN = {"model": "MODEL", "variant": "FORMULIR", "agreed_on": "TANGGAL PENETAPAN"}
_OF_AN_ASPECT = {"indicator": "INDIKATOR", "target": "TARGET", "measure": "SATUAN", "manual": "MANUAL INDIKATOR"}


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The plans of the file, as agreed; results that it does not name stay as they are."""
    intake.unused = set(intake.declared.values())
    whole = table.with_columns(pl.col("aspect").fill_null(""), filled_starts())
    refuse_duplicates(intake, whole, ["code", "number", "year", "starts", "aspect"], "ASPEK", "aspect of this result")
    declared = {name: intake.declared[name] for name in headers_of(table)}
    refuse_inconsistent(intake, table, ["number", "year", "starts", "code"], _DESCRIBES | declared, "result")
    refuse_inconsistent(intake, table, ["number", "year", "starts"], _OF_A_PLAN, "plan")
    held = holders(intake)
    found = table.with_columns(day=pl.lit(intake.day))
    found = resolve_people(intake, found, held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "parent_number", "NIP PIMPINAN", "parent_person_id")
    intake.problems.refuse_errors()
    measured = pl.any_horizontal(pl.col(list(_OF_AN_ASPECT)).is_not_null())
    intake.problems.add_rows("empty", table.filter(pl.col("aspect").is_null() & measured), column="ASPEK")
    _check_days(intake, table)
    refuse_settled_years(intake, table)
    refuse_locked(intake, found, Matter.PLAN, of_year, column="TAHUN", value="year")
    found = dated(intake, found)
    years = table.get_column("year").unique().to_list()
    found = _goals(intake, found, years)
    _check_parents(intake, found, years)
    found = _assignments(intake, found)
    intake.problems.refuse_errors()
    # Who holds which post under whom: on the last day of the plan, or today if that has not come.
    found = holders_on(intake.session, found.with_columns(day=pl.min_horizontal("last", pl.lit(intake.day))))
    found = pl.concat([fitted(intake, rows, rules) for rules, rows in by_rules(intake, found)], how="diagonal")
    intake.problems.refuse_errors()
    zone = agency(intake.session, intake.tenant).time_zone
    rows = found.rename({"superior_id": "appraiser_id"}).with_columns(
        agreed_at=pl.format("{} 00:00 {}", pl.col("agreed_on").dt.to_string("%Y-%m-%d"), pl.lit(zone))
    )
    given = _given(table) | ({"detail"} if rows.get_column("detail").is_not_null().any() else set())
    return take_plans(intake.session, with_held(intake, rows), given)


def _given(table: pl.DataFrame) -> set[str]:
    """A column that is empty throughout says nothing: what is here already stays."""
    named = table.rename({"assignment_code": "assignment_id", "agreed_on": "agreed_at"})
    return {name for name in LATER if named.get_column(name).is_not_null().any()}


def _check_days(intake: Intake, table: pl.DataFrame) -> None:
    """Days of agreement have come; a file that states them states them for every plan."""
    coming = table.filter(pl.col("agreed_on") > intake.today)
    intake.problems.add_rows("day_in_future", coming, column="TANGGAL PENETAPAN", value="agreed_on")
    if table.get_column("agreed_on").is_not_null().any():
        missing = table.filter(pl.col("agreed_on").is_null())
        intake.problems.add_rows("empty", missing, column="TANGGAL PENETAPAN")


def _goals(intake: Intake, found: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    goals = known_goals(intake.session, years).select(
        pl.col("id").alias("goal_id"), "year", pl.col("code").alias("goal_code")
    )
    joined = found.join(goals, on=["year", "goal_code"], how="left", maintain_order="left")
    unknown = joined.filter(pl.col("goal_code").is_not_null() & pl.col("goal_id").is_null())
    intake.problems.add_rows("unknown_goal", unknown, column="KODE SASARAN", value="goal_code", year="=year")
    return joined


def _assignments(intake: Intake, found: pl.DataFrame) -> pl.DataFrame:
    known = known_assignments(intake.session).select(
        pl.col("id").alias("assignment_id"), "person_id", pl.col("code").alias("assignment_code")
    )
    joined = found.join(known, on=["person_id", "assignment_code"], how="left", maintain_order="left")
    unknown = joined.filter(pl.col("assignment_code").is_not_null() & pl.col("assignment_id").is_null())
    intake.problems.add_rows(
        "assignment_unknown", unknown, column="KODE PENUGASAN", value="assignment_code", number="=number"
    )
    return joined


def _check_parents(intake: Intake, found: pl.DataFrame, years: list[int]) -> None:
    """A superior's result is named by both columns, and is in the file or already here."""
    number, code = pl.col("parent_number"), pl.col("parent_code")
    half = found.filter(number.is_null() != code.is_null())
    for column, name in (("NIP PIMPINAN", "parent_number"), ("KODE RHK PIMPINAN", "parent_code")):
        intake.problems.add_rows("empty", half.filter(pl.col(name).is_null()), column=column)
    key = [*PLAN, "last", "code"]
    items = pl.concat([found.select(key), known_items(intake.session, years).select(key)])
    stated = found.filter(number.is_not_null() & code.is_not_null())
    unknown = served(stated, items.with_columns(id=pl.lit(""))).filter(pl.col("parent_item_id").is_null())
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK PIMPINAN", value="parent_code", year="=year")
