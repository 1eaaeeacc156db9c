"""Ratings (penilaian.csv): what the appraiser judged, in the columns that the period's regulation declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from psycopg import sql

from selaras.db.bulk import connection_of, staged
from selaras.db.merge import Merged, upsert
from selaras.evaluation.changes import Change, told
from selaras.evaluation.locking import Matter
from selaras.evaluation.segment_queries import rateable_segments
from selaras.exchange.intake import Intake, appraisers, holders, refuse_duplicates, refuse_locked, resolve_people
from selaras.exchange.kinds.declared import header_of, value_of
from selaras.exchange.kinds.periods import governed, open_periods
from selaras.exchange.layouts import DECLARED
from selaras.regulation.rules import Rules


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The ratings of the file, by person, period and part; an open period's rating may be replaced."""
    table = table.with_columns(stated=pl.col("segment"), segment=pl.col("segment").fill_null(1))
    refuse_duplicates(intake, table, ["number", "period", "segment"], "NIP", "person and period")
    found = open_periods(intake, table).with_columns(day=pl.col("ends"))
    found = resolve_people(intake, found, holders(intake), "number", "NIP", "person_id")
    refuse_locked(
        intake, found, Matter.RATING, lambda one: pl.col("period") == one.code, column="PERIODE", value="period"
    )
    intake.problems.refuse_errors()
    found = _of_segments(intake, found)
    intake.problems.refuse_errors()
    parts = []
    for (ends,), rows in found.group_by("ends", maintain_order=True):
        assert isinstance(ends, date)
        rules = governed(intake, ends)
        if rules is not None:
            inputs = _inputs(intake, rows, rules)
            of_day = appraisers(intake, ends)
            joined = inputs.join(of_day, on="person_id", how="left", maintain_order="left")
            parts.append(joined.with_columns(appraiser_id=pl.coalesce("rater", "appraiser_id")).drop("rater"))
    intake.problems.refuse_errors()
    written = pl.concat(parts).with_columns(rated_at=pl.lit(intake.moment))
    columns = ["period_id", "person_id", "segment", "appraiser_id", "inputs", "rated_at"]
    told(intake.session, intake.actor, _replaced(intake, written))
    merged = upsert(
        intake.session,
        "rating",
        written.select(columns),
        key=["period_id", "person_id", "segment"],
        values=["inputs", "appraiser_id"],
        touched=["rated_at"],
    )
    return {"ratings": merged}


_REPLACED = """
    SELECT given.person_id, period.code, given.segment, given.inputs, stage.inputs
    FROM {stage} stage
    JOIN selaras.rating given ON given.tenant_id = %(tenant)s AND given.period_id = stage.period_id
     AND given.person_id = stage.person_id AND given.segment = stage.segment
    JOIN selaras.period period ON period.tenant_id = %(tenant)s AND period.id = given.period_id
    WHERE jsonb_strip_nulls(given.inputs) <> jsonb_strip_nulls(stage.inputs)
"""


def _replaced(intake: Intake, written: pl.DataFrame) -> list[Change]:
    """The ratings that stand already and that the file makes others."""
    key = written.select("period_id", "person_id", "segment", "inputs")
    with staged(intake.session, "rating", key) as stage, connection_of(intake.session).cursor() as cursor:
        rows = cursor.execute(sql.SQL(_REPLACED).format(stage=stage), {"tenant": intake.tenant}).fetchall()
    return [Change(person, code, "import", before, after, segment) for person, code, segment, before, after in rows]


def _inputs(intake: Intake, rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """`period_id`, `person_id`, `segment`, `rater` and `inputs` (JSON) with every declared column, validated by it."""
    headers = [name for name in rows.columns if name.startswith(DECLARED)]
    chosen = {column.name: header_of(column, headers, ending=True) for column in rules.asked_columns}
    people = rows.select(
        pl.col("person_id").alias("person"),
        *(value_of(column, header) for column in rules.asked_columns if (header := chosen[column.name])),
    )
    names = {column.name: column.label["id"].split(" (")[0].upper() for column in rules.asked_columns}
    for found in rules.validate(people, asked=True):
        row = None if found.row is None else rows.row(found.row - 1, named=True)
        intake.problems.add(
            "bad_rating",
            row=row["row"] if row else 1,
            sheet=row["sheet"] if row else None,
            column=names.get(found.column, found.column),
            value=found.value,
            problem=found.label("problem"),
            remedy=found.label("remedy"),
        )
    intake.problems.refuse_errors()
    typed = rules.typed_people(people)
    missing = [
        pl.lit(None, column.dtype).alias(column.name)
        for column in rules.asked_columns
        if column.name not in typed.columns
    ]
    full = typed.with_columns(missing)
    inputs = pl.struct(column.name for column in rules.asked_columns).struct.json_encode().alias("inputs")
    key = rows.select("period_id", "person_id", "segment", "rater")
    return pl.concat([key, full.select(inputs)], how="horizontal")


def _of_segments(intake: Intake, found: pl.DataFrame) -> pl.DataFrame:
    """Rows of a part with `ends` its last day, whose regulation judges them, and `rater` its appraiser (else null).

    A part that is named must be there and be rated by somebody; so must part 1 of whoever has parts.
    """
    segments = rateable_segments(intake.session, found.get_column("period_id").unique().to_list())
    key = ["period_id", "person_id", "segment"]
    joined = found.join(segments, on=key, how="left", maintain_order="left")
    parted = joined.join(segments.select("period_id", "person_id").unique(), on=["period_id", "person_id"], how="semi")
    lost = parted.filter(pl.col("last_day").is_null())
    alone = joined.join(segments, on=["period_id", "person_id"], how="anti")
    for rows in (lost, alone.filter(pl.col("stated") > 1)):
        intake.problems.add_rows("unknown_segment", rows, column="SEGMEN", value="segment", period="=period")
    return joined.with_columns(ends=pl.coalesce("last_day", "ends"))
