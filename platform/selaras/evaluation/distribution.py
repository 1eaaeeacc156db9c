"""The distribution check of a batch: counts per rated unit against what the organisation's rating allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from selaras.db.bulk import insert_frame, read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.models import DistributionCheck, DistributionOverride, Period
from selaras.organisation.models import Unit
from selaras.regulation import DistributionRule, Rules
from selaras.regulation.distribution import RESULT_SCHEMA
from selaras.regulation.small_units import pooled

_COUNTS = """
    SELECT unit_id, outcome, count(*) FROM selaras.outcome
    WHERE tenant_id = %(tenant)s AND period_id = %(period)s AND batch_id = %(batch)s GROUP BY 1, 2
"""

# The same with the heads of units apart: theirs may count elsewhere.
_COUNTS_OF_HEADS = """
    SELECT o.unit_id, o.outcome, post.is_head, count(*)
    FROM selaras.outcome o
    JOIN selaras.appointment a
      ON a.tenant_id = %(tenant)s AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> %(day)s::date
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    WHERE o.tenant_id = %(tenant)s AND o.period_id = %(period)s AND o.batch_id = %(batch)s GROUP BY 1, 2, 3
"""
_PLACED = """
    SELECT unit_id, parent_id FROM selaras.unit_placement
    WHERE tenant_id = %(tenant)s AND during @> %(day)s::date
"""
_TRACE = ("size", "demanded", "exempt", "violations", "details")
_NOBODY = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class CheckView:
    """One unit's check. `counts`: outcome code → people. `details`: see regulation.distribution.

    A unit with `pooled_into` is judged together with that one above it, whose counts hold its people too.
    """

    unit_id: UUID
    unit_name: str
    organisation_rating: str | None
    counts: dict[str, int]
    valid: bool
    violations: list[str]
    exempt: bool
    demanded: bool
    details: list[dict[str, Any]]
    override_reason: str | None
    pooled_into: UUID | None = None

    @property
    def breached(self) -> bool:
        """Whether setting the outcomes waits for the authorised official's reason."""
        return not self.valid and self.override_reason is None


@dataclass(frozen=True)
class Checked:
    """How many units were checked, and in how many the breach still waits for the official's reason."""

    units: int
    breached: int


def check_batch(session: Session, batch_id: UUID, period_id: UUID, rated_units: pl.DataFrame, rules: Rules) -> Checked:
    """Check every unit that is judged and keep the result (a repeated check replaces the earlier one).

    Judged are the units that hold a rating, or under a rule that needs none all units with their own people.
    """
    codes = tuple(level.code for level in rules.outcomes)
    groups = judged_groups(
        session, period_id, _counts(session, batch_id, period_id, rules.distribution), rated_units, rules
    )
    own = pl.col("pooled_into").is_null()
    judged, joined = groups.filter(own), groups.filter(~own)
    checked = pl.concat(
        [
            pl.concat([rules.check_distribution(judged), judged.select(*codes, "pooled_into")], how="horizontal"),
            pl.concat([_unjudged(joined, codes), joined.select(*codes, "pooled_into")], how="horizontal"),
        ]
    )
    session.execute(delete(DistributionCheck).where(DistributionCheck.batch_id == batch_id))
    rows = checked.select(
        pl.lit(tenant_of(session)).alias("tenant_id"),
        pl.lit(str(batch_id)).alias("batch_id"),
        pl.col("group").alias("unit_id"),
        "organisation_rating",
        pl.struct(codes).struct.json_encode().alias("counts"),
        "valid",
        pl.struct(*_TRACE, *(["pooled_into"] if joined.height else [])).struct.json_encode().alias("trace"),
    )
    insert_frame(session, "distribution_check", rows)
    return Checked(rows.height, _breached(session, batch_id, period_id))


def judged_groups(
    session: Session, period_id: UUID, counts: pl.DataFrame, rated_units: pl.DataFrame, rules: Rules
) -> pl.DataFrame:
    """`group`, `organisation_rating`, a column per outcome and `pooled_into` of every unit that is judged.

    `counts`: `unit_id` in which people count, `outcome`, `people`. `rated_units`: see `Facts.rated_units`.
    """
    codes = tuple(level.code for level in rules.outcomes)
    if rules.distribution and not rules.distribution.needs_rating:
        return _own_units(session, period_id, counts, codes, rules.distribution)
    return _groups(counts, rated_units, codes).with_columns(pooled_into=pl.lit(None, dtype=pl.String))


