"""The distribution check of a batch: counts per rated unit against what the organisation's rating allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from selaras.db.bulk import insert_frame, read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.models import DistributionCheck, DistributionOverride
from selaras.organisation.models import Unit
from selaras.regulation import Rules

_COUNTS = """
    SELECT unit_id, outcome, count(*) FROM selaras.outcome
    WHERE tenant_id = %(tenant)s AND period_id = %(period)s AND batch_id = %(batch)s GROUP BY 1, 2
"""


@dataclass(frozen=True)
class CheckView:
    """One rated unit's check. `counts`: outcome code → people. `details`: see regulation.distribution."""

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
    """Check every rated unit of the batch and keep the result (a repeated check replaces the earlier one)."""
    counts = read_frame(
        session,
        _COUNTS,
        {"tenant": tenant_of(session), "period": period_id, "batch": batch_id},
        {"unit_id": pl.String, "outcome": pl.String, "people": pl.Int64},
    )
    codes = tuple(level.code for level in rules.outcomes)
    groups = _groups(counts, rated_units, codes)
    checked = pl.concat([rules.check_distribution(groups), groups.select(codes)], how="horizontal")
    session.execute(delete(DistributionCheck).where(DistributionCheck.batch_id == batch_id))
    rows = checked.select(
        pl.lit(tenant_of(session)).alias("tenant_id"),
        pl.lit(str(batch_id)).alias("batch_id"),
        pl.col("group").alias("unit_id"),
        "organisation_rating",
        pl.struct(codes).struct.json_encode().alias("counts"),
        "valid",
        pl.struct("size", "demanded", "exempt", "violations", "details").struct.json_encode().alias("trace"),
    )
    insert_frame(session, "distribution_check", rows)
    return Checked(rows.height, _breached(session, batch_id, period_id))


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
        )
        for unit_id, name, rating, counts, valid, trace, reason in rows
    ]
