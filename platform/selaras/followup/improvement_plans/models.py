"""Improvement plans: the analysis of a result that was not reached, and steps with dates and who is responsible."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class ImprovementPlan(TenantModel):
    """Why a result was not reached and what is done about it; one for each person and period.

    `came_of` says what became of it, once `closed_on` is set. It is no step of the path of PP 30/2019 Ps 56-58.
    """

    __tablename__ = "improvement_plan"

    period_id: Mapped[UUID]
    person_id: Mapped[UUID]
    analysis: Mapped[str]
    written_by: Mapped[UUID]
    edited_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    came_of: Mapped[str | None]

    __table_args__ = (
        within("period_id", "period"),
        within("person_id", "person"),
        within("written_by", "person"),
        UniqueConstraint("tenant_id", "period_id", "person_id"),
        Index("ix_improvement_plan_person", "tenant_id", "person_id"),
        CheckConstraint("(closed_on IS NULL) = (came_of IS NULL)", name="closed"),
    )


class ImprovementAction(TenantModel):
    """One step of an improvement plan: what, until which day, who is responsible, and when it was done."""

    __tablename__ = "improvement_action"

    plan_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(SmallInteger)
    what: Mapped[str]
    until: Mapped[date]
    responsible_id: Mapped[UUID]
    done_on: Mapped[date | None]

    __table_args__ = (
        within("plan_id", "improvement_plan"),
        within("responsible_id", "person"),
        Index("ix_improvement_action_plan", "tenant_id", "plan_id"),
        Index("ix_improvement_action_responsible", "tenant_id", "responsible_id"),
    )
