"""Assignments (penugasan.csv): who works in which team, led by whom, for the own unit, another, or another agency."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import (
    Intake,
    holders,
    refuse_duplicates,
    refuse_inconsistent,
    resolve_people,
    resolve_units,
)
from selaras.planning.service import take_assignments

_OF_A_TEAM = {"task": "TUGAS", "basis": "DASAR"}


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The assignments of the file by code and person; others stay as they are."""
    refuse_duplicates(intake, table, ["number", "code"], "NIP", "assignment of this person")
    refuse_inconsistent(intake, table, ["code"], _OF_A_TEAM, "assignment")
    _check(intake, table)
    held = holders(intake)
    found = resolve_people(intake, table.with_columns(day=pl.col("starts")), held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "leader_number", "NIP KETUA", "leader_id")
    found = resolve_units(intake, found, "UNOR ID")
    intake.problems.refuse_errors()
    led = pl.when(pl.col("role") == "member").then("leader_id")
    rows = found.with_columns(leader_id=led, during=_days()).select(
        "code", "person_id", "role", "leader_id", "leader_name", "origin", "unit_id", "agency_name", "task", "basis",
        "result", "during",
    )  # fmt: skip
    return {"assignments": take_assignments(intake.session, rows)}


def _check(intake: Intake, table: pl.DataFrame) -> None:
    elsewhere = pl.col("origin") == "other_agency"
    wrong = table.filter(elsewhere != pl.col("agency_name").is_not_null())
    intake.problems.add_rows("assignment_agency", wrong, column="INSTANSI", value="agency_name")
    alone = table.filter(
        (pl.col("role") == "member") & pl.col("leader_number").is_null() & pl.col("leader_name").is_null()
    )
    intake.problems.add_rows("assignment_leader", alone, column="NIP KETUA")
    own = table.filter((pl.col("role") == "member") & (pl.col("leader_number") == pl.col("number")))
    intake.problems.add_rows("assignment_leader", own, column="NIP KETUA", value="leader_number")
    backward = table.filter(pl.col("ends") < pl.col("starts"))
    intake.problems.add_rows("assignment_ends", backward, column="SELESAI", value="ends")


def _days() -> pl.Expr:
    """Both days of the file are included; the range ends before the day after."""
    after = pl.col("ends").dt.offset_by("1d").dt.to_string("%Y-%m-%d").fill_null("")
    return pl.format("[{},{})", pl.col("starts").dt.to_string("%Y-%m-%d"), after)
