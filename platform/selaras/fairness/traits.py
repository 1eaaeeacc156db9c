"""What outcomes are compared by: sex, age, contract, part-time, location, newcomers, leavers; read of some people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.groups import Attribute, Grouping, grouping_on, placed, value_of
from selaras.fairness.thresholds import DEFAULT, Thresholds

TRAITS = ("sex", "age", "employment", "part_time", "location", "newcomer", "leaver")
"""Disability is not among them: the platform does not hold it."""

YES, NO = "yes", "no"
_AGES = ((35, "under_35"), (45, "35_44"), (55, "45_54"))
_OLDEST = "55_over"

# Newcomer: the first appointment here began within the months before the end. Leaver: left, or has no post any more,
# within the months after it.
_PEOPLE = """
    SELECT p.id, p.sex, p.birth_date, post.employment, post.unit_id, since.first_day, coalesce(p.left_on, gone.last_day)
    FROM selaras.person p
    LEFT JOIN selaras.appointment post ON post.tenant_id = %(tenant)s AND post.person_id = p.id
     AND post.kind = 'definitive' AND post.during @> %(day)s::date
    LEFT JOIN LATERAL (
        SELECT min(lower(a.during)) AS first_day FROM selaras.appointment a
        WHERE a.tenant_id = %(tenant)s AND a.person_id = p.id AND a.kind = 'definitive'
    ) since ON true
    LEFT JOIN LATERAL (
        SELECT max(upper(a.during)) AS last_day FROM selaras.appointment a
        WHERE a.tenant_id = %(tenant)s AND a.person_id = p.id AND a.kind = 'definitive'
        HAVING bool_and(NOT upper_inf(a.during))
    ) gone ON true
    WHERE p.tenant_id = %(tenant)s AND p.id = ANY(%(people)s::uuid[])
"""
_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "sex": pl.String,
    "birth_date": pl.Date,
    "employment": pl.String,
    "unit_id": pl.String,
    "first_day": pl.Date,
    "last_day": pl.Date,
}


def traits(session: Session, people: Sequence[str], day: date, thresholds: Thresholds = DEFAULT) -> pl.DataFrame:
    """`person` and TRAITS as text, of some people on a period's last day; null where it is not known."""
    found = read_frame(session, _PEOPLE, {"tenant": tenant_of(session), "people": list(people), "day": day}, _SCHEMA)
    age = (pl.lit(day) - pl.col("birth_date")).dt.total_days() / 365.2425
    band = pl.lit(_OLDEST)
    for limit, name in reversed(_AGES):
        band = pl.when(age < limit).then(pl.lit(name)).otherwise(band)
    start = pl.lit(day).dt.offset_by(f"-{thresholds.newcomer_months}mo")
    end = pl.lit(day).dt.offset_by(f"{thresholds.leaver_months}mo")
    return found.select(
        "person",
        "sex",
        pl.when(pl.col("birth_date").is_not_null()).then(band).alias("age"),
        "employment",
        _said(pl.col("employment") == "pppk_paruh_waktu").alias("part_time"),
        value_of(_places(session, day), Attribute.LOCATION).alias("location"),
        _said(pl.col("first_day") > start).alias("newcomer"),
        _said((pl.col("last_day") <= end).fill_null(value=False)).alias("leaver"),
    )


def _said(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit(YES)).when(~condition).then(pl.lit(NO))


def _places(session: Session, day: date) -> Grouping:
    """The agency's locations; where it names none, the units just below the top stand for them."""
    own = grouping_on(session, day)
    asked = placed(session, Grouping((Attribute.LOCATION.value,), 1, places=own.places), day)
    if asked.locations:
        return asked
    return Grouping((Attribute.LOCATION.value,), 1, locations=asked.branches)
