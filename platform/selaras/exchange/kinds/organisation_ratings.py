"""Organisation ratings (predikat_organisasi.csv), set by the leader one level above (SE MenPANRB 3/2023)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from uuid import UUID

import polars as pl

from selaras.db.bulk import read_frame
from selaras.db.merge import Merged, upsert
from selaras.evaluation.changes import following_leaders
from selaras.evaluation.unit_ratings import setters
from selaras.exchange.intake import (
    Intake,
    holders,
    refuse_duplicates,
    refuse_other_units,
    resolve_people,
    resolve_units,
)
from selaras.exchange.kinds.periods import governed, open_periods
from selaras.exchange.layouts import folded
from selaras.exchange.report import listed
from selaras.organisation.queries import units
from selaras.regulation.rules import Rules
from selaras.regulation.types import OrganisationLevel


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The ratings of the file, by unit and period."""
    refuse_duplicates(intake, table, ["unit_source_id", "period"], "UNOR ID", "unit and period")
    found = resolve_units(intake, table, "UNOR ID")
    refuse_other_units(intake, found, "UNOR ID")
    found = open_periods(intake, found)
    found = found.with_columns(day=pl.col("ends"))
    found = resolve_people(intake, found, holders(intake), "setter_number", "NIP PENETAP", "set_by")
    intake.problems.refuse_errors()
    parts = []
    followed = ExitStack()
    for (ends,), rows in found.group_by("ends", maintain_order=True):
        assert isinstance(ends, date)
        rules = governed(intake, ends)
        rated = _codes(intake, rows, rules) if rules else rows
        _check_setters(intake, rated, ends)
        parts.append(rated)
        if rules is not None:
            for period_id, code in rows.select("period_id", "period").unique().rows():
                named = (UUID(period_id), code)
                followed.enter_context(following_leaders(intake.session, intake.actor, named, rules))
    intake.problems.refuse_errors()
    written = pl.concat(parts).select("period_id", "unit_id", "rating", "set_by", pl.lit(intake.moment).alias("set_at"))
    key = ["period_id", "unit_id"]
    with followed:
        merged = upsert(
            intake.session, "organisation_rating", written, key=key, values=["rating", "set_by"], touched=["set_at"]
        )
    return {"organisation_ratings": merged}


def _codes(intake: Intake, rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """With `rating` as the regulation's code; the file may write its code or its label."""
    if not rules.organisation_levels:
        intake.problems.add("not_covered_here", column="PREDIKAT", regulation=rules.code)
    words = {folded(text): level.code for level in rules.organisation_levels for text in (level.code, *_labels(level))}
    coded = rows.with_columns(
        code=pl.col("rating")
        .str.to_uppercase()
        .str.replace_all("[^A-Z0-9]", "")
        .replace_strict(words, default=None, return_dtype=pl.String)
    )
    unknown = coded.filter(pl.col("code").is_null())
    allowed = listed(level.code for level in rules.organisation_levels)
    intake.problems.add_rows("not_allowed", unknown, column="PREDIKAT", value="rating", allowed=allowed)
    return coded.with_columns(rating="code").drop("code")


def _labels(level: OrganisationLevel) -> tuple[str, str]:
    return level.label["id"], level.label["en"]


def _check_setters(intake: Intake, rows: pl.DataFrame, day: date) -> None:
    """The setter leads the nearest unit above that is not vacant; below the top unit nobody need be named."""
    tree = {str(unit.unit_id): unit for unit in units(intake.session, day)}
    who = {str(unit): setter for unit, setter in setters(intake.session, day).items()}
    heads = _heads_at_top(intake, day, [key for key, unit in tree.items() if unit.parent_id is None])
    for row in rows.iter_rows(named=True):
        unit = tree.get(row["unit_id"])
        if unit is None or unit.parent_id is None:
            continue
        setter = who[row["unit_id"]]
        expected = str(setter.person_id) if setter.person_id else None
        name = setter.name or "-"
        place = {"row": row["row"], "sheet": row["sheet"], "column": "NIP PENETAP"}
        if row["set_by"] is None and expected is not None and not setter.at_top:
            intake.problems.add("setter_missing", **place, unit=unit.name, expected=name)
        elif row["set_by"] not in (None, expected) and not (setter.at_top and row["set_by"] in heads):
            intake.problems.add("wrong_setter", **place, value=row["setter_number"], unit=unit.name, expected=name)


def _heads_at_top(intake: Intake, day: date, tops: list[str]) -> set[str]:
    query = """
        SELECT a.person_id FROM selaras.appointment a
        JOIN selaras.position post ON post.tenant_id = a.tenant_id AND post.id = a.position_id AND post.is_head
        WHERE a.tenant_id = %(tenant)s AND a.unit_id = ANY(%(tops)s::uuid[]) AND a.during @> %(day)s::date
    """
    parameters = {"tenant": intake.tenant, "tops": tops, "day": day}
    return set(read_frame(intake.session, query, parameters, {"person_id": pl.String}).get_column("person_id"))
