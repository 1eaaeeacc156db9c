"""The facts that proposals are made of, each read as columns by one statement."""

from __future__ import annotations

import polars as pl

Schema = dict[str, type[pl.DataType]]

# The newest revision of each person's outcome that is set, with the post of the period's last day.
PEOPLE = """
    SELECT o.person_id, o.revision, o.outcome, o.rule_id, a.employment, post.kind, post.level
    FROM (
        SELECT DISTINCT ON (o.person_id) o.person_id, o.revision, o.outcome, b.rule_id
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
        WHERE o.tenant_id = %(tenant)s AND o.period_id = %(period)s
        ORDER BY o.person_id, o.segment DESC, o.revision DESC
    ) o
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = %(tenant)s AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> %(day)s::date
    LEFT JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    ORDER BY o.person_id
"""
PEOPLE_SCHEMA: Schema = {
    "person": pl.String,
    "revision": pl.Int16,
    "outcome": pl.String,
    "rule_id": pl.Int64,
    "employment": pl.String,
    "post_kind": pl.String,
    "post_level": pl.String,
}

POTENTIAL = """
    SELECT person_id, level FROM selaras.potential WHERE tenant_id = %(tenant)s AND during @> %(day)s::date
"""
POTENTIAL_SCHEMA: Schema = {"person": pl.String, "potential": pl.String}

# Quarters of the year that ends on the day, in which the person has an outcome that is set.
QUARTERS = """
    SELECT o.person_id, count(DISTINCT p.id)
    FROM selaras.period p
    JOIN selaras.outcome o ON o.tenant_id = %(tenant)s AND o.period_id = p.id
    JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
    WHERE p.tenant_id = %(tenant)s AND p.kind = 'quarter'
      AND p.ends <= %(day)s::date AND p.starts > %(day)s::date - interval '1 year'
    GROUP BY o.person_id
"""
QUARTERS_SCHEMA: Schema = {"person": pl.String, "quarters_evaluated": pl.Int64}

# The outcomes of whole years up to the one that ends on the day; 1 is that year. A year that another agency set and
# handed over counts as one of ours does, unless there is one of ours; of one handed over in parts, only the whole does.
YEARS = """
    SELECT DISTINCT ON (person_id, ends)
           person_id, extract(year FROM %(day)s::date)::int - extract(year FROM ends)::int + 1, outcome
    FROM (
        SELECT o.person_id, p.ends, o.outcome, true AS own, o.segment AS place, o.revision
        FROM selaras.period p
        JOIN selaras.outcome o ON o.tenant_id = %(tenant)s AND o.period_id = p.id
        JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
        WHERE p.tenant_id = %(tenant)s AND p.kind = 'year'
        UNION ALL
        SELECT h.person_id, h.ends, h.outcome, false, -h.segment, 1
        FROM selaras.handed_over_result h
        WHERE h.tenant_id = %(tenant)s AND h.ends = h.starts + interval '1 year' - interval '1 day'
          AND (h.segment = 0 OR NOT EXISTS (
              SELECT FROM selaras.handed_over_result other WHERE other.tenant_id = %(tenant)s
              AND other.person_id = h.person_id AND other.period_code = h.period_code AND other.segment > 1))
    ) years
    WHERE ends <= %(day)s::date AND ends > %(day)s::date - interval '10 years'
    ORDER BY person_id, ends, own DESC, place DESC, revision DESC
"""
YEARS_SCHEMA: Schema = {"person": pl.String, "year_back": pl.Int64, "predikat_then": pl.String}
