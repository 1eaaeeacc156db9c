"""How far single plans are: one's own, and those of one's team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from selaras.planning.models import Plan, PlanAmendment
from selaras.planning.queries import NEWEST


@dataclass(frozen=True)
class Standing:
    """The last plan of a person in a year, or its amendment (`amends`); `returned`: a draft that was given back."""

    person_id: UUID
    year: int
    state: str
    returned: bool
    submitted_at: datetime | None
    amends: bool = False


def standings(session: Session, people: Collection[UUID], year: int) -> dict[UUID, Standing]:
    """Person → their last plan of the year; whoever has none is left out."""
    rows = session.scalars(
        select(Plan)
        .where(Plan.person_id.in_(people), Plan.year == year)
        .ext(distinct_on(Plan.person_id))
        .order_by(Plan.person_id, *NEWEST)
    )
    return {row.person_id: _standing(row) for row in rows}


def waiting(session: Session, people: Collection[UUID]) -> list[Standing]:
    """Submitted plans and amendments of these people, of whichever year, those that wait longest first."""
    rows = session.scalars(
        select(Plan)
        .where(Plan.person_id.in_(people), Plan.state == "submitted")
        .order_by(Plan.submitted_at.nulls_first(), Plan.person_id)
    )
    amended = session.execute(
        select(Plan.person_id, Plan.year, PlanAmendment.submitted_at)
        .join(Plan, Plan.id == PlanAmendment.plan_id)
        .where(Plan.person_id.in_(people), PlanAmendment.state == "submitted")
        .order_by(PlanAmendment.submitted_at, Plan.person_id)
    )
    found = [_standing(row) for row in rows]
    return found + [Standing(person, year, "submitted", False, at, amends=True) for person, year, at in amended]


def _standing(row: Plan) -> Standing:
    return Standing(row.person_id, row.year, row.state, row.state == "draft" and bool(row.note), row.submitted_at)
