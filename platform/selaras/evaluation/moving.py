"""Ratings follow their days into segments that were formed anew; those that count no longer are told as changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import polars as pl
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.db.bulk import connection_of, staged
from selaras.db.session import tenant_of
from selaras.evaluation.changes import Change
from selaras.evaluation.models import Rating
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.segment_facts import rated
from selaras.evaluation.segment_queries import SegmentView

KNOWN: dict[str, type[pl.DataType]] = {"person": pl.String, "number": pl.Int16, "ends": pl.Date}


def restated(
    period: PeriodView,
    person_id: UUID,
    before: Sequence[SegmentView],
    made: Mapping[int, tuple[str | None, float | None]],
) -> list[Change]:
    """The outcomes made elsewhere that are stated otherwise than before. `made`: segment → outcome, score."""
    old = {one.number: _said(one.stated_outcome, one.stated_score) for one in before}
    new = {n: _said(*one) for n, one in made.items()}
    return [
        Change(person_id, period.code, "parts", old.get(n), new.get(n), n)
        for n in sorted({*old, *new})
        if old.get(n) != new.get(n)
    ]


def _said(outcome: str | None, score: float | None) -> dict[str, object] | None:
    return {"outcome": outcome, "score": score} if outcome else None


def move_ratings(
    session: Session, period: PeriodView, before: pl.DataFrame, now: pl.DataFrame, person_id: UUID | None = None
) -> list[Change]:
    """A rating belongs to the evaluated segment in which its old one ended, or the last before it, else the first.

    Of two that meet in one, the later stays; those that are gone are returned.
    """
    given = rated(session, period.id, person_id)
    people = pl.concat([before.select("person"), now.select("person")]).unique()
    given = given.join(people, on="person", how="semi").join(before.select(*KNOWN), on=["person", "number"], how="left")
    starts = now.filter("evaluated").select("person", target="number", target_starts="starts")
    moved = (
        given.with_columns(pl.col("ends").fill_null(period.ends))
        .join(starts, on="person", how="left")
        .filter(
            pl.col("target").is_null()
            | (pl.col("target_starts") <= pl.col("ends"))
            | (pl.col("target") == pl.col("target").min().over("id"))
        )
        .sort("person", "number", "target")
        .group_by("id", "person", "number", maintain_order=True)
        .agg(pl.col("target").last().fill_null(1))
        .with_columns(stays=pl.col("number") == pl.col("number").max().over("person", "target"))
    )
    changed = moved.filter(~pl.col("stays") | (pl.col("target") != pl.col("number")))
    if not changed.height:
        return []
    superseded = moved.filter(~pl.col("stays"))["id"]
    gone = _gone(session, period, superseded)
    _renumber(session, moved.filter("stays").select("id", segment="target"), superseded)
    return gone


def _gone(session: Session, period: PeriodView, superseded: pl.Series) -> list[Change]:
    """The ratings that count no longer, as changes of their people's ratings."""
    rows = session.execute(
        select(Rating.person_id, Rating.segment, Rating.inputs).where(
            Rating.period_id == period.id, Rating.id.in_([UUID(one) for one in superseded.to_list()])
        )
    )
    return [Change(row.person_id, period.code, "parts", row.inputs, None, row.segment) for row in rows]


# Twice, through numbers that no segment has: the key would be held twice on the way.
_APART = 10_000


def _renumber(session: Session, kept: pl.DataFrame, superseded: pl.Series) -> None:
    with staged(session, "rating", kept) as stage, connection_of(session).cursor() as cursor:
        values = {"tenant": tenant_of(session), "apart": _APART, "gone": superseded.to_list()}
        cursor.execute("DELETE FROM selaras.rating WHERE tenant_id = %(tenant)s AND id = ANY(%(gone)s::uuid[])", values)
        apart = """
            UPDATE selaras.rating r SET segment = s.segment + %(apart)s FROM {} s
            WHERE r.tenant_id = %(tenant)s AND r.id = s.id
        """
        cursor.execute(sql.SQL(apart).format(stage), values)
        together = """
            UPDATE selaras.rating SET segment = segment - %(apart)s
            WHERE tenant_id = %(tenant)s AND segment > %(apart)s
        """
        cursor.execute(together, values)
