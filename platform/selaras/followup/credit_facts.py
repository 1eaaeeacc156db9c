"""Months that functional officials spent in a level with an outcome: the items out of which credit points are made."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.regulation import Rules

# A month counts for the post that is held on its first day, or on its last (the rulebook says which). What was turned
# down does not count; of a corrected result only the newest revision does.
_ITEMS = """
    SELECT held.person_id, held.code, held.starts, held.ends, held.level, held.months, result.outcome
    FROM (
        SELECT a.person_id, p.id AS period_id, p.code, p.starts, p.ends, post.level, count(*) AS months
        FROM selaras.period p
        CROSS JOIN LATERAL generate_series(p.starts::timestamp, p.ends::timestamp, interval '1 month') AS month (first)
        JOIN selaras.appointment a ON a.tenant_id = %(tenant)s AND a.kind = 'definitive'
          AND a.during @> (month.first + CASE WHEN %(on_last)s THEN interval '1 month - 1 day' ELSE '0' END)::date
        JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
          AND post.kind = 'jf' AND post.level IS NOT NULL
        WHERE p.tenant_id = %(tenant)s AND p.kind = ANY(%(kinds)s) AND p.starts >= %(since)s::date
          AND p.ends <= %(day)s::date AND (%(person)s::uuid IS NULL OR a.person_id = %(person)s::uuid)
        GROUP BY a.person_id, p.id, p.code, p.starts, p.ends, post.level
    ) held
    JOIN (
        SELECT DISTINCT ON (o.person_id, o.period_id) o.person_id, o.period_id, o.outcome
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
        WHERE o.tenant_id = %(tenant)s AND (%(person)s::uuid IS NULL OR o.person_id = %(person)s::uuid)
        ORDER BY o.person_id, o.period_id, o.segment DESC, o.revision DESC
    ) result ON result.person_id = held.person_id AND result.period_id = held.period_id
    WHERE NOT EXISTS (
        SELECT FROM selaras.proposal f WHERE f.tenant_id = %(tenant)s AND f.person_id = held.person_id
        AND f.period_id = held.period_id AND f.kind = 'credit_points' AND f.state IN ('declined', 'rejected'))
    ORDER BY held.person_id, held.starts, held.level
"""
_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "period": pl.String,
    "starts": pl.Date,
    "ends": pl.Date,
    "jenjang": pl.String,
    "months": pl.Int64,
    "outcome": pl.String,
}


def credit_items(session: Session, rules: Rules, day: date, person_id: UUID | None = None) -> pl.DataFrame:
    """One row a person, period that is converted, and level held in it; `item` names the row, in order of time.

    Periods that are set and end on or before `day`, from the first day of the rulebook on.
    """
    values = {
        "tenant": tenant_of(session),
        "day": day,
        "since": rules.in_force.start,
        "kinds": list(rules.values.periods),
        "on_last": rules.values.month_held_on == "last_day",
        "person": person_id,
    }
    found = read_frame(session, _ITEMS, values, _SCHEMA).with_columns(pl.col("months").cast(pl.Float64))
    return found.with_columns(item=pl.format("{}/{}", "period", "jenjang"))


def counted(rules: Rules, items: pl.DataFrame) -> pl.DataFrame:
    """The items that count towards the level held now (`jenjang_now`), as the rulebook has it."""
    return items if rules.values.counted_levels == "all" else items.filter(pl.col("jenjang") == pl.col("jenjang_now"))
