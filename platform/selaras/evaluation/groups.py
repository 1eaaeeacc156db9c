"""Ranking groups: which attributes make people comparable, and what happens to groups that are too small."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.evaluation.models import RankingRule

POOLED = "pooled"


@dataclass(frozen=True)
class Grouping:
    """The attributes (of `post_kind`, `post_level`, `job_class`, `employment`) and the smallest group allowed."""

    attributes: tuple[str, ...]
    minimum_size: int


def grouping_on(session: Session, day: date) -> Grouping:
    """The agency's ranking rule on a day; without one, people of the same kind of post are comparable."""
    rule = session.scalar(select(RankingRule).where(RankingRule.during.contains(day)).limit(1))
    return Grouping(tuple(rule.attributes), rule.minimum_size) if rule else Grouping(("post_kind",), 5)


def key_of(grouping: Grouping) -> pl.Expr:
    """The group's key of each row: the attributes' values joined by `/`; an unknown value reads `-`."""
    parts = [pl.col(name).cast(pl.String).fill_null("-") for name in grouping.attributes]
    return pl.concat_str(parts, separator="/").alias("group_key") if parts else pl.lit("all").alias("group_key")


def group_of(grouping: Grouping, formed: pl.Series) -> pl.Expr:
    """The group of each row once the groups are `formed` (their keys): its own, or the pool that took it up."""
    own = key_of(grouping)
    return pl.when(own.is_in(formed.implode())).then(own).otherwise(_pool_of(own)).alias("group_key")


def _pool_of(own: pl.Expr) -> pl.Expr:
    return pl.format("{}/{}", own.str.split("/").list.first(), pl.lit(POOLED))


def ranking_groups(sizes: pl.DataFrame, grouping: Grouping) -> pl.DataFrame:
    """`own_key`, `group_key`, `people`: each attribute combination's group after pooling.

    `sizes` holds the attributes and `people`. Groups below the minimum are pooled with the others of the same first
    attribute; a pool that is still too small stays as it is, since there is nobody left to compare with.
    """
    own = sizes.group_by(key_of(grouping).alias("own_key")).agg(pl.col("people").sum())
    small = pl.col("people") < grouping.minimum_size
    return (
        own.with_columns(group_key=pl.when(small).then(_pool_of(pl.col("own_key"))).otherwise(pl.col("own_key")))
        # A pool of one is no pool: it keeps its own name.
        .with_columns(group_key=pl.when(pl.len().over("group_key") > 1).then("group_key").otherwise("own_key"))
        .with_columns(people=pl.col("people").sum().over("group_key"))
        .select("own_key", "group_key", "people")
        .sort("own_key")
    )
