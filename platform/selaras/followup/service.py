"""Remuneration: the agency's dated schemes, and what a batch of outcomes comes to in rupiah."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.bulk import insert_frame, read_frame
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.followup.models import RemunerationTable
from selaras.identity.actor import Actor
from selaras.regulation.kit import PayScheme, read_scheme

# One statement for any number of people, for schemes that are one percent of one base: the table is worked out once
# (outcome → percent, job class and candidature → base, whole rupiah, half away from zero), and every outcome looks its
# line up. In the order of the key, so that its index grows at the end only and stays an eighth smaller. OFFSET 0 keeps
# the lines out of the inner joins: PostgreSQL knows nothing yet of outcomes just written, takes them for a single row
# and would multiply them with every line of their outcome before it looks at the posts (600,000 rows, sorted on disk).
_APPLY = text(
    """
    WITH line AS MATERIALIZED (
        SELECT t.id AS table_id, percent.key AS outcome, base.key AS job_class, standing.candidate,
               paid.percent, round(whole.base) AS base, round(whole.base * paid.percent / 100) AS amount,
               CASE WHEN standing.candidate AND standing.share <> 100
                    THEN jsonb_build_object('base', base.value::numeric, 'candidate', true) END AS facts
        FROM selaras.remuneration_table t
        CROSS JOIN jsonb_each_text(t.percents) percent
        CROSS JOIN jsonb_each_text(t.bases) base
        CROSS JOIN LATERAL (
            SELECT CASE t.shape WHEN 'monthly_deduction' THEN 100 - percent.value::numeric
                   ELSE percent.value::numeric END AS percent
        ) paid
        CROSS JOIN LATERAL (
            VALUES (false, 100::numeric), (true, coalesce((t.options ->> 'candidate_percent')::numeric, 100))
        ) AS standing (candidate, share)
        CROSS JOIN LATERAL (SELECT base.value::numeric * standing.share / 100 AS base) whole
        WHERE t.tenant_id = :tenant AND t.id = :table
    )
    INSERT INTO selaras.remuneration
        (tenant_id, period_id, person_id, segment, revision, table_id, percent, base, amount, facts)
    SELECT held.tenant_id, held.period_id, held.person_id, held.segment, held.revision, line.table_id, line.percent,
           line.base, line.amount, line.facts
    FROM (
        SELECT o.tenant_id, o.period_id, o.person_id, o.segment, o.revision, o.outcome, p.job_class::text AS job_class,
               a.employment = 'cpns' AS candidate
        FROM selaras.outcome o
        JOIN selaras.appointment a
          ON a.tenant_id = :tenant AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> :day
        JOIN selaras.position p ON p.tenant_id = :tenant AND p.id = a.position_id
        WHERE o.tenant_id = :tenant AND o.period_id = :period AND o.batch_id = :batch
        OFFSET 0
    ) held
    JOIN line
      ON line.outcome = held.outcome AND line.job_class = held.job_class AND line.candidate = held.candidate
    WHERE line.percent IS NOT NULL AND line.base IS NOT NULL
    ORDER BY held.person_id, held.segment
    """
)


def apply_table(session: Session, period_id: UUID, batch_id: UUID, day: date) -> int:
    """Work out the remuneration of every outcome of a batch by the scheme in force on `day`; returns the people paid.

    People whose outcome or job class the scheme does not name get no row; without a scheme nobody does.
    """
    table = session.scalar(select(RemunerationTable).where(RemunerationTable.during.contains(day)).limit(1))
    if table is None:
        return 0
    parameters = {"tenant": tenant_of(session), "period": period_id, "batch": batch_id, "day": day, "table": table.id}
    scheme = scheme_of(table)
    if not scheme.is_plain:
        return _apply_scheme(session, table, scheme, parameters)
    return session.execute(_APPLY, parameters).rowcount  # type: ignore[attr-defined,no-any-return]  # a cursor result


def revise(session: Session, actor: Actor, table_id: UUID, start: date, scheme: Mapping[str, Any]) -> UUID:
    """Replace a scheme from `start` on by its next version: the old one ends, what was paid by it stays explained.

    `scheme` holds what changes, of `name`, `percents`, `bases`, `effect`, `shape`, `options`, `rows`, `source`,
    `certainty`; and `restores`, the version that is brought back.
    Raises NotFound for an unknown table, Invalid for a day it does not cover or a scheme that cannot be.
    """
    old = session.get(RemunerationTable, (tenant_of(session), table_id))
    if old is None:
        raise NotFound("remuneration.unknown", "There is no such scheme of remuneration.")
    if unknown := sorted(set(scheme) - {*_REVISABLE, "restores"}):
        raise Invalid("remuneration.unknown_part", "A scheme has no part {part}.", part=unknown[0])
    lower, upper = old.during.lower, old.during.upper
    if lower is None or start <= lower or (upper is not None and start >= upper):
        raise Invalid(
            "remuneration.revision_day",
            "A new version begins within the time of the one before it, after its first day; {day} does not.",
            day=start.isoformat(),
        )
    values = {name: scheme.get(name, getattr(old, name)) for name in _REVISABLE}
    newest = select(func.max(RemunerationTable.version)).where(RemunerationTable.kind == old.kind)
    version = (session.scalar(newest) or 0) + 1
    during = Range(start, upper)
    new = RemunerationTable(kind=old.kind, version=version, restores=scheme.get("restores"), during=during, **values)
    scheme_of(new)
    old.during = Range(lower, start)
    session.flush()
    session.add(new)
    session.flush()
    record(session, actor, "remuneration.revise", f"remuneration_table:{new.id}", {"version": new.version})
    return new.id


_REVISABLE = ("name", "percents", "bases", "effect", "shape", "options", "rows", "source", "certainty")

_FACTS = """
    SELECT o.person_id, o.segment, o.revision, o.outcome, p.job_class::text, a.employment = 'cpns', acting.job_class
    FROM selaras.outcome o
    JOIN selaras.appointment a
      ON a.tenant_id = %(tenant)s AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> %(day)s::date
    JOIN selaras.position p ON p.tenant_id = %(tenant)s AND p.id = a.position_id
    LEFT JOIN (
        SELECT held.person_id, max(post.job_class)::text AS job_class
        FROM selaras.appointment held
        JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = held.position_id
        WHERE held.tenant_id = %(tenant)s AND held.kind IN ('plt', 'plh') AND held.during @> %(day)s::date
        GROUP BY held.person_id
    ) acting ON acting.person_id = o.person_id
    WHERE o.tenant_id = %(tenant)s AND o.period_id = %(period)s AND o.batch_id = %(batch)s
    ORDER BY o.person_id, o.segment
