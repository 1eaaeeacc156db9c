"""Ranking groups: which attributes make people comparable, and what happens to groups that are too small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.evaluation.models import RankingRule
from selaras.organisation.models import UnitPlacement

POOLED = "pooled"
UNKNOWN = "-"
Pooling = Literal["first", "all", "none"]


class Attribute(StrEnum):
    """What makes people comparable. The last four need the unit's place in the tree, or words of the agency's own."""

    POST_KIND = "post_kind"
    POST_LEVEL = "post_level"
    JOB_CLASS = "job_class"
    EMPLOYMENT = "employment"
    UNIT = "unit"
    BRANCH = "branch"
    JOB_FAMILY = "job_family"
    LOCATION = "location"


@dataclass(frozen=True)
class Family:
    """A job family of the agency's: the posts whose title begins with one of `beginnings`, in any case of letters."""

    name: str
    beginnings: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A location of the agency's: `unit_id` and all units below it, unless one of them begins another location."""

    name: str
    unit_id: UUID


@dataclass(frozen=True)
class Grouping:
    """The attributes, the smallest group allowed, and where smaller ones go.

    `pooling`: `first` with the small ones of the same first attribute, `all` with every small one, `none` nowhere.
    `branches`, `locations`: unit → the unit just below the top that it belongs to, unit → the name of its location.
    """

    attributes: tuple[str, ...]
    minimum_size: int
    pooling: Pooling = "first"
    families: tuple[Family, ...] = ()
    places: tuple[Place, ...] = ()
    branches: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)


def grouping_on(session: Session, day: date) -> Grouping:
    """The agency's ranking rule on a day; without one, people of the same kind of post are comparable."""
    rule = session.scalar(select(RankingRule).where(RankingRule.during.contains(day)).limit(1))
    if rule is None:
        return Grouping(("post_kind",), 5)
    bare = Grouping(
        tuple(rule.attributes),
        rule.minimum_size,
        as_pooling(rule.pooling),
        families(rule.families),
        places(rule.places),
    )
    return placed(session, bare, day)


def as_pooling(text: str) -> Pooling:
    """A stored pooling."""
    return "all" if text == "all" else "none" if text == "none" else "first"


def families(rows: list[dict[str, list[str]]]) -> tuple[Family, ...]:
    """Stored job families."""
    return tuple(Family(str(row["name"]), tuple(row["beginnings"])) for row in rows)


def places(rows: list[dict[str, str]]) -> tuple[Place, ...]:
    """Stored locations."""
    return tuple(Place(row["name"], UUID(row["unit"])) for row in rows)


def placed(session: Session, grouping: Grouping, day: date) -> Grouping:
    """The grouping with the tree of units on a day, which is read only where an attribute needs it."""
    if not {Attribute.BRANCH, Attribute.LOCATION} & set(grouping.attributes):
        return grouping
    rows = session.execute(
        select(UnitPlacement.unit_id, UnitPlacement.parent_id).where(UnitPlacement.during.contains(day))
    )
    above = {str(unit): str(parent) if parent else None for unit, parent in rows}
    begun = {str(place.unit_id): place.name for place in grouping.places}
    ways = {unit: _way_up(unit, above) for unit in above}
    return Grouping(
        grouping.attributes,
        grouping.minimum_size,
        grouping.pooling,
        grouping.families,
        grouping.places,
        {unit: way[-2] if len(way) > 1 else way[-1] for unit, way in ways.items()},
        {unit: name for unit, way in ways.items() if (name := next((begun[one] for one in way if one in begun), ""))},
    )


def _way_up(unit: str, above: Mapping[str, str | None]) -> list[str]:
    """The unit, the one above it, and so on to the top."""
    way: list[str] = []
    at: str | None = unit
    while at is not None and at not in way:
        way.append(at)
        at = above.get(at)
    return way


def key_of(grouping: Grouping) -> pl.Expr:
    """The group's key of each row: the attributes' values joined by `/`; an unknown value reads `-`."""
    parts = [value_of(grouping, name).cast(pl.String).fill_null(UNKNOWN) for name in grouping.attributes]
    return pl.concat_str(parts, separator="/").alias("group_key") if parts else pl.lit("all").alias("group_key")


def value_of(grouping: Grouping, attribute: str) -> pl.Expr:
    """An attribute's value of each row: of `employment`, the post's columns and title, and `unit_id`."""
    match attribute:
        case Attribute.UNIT:
            return pl.col("unit_id")
        case Attribute.BRANCH:
            return pl.col("unit_id").replace_strict(grouping.branches, default=None, return_dtype=pl.String)
        case Attribute.LOCATION:
            return pl.col("unit_id").replace_strict(grouping.locations, default=None, return_dtype=pl.String)
        case Attribute.JOB_FAMILY:
            return _family(grouping.families)
        case _:
            return pl.col(attribute)


def _family(listed: tuple[Family, ...]) -> pl.Expr:
    """The family with the longest beginning that fits, so that “Analis Hukum” goes before “Analis”."""
    title = pl.col("post_title").str.to_lowercase()
    pairs = [(beginning.lower(), family.name) for family in listed for beginning in family.beginnings]
    fitting = [
        pl.when(title.str.starts_with(beginning)).then(pl.lit(name))
        for beginning, name in sorted(pairs, key=lambda pair: (-len(pair[0]), pair))
    ]
    return pl.coalesce([*fitting, pl.lit(None, dtype=pl.String)])


def group_of(grouping: Grouping, formed: pl.Series) -> pl.Expr:
    """The group of each row once the groups are `formed` (their keys): its own, or the pool that took it up."""
    own = key_of(grouping)
    return pl.when(own.is_in(formed.implode())).then(own).otherwise(_pool_of(own, grouping)).alias("group_key")


def _pool_of(own: pl.Expr, grouping: Grouping) -> pl.Expr:
    if grouping.pooling == "all":
        return pl.lit(POOLED)
    return pl.format("{}/{}", own.str.split("/").list.first(), pl.lit(POOLED))


def ranking_groups(sizes: pl.DataFrame, grouping: Grouping) -> pl.DataFrame:
    """`own_key`, `group_key`, `people`: each attribute combination's group after pooling.

    `sizes` holds the attributes' columns and `people`. Groups below the minimum are pooled as the grouping says; a
    pool that is still too small stays as it is, since there is nobody left to compare with.
    """
    own = sizes.group_by(key_of(grouping).alias("own_key")).agg(pl.col("people").sum())
    small = (pl.col("people") < grouping.minimum_size) & pl.lit(grouping.pooling != "none")
    pool = _pool_of(pl.col("own_key"), grouping)
    return (
        own.with_columns(group_key=pl.when(small).then(pool).otherwise(pl.col("own_key")))
        # A pool of one is no pool: it keeps its own name.
        .with_columns(group_key=pl.when(pl.len().over("group_key") > 1).then("group_key").otherwise("own_key"))
        .with_columns(people=pl.col("people").sum().over("group_key"))
        .select("own_key", "group_key", "people")
        .sort("own_key")
    )
