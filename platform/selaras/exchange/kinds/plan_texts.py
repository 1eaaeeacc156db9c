"""Texts of plans (teks_skp.csv): lines of annexes, the leader's expectations of behaviour, strategies of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from selaras.exchange.kinds.plan_forms import by_rules, worded
from selaras.exchange.report import listed
from selaras.planning.service import known_items, known_plans, take_texts
from selaras.regulation import Behaviour, Rules, Term

_PARTS = ("annex", "expectation", "strategy")


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The texts of the file; lines of an annex or of a stage replace those that were there."""
    expected = table.filter(pl.col("part") == "expectation").with_columns(filled_starts())
    refuse_duplicates(intake, expected, ["term", "number", "year", "starts"], "KODE", "expectation")
    strategies = table.filter((pl.col("part") == "strategy") & pl.col("code").is_null())
    intake.problems.add_rows("empty", strategies, column="KODE RHK")
    refuse_settled_years(intake, table)
    found = resolve_people(
        intake, table.with_columns(day=pl.lit(intake.day)), holders(intake), "number", "NIP", "person_id"
    )
    refuse_locked(intake, found, Matter.PLAN, of_year, column="TAHUN", value="year")
    intake.problems.refuse_errors()
    years = table.get_column("year").unique().to_list()
    found = told(intake, found, known_plans(intake.session, years).drop("segment"), ["person_id", "year"])
    missing = found.filter(pl.col("plan_id").is_null())
    intake.problems.add_rows("plan_unknown", missing, column="NIP", value="number", year="=year")
    intake.problems.refuse_errors()
    found = _items(intake, found, years)
    intake.problems.refuse_errors()
    parts = [_worded(intake, rows, rules) for rules, rows in by_rules(intake, found)]
    intake.problems.refuse_errors()
    return {"texts": _take(intake, pl.concat(parts))}


def _items(intake: Intake, found: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    items = known_items(intake.session, years).select(pl.col("id").alias("item_id"), "plan_id", "code")
    joined = found.join(items, on=["plan_id", "code"], how="left", maintain_order="left")
    unknown = joined.filter((pl.col("part") == "strategy") & pl.col("item_id").is_null())
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK", value="code", year="=year")
    return joined


def _worded(intake: Intake, rows: pl.DataFrame, rules: Rules | None) -> pl.DataFrame:
    if rules is None:
        return rows
    parts = []
    for part in _PARTS:
        terms = _terms(rules, part)
        mine = worded(rows.filter(pl.col("part") == part), "term", terms)
        codes = [one.code for one in terms]
        unknown = mine.filter(~pl.col("term").is_in(codes))
        intake.problems.add_rows(
            "term_unknown",
            unknown,
            column="KODE",
            value="term",
            regulation=rules.code,
            known=listed(codes) or "-",
        )
        parts.append(mine)
    return pl.concat(parts)


def _terms(rules: Rules, part: str) -> Sequence[Term | Behaviour]:
    if part == "annex":
        return rules.form.annexes
    if part == "strategy":
        return rules.form.stages
    return rules.behaviours.behaviours if rules.behaviours and rules.behaviours.expectation else ()


def _take(intake: Intake, rows: pl.DataFrame) -> Merged:
    def of(part: str, key: str, name: str) -> pl.DataFrame:
        return rows.filter(pl.col("part") == part).select(key, pl.col("term").alias(name), "content")

    return take_texts(
        intake.session,
        of("annex", "plan_id", "kind"),
        of("expectation", "plan_id", "behaviour"),
        of("strategy", "item_id", "stage"),
    )
