"""Progress with evidence, and continuous feedback."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within
from selaras.monitoring.survey import models as survey

__all__ = ["Feedback", "Progress", "survey"]


class Progress(TenantModel):
    """What was reached on an item's aspect by a day, in the measure's unit, with a pointer to the evidence."""

    __tablename__ = "progress"

    item_id: Mapped[UUID]
    aspect: Mapped[str]
    on_day: Mapped[date]
    actual: Mapped[Decimal] = mapped_column(Numeric)
    note: Mapped[str | None]
    evidence: Mapped[str | None]

    __table_args__ = (within("item_id", "plan_item"), UniqueConstraint("tenant_id", "item_id", "aspect", "on_day"))


class Feedback(TenantModel):
    """A word from a superior, peer or subordinate, on one result or on one behaviour value."""

    __tablename__ = "feedback"

    person_id: Mapped[UUID]
    giver_id: Mapped[UUID]
    relation: Mapped[str]
    item_id: Mapped[UUID | None]
    behaviour: Mapped[str | None]
    on_day: Mapped[date]
    content: Mapped[str]

    __table_args__ = (
        within("person_id", "person"),
        within("giver_id", "person"),
        within("item_id", "plan_item"),
        Index("ix_feedback_person", "tenant_id", "person_id"),
        CheckConstraint("relation IN ('superior', 'peer', 'subordinate')", name="relation"),
        CheckConstraint("person_id <> giver_id", name="not_oneself"),
    )