"""
_FACTS_SCHEMA: dict[str, type[pl.DataType]] = {
    "person_id": pl.String,
    "segment": pl.Int16,
    "revision": pl.Int16,
    "outcome": pl.String,
    "job_class": pl.String,
    "candidate": pl.String,
    "acting_class": pl.String,
}


def _apply_scheme(
    session: Session, table: RemunerationTable, scheme: PayScheme, parameters: Mapping[str, object]
) -> int:
    """Schemes with more than one percent of one base, by the same steps that explain an amount later."""
    read = read_frame(session, _FACTS, parameters, _FACTS_SCHEMA)
    paid = worked_out(scheme, table.bases, read).filter(pl.col("amount").is_not_null())
    kept = pl.struct("base", "candidate", "acting_base", "job_class").struct.json_encode()
    plain = ~pl.col("candidate") & pl.col("acting_base").is_null() & pl.lit(not scheme.rows)
    rows = paid.select(
        pl.lit(str(table.tenant_id)).alias("tenant_id"),
        pl.lit(str(parameters["period"])).alias("period_id"),
        "person_id",
        "segment",
        "revision",
        pl.lit(str(table.id)).alias("table_id"),
        "percent",
        pl.when(plain).then(None).otherwise(kept).alias("facts"),
        pl.col("full_base").alias("base"),
        "amount",
    )
    return insert_frame(session, "remuneration", rows)


def worked_out(scheme: PayScheme, bases: Mapping[str, Any], facts: pl.DataFrame) -> pl.DataFrame:
    """`facts` (outcome, job_class, acting_class, candidate as the database writes it) with every step and the amount.

    Further columns stay; attendance and taken_off count where they are among the columns.
    """
    codes, values = [str(one) for one in bases], [float(base) for base in bases.values()]
    based = [
        pl.col(name).replace_strict(codes, values, default=None, return_dtype=pl.Float64).alias(made)
        for name, made in (("job_class", "base"), ("acting_class", "acting_base"))
    ]
    return scheme.apply(facts.with_columns(*based, candidate=pl.col("candidate") == "t"))


def scheme_of(table: RemunerationTable) -> PayScheme:
    """The scheme that a row of the agency's table holds. Raises Invalid for one that cannot be."""
    return read_scheme(
        table.kind, table.shape, table.percents, table.source, table.certainty, table.options or {}, table.rows or ()
    )
