"""Goals and indicators, plans (SKP), their items and measures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class Goal(TenantModel):
    """A strategic goal of a unit in a year, with its indicator (IKU) and target."""

    __tablename__ = "goal"

    code: Mapped[str]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    title: Mapped[str]
    indicator: Mapped[str]
    target: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]
    parent_id: Mapped[UUID | None]

    __table_args__ = (
        within("unit_id", "unit"),
        within("parent_id", "goal"),
        UniqueConstraint("tenant_id", "year", "code"),
    )


class Plan(TenantModel):
    """One person's plan (SKP) for one segment of a year, in the form that the regulation declares."""

    __tablename__ = "plan"

    person_id: Mapped[UUID]
    year: Mapped[int]
    segment: Mapped[int] = mapped_column(server_default=text("1"))
    appraiser_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="draft")
    agreed_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("appraiser_id", "person"),
        UniqueConstraint("tenant_id", "person_id", "year", "segment"),
        CheckConstraint("state IN ('draft', 'submitted', 'agreed')", name="state"),
    )


class PlanItem(TenantModel):
    """A planned result (RHK) or activity. `detail` holds what only the regulation's form asks for."""

    __tablename__ = "plan_item"

    plan_id: Mapped[UUID]
    code: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    parent_item_id: Mapped[UUID | None]
    goal_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        within("plan_id", "plan"),
        within("parent_item_id", "plan_item"),
        within("goal_id", "goal"),
        UniqueConstraint("tenant_id", "plan_id", "code"),
        CheckConstraint("kind IN ('main', 'additional')", name="kind"),
    )


class ItemMeasure(TenantModel):
    """One aspect of an item: its indicator, what was promised and what was reached, in `measure` units."""

    __tablename__ = "item_measure"

    item_id: Mapped[UUID]
    aspect: Mapped[str]
    indicator: Mapped[str | None]
    target: Mapped[Decimal | None] = mapped_column(Numeric)
    actual: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]

    __table_args__ = (within("item_id", "plan_item"), UniqueConstraint("tenant_id", "item_id", "aspect"))
