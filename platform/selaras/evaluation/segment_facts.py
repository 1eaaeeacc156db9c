"""Reads for forming segments: what people held within a period, and how it stands already; a statement each."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.segments import Held

_WITHIN = "during && daterange(%(first)s::date, %(after)s::date) {person}"
_CLIPPED = "greatest(lower({0}.during), %(first)s::date), least(upper({0}.during), %(after)s::date)"
_POSTS = f"""
    SELECT a.person_id, {_CLIPPED.format("a")}, a.unit_id, a.position_id, a.employment, a.legal_status, post.job_class
    FROM selaras.appointment a
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.{_WITHIN}
"""  # noqa: S608  # our own text
_LINES = f"""
    SELECT line.person_id, {_CLIPPED.format("line")}, line.superior_id, lower(line.during)
    FROM selaras.reporting_line line WHERE line.tenant_id = %(tenant)s AND line.{_WITHIN}
"""  # noqa: S608  # our own text
_ACTING = f"""
    SELECT a.person_id, {_CLIPPED.format("a")} FROM selaras.appointment a
    WHERE a.tenant_id = %(tenant)s AND a.kind <> 'definitive' AND a.{_WITHIN}
"""  # noqa: S608  # our own text
_CLOSED = """
    SELECT DISTINCT o.person_id, p.starts, p.ends + 1, p.id
    FROM selaras.period p
    JOIN selaras.outcome o ON o.tenant_id = %(tenant)s AND o.period_id = p.id
    JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
    WHERE p.tenant_id = %(tenant)s AND p.kind = ANY(%(kinds)s) AND p.id <> %(period)s AND p.state = 'closed'
      AND p.starts >= %(first)s AND p.ends < %(after)s {person}
"""

_DAYS: dict[str, type[pl.DataType]] = {"person": pl.String, "starts": pl.Date, "until": pl.Date}
_POST_SCHEMA: dict[str, type[pl.DataType]] = {
    **_DAYS,
    "unit_id": pl.String,
    "position_id": pl.String,
    "employment": pl.String,
    "legal_status": pl.String,
    "job_class": pl.Int32,
}


def held_within(session: Session, period: PeriodView, kinds: tuple[str, ...], person_id: UUID | None = None) -> Held:
    """What everybody (or one person) held within the period; `kinds` of closed periods stand in for segments."""
    parameters = {
        "tenant": tenant_of(session),
        "period": period.id,
        "first": period.starts,
        "after": period.ends + timedelta(days=1),
        "kinds": list(kinds),
        "person": person_id,
    }

    def read(query: str, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
        only = "" if person_id is None else "AND person_id = %(person)s"
        return read_frame(session, query.format(person=only), parameters, schema)

    return Held(
        posts=read(_POSTS, _POST_SCHEMA),
        lines=read(_LINES, {**_DAYS, "superior_id": pl.String, "since": pl.Date}),
        acting=read(_ACTING, _DAYS),
        closed=read(_CLOSED, {**_DAYS, "period_id": pl.String})
        if kinds
        else pl.DataFrame(schema={**_DAYS, "period_id": pl.String}),
    )


def formed(session: Session, period_id: UUID, person_id: UUID | None = None) -> pl.DataFrame:
    """`person`, `number`, `ends`, `origin` of the segments of a period (or of one person in it) as they stand."""
    query = """
        SELECT person_id, number, ends, origin FROM selaras.segment
        WHERE tenant_id = %(tenant)s AND period_id = %(period)s
          AND (%(person)s::uuid IS NULL OR person_id = %(person)s::uuid) ORDER BY person_id, number
    """
    schema = {"person": pl.String, "number": pl.Int16, "ends": pl.Date, "origin": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "period": period_id, "person": person_id}, schema)


def rated(session: Session, period_id: UUID, person_id: UUID | None = None) -> pl.DataFrame:
    """`id`, `person`, `number` of the ratings of a period, or of one person in it."""
    query = """
        SELECT id, person_id, segment FROM selaras.rating WHERE tenant_id = %(tenant)s AND period_id = %(period)s
          AND (%(person)s::uuid IS NULL OR person_id = %(person)s::uuid)
    """
    schema = {"id": pl.String, "person": pl.String, "number": pl.Int16}
    return read_frame(session, query, {"tenant": tenant_of(session), "period": period_id, "person": person_id}, schema)
