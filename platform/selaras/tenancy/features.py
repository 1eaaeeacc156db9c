"""Features that can be switched on for an agency from a day on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.errors import Invalid
from selaras.tenancy.models import FeatureAssignment


class Feature(StrEnum):
    """The features that a rollout may switch on; a name is listed only once some code asks `features_on` for it."""

    PRINTED_RECEIPT = "printed_receipt"
    """A result as a document to print (PDF)."""


def check_feature(name: str, known: Collection[str] = tuple(Feature)) -> str:
    """The name of a known feature, or Invalid with the names there are."""
    if name not in known:
        raise Invalid(
            "feature.unknown",
            "There is no feature {feature}; there are: {known}.",
            feature=name,
            known=", ".join(sorted(known)) or "-",
        )
    return name


def switch_on(session: Session, tenant_id: int, feature: str, starts: date, rollout_id: UUID) -> bool:
    """Switch a feature on from a day until further notice; False if it is on then already (console role)."""
    there = select(FeatureAssignment.id).where(
        FeatureAssignment.tenant_id == tenant_id,
        FeatureAssignment.feature == feature,
        func.upper_inf(FeatureAssignment.during),
    )
    if session.scalar(there) is not None:
        return False
    session.execute(
        insert(FeatureAssignment).values(
            tenant_id=tenant_id, feature=feature, during=Range(starts, None), rollout_id=rollout_id
        )
    )
    return True


def switch_off(session: Session, tenant_id: int, rollout_id: UUID, day: date) -> None:
    """Take back what a rollout switched on, from a day on; an assignment that would have no day left is removed."""
    mine = (FeatureAssignment.tenant_id == tenant_id) & (FeatureAssignment.rollout_id == rollout_id)
    begins = func.lower(FeatureAssignment.during)
    session.execute(delete(FeatureAssignment).where(mine, begins >= day))
    session.execute(
        update(FeatureAssignment)
        .where(mine, FeatureAssignment.during.op("@>")(day))
        .values(during=func.daterange(begins, day))
        .execution_options(synchronize_session=False)
    )