def _counts(session: Session, batch_id: UUID, period_id: UUID, rule: DistributionRule | None) -> pl.DataFrame:
    """`unit_id` (in which they count), `outcome`, `people`."""
    values: dict[str, object] = {"tenant": tenant_of(session), "period": period_id, "batch": batch_id}
    schema: dict[str, type[pl.DataType]] = {"unit_id": pl.String, "outcome": pl.String, "people": pl.Int64}
    if rule is None or rule.heads == "own_unit":
        return read_frame(session, _COUNTS, values, schema)
    day = session.execute(select(Period.ends).where(Period.id == period_id)).scalar_one()
    apart: dict[str, type[pl.DataType]] = {
        "unit_id": pl.String,
        "outcome": pl.String,
        "head": pl.String,
        "people": pl.Int64,
    }
    every = read_frame(session, _COUNTS_OF_HEADS, {**values, "day": day}, apart).with_columns(
        head=pl.col("head") == "t"
    )
    return counted_units(session, every, rule, day).select("unit_id", "outcome", "people")


def counted_units(session: Session, people: pl.DataFrame, rule: DistributionRule, day: date) -> pl.DataFrame:
    """The rows with `unit_id` as the unit in which they count: heads (`head`) may count above, or nowhere."""
    if rule.heads == "own_unit":
        return people
    if rule.heads == "nowhere":
        return people.filter(~pl.col("head"))
    values = {"tenant": tenant_of(session), "day": day}
    placed = read_frame(session, _PLACED, values, {"unit_id": pl.String, "parent": pl.String})
    above = pl.when("head").then(pl.coalesce("parent", "unit_id")).otherwise("unit_id").alias("unit_id")
    return people.join(placed, on="unit_id", how="left", maintain_order="left").with_columns(above).drop("parent")


def _breached(session: Session, batch_id: UUID, period_id: UUID) -> int:
    given = select(DistributionOverride.unit_id).where(DistributionOverride.period_id == period_id)
    query = select(func.count()).where(
        DistributionCheck.batch_id == batch_id,
        DistributionCheck.valid.is_(False),
        DistributionCheck.unit_id.not_in(given),
    )
    return session.scalar(query) or 0


def _groups(counts: pl.DataFrame, rated_units: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """`group` (rated unit), `organisation_rating` and one column per outcome; units without a rating are left out."""
    return (
        counts.join(rated_units, on="unit_id", how="inner")
        .group_by(pl.col("rated_unit_id").alias("group"), "organisation_rating")
        .agg(pl.col("people").filter(pl.col("outcome") == code).sum().alias(code) for code in codes)
        .sort("group")
    )


def _own_units(
    session: Session, period_id: UUID, counts: pl.DataFrame, codes: tuple[str, ...], rule: DistributionRule
) -> pl.DataFrame:
    """As `_groups`, of the units that people stand in, with `pooled_into`: the unit above that a small one joins."""
    ends = session.execute(select(Period.ends).where(Period.id == period_id)).scalar_one()
    parameters = {"tenant": tenant_of(session), "day": ends}
    placed = read_frame(session, _PLACED, parameters, {"group": pl.String, "parent": pl.String})
    own = _groups(
        counts, counts.select("unit_id", rated_unit_id="unit_id", organisation_rating=_NOBODY).unique(), codes
    )
    every = placed.join(own, on="group", how="full", coalesce=True).with_columns(pl.col(codes).fill_null(0))
    whole = pooled(rule, every, codes).sort("group")
    return whole.filter(pl.sum_horizontal(codes) > 0).select("group", "organisation_rating", *codes, "pooled_into")


def _unjudged(joined: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """A unit that is judged with the one above: nothing is demanded of it alone."""
    bare = joined.select("group", "organisation_rating", size=pl.sum_horizontal(codes))
    empty = bare.with_columns(demanded=False, exempt=True, valid=True, violations=pl.lit([]), details=pl.lit([]))
    return empty.cast(RESULT_SCHEMA)


def checks(session: Session, batch_id: UUID, period_id: UUID) -> list[CheckView]:
    """The checks of a batch with the overrides given so far; breaches first, then by the unit's name."""
    rows = session.execute(
        select(
            DistributionCheck.unit_id,
            Unit.name,
            DistributionCheck.organisation_rating,
            DistributionCheck.counts,
            DistributionCheck.valid,
            DistributionCheck.trace,
            DistributionOverride.reason,
        )
        .join(Unit, Unit.id == DistributionCheck.unit_id)
        .outerjoin(
            DistributionOverride,
            (DistributionOverride.unit_id == DistributionCheck.unit_id) & (DistributionOverride.period_id == period_id),
        )
        .where(DistributionCheck.batch_id == batch_id)
        .order_by(DistributionCheck.valid, Unit.name)
    )
    return [
        CheckView(
            unit_id=unit_id,
            unit_name=name,
            organisation_rating=rating,
            counts=counts,
            valid=valid,
            violations=trace["violations"],
            exempt=trace["exempt"],
            demanded=trace["demanded"],
            details=trace["details"],
            override_reason=reason,
            pooled_into=UUID(trace["pooled_into"]) if trace.get("pooled_into") else None,
        )
        for unit_id, name, rating, counts, valid, trace, reason in rows
    ]
