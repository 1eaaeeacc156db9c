"""The distribution check of a batch: counts per rated unit against what the organisation's rating allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
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


def check_batch(
    session: Session, batch_id: UUID, period_id: UUID, rated_units: pl.DataFrame, rules: Rules
) -> list[CheckView]:
    """Check every rated unit of the batch and keep the result (a repeated check replaces the earlier one)."""
    counts = read_frame(
        session,
        _COUNTS,
        {"tenant": tenant_of(session), "period": period_id, "batch": batch_id},
        {"unit_id": pl.String, "outcome": pl.String, "people": pl.Int64},
    )
    groups = _groups(counts, rated_units, tuple(level.code for level in rules.outcomes))
    checked = rules.check_distribution(groups)
    session.execute(delete(DistributionCheck).where(DistributionCheck.batch_id == batch_id))
    session.add_all(
        DistributionCheck(
            batch_id=batch_id,
            unit_id=UUID(row["group"]),
            organisation_rating=row["organisation_rating"],
            counts={level.code: group[level.code] for level in rules.outcomes},
            valid=row["valid"],
            trace={name: row[name] for name in ("size", "demanded", "exempt", "violations", "details")},
        )
        for row, group in zip(checked.to_dicts(), groups.to_dicts(), strict=True)
    )
    session.flush()
    return checks(session, batch_id, period_id)


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
        select(DistributionCheck, Unit.name, DistributionOverride.reason)
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
            unit_id=check.unit_id,
            unit_name=name,
            organisation_rating=check.organisation_rating,
            counts=check.counts,
            valid=check.valid,
            violations=check.trace["violations"],
            exempt=check.trace["exempt"],
            demanded=check.trace["demanded"],
            details=check.trace["details"],
            override_reason=reason,
        )
        for check, name, reason in rows
    ]
