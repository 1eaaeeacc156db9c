"""Kept counts of a period: how far the people of every unit's subtree are, and how much waits for each appraiser."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantTable


class FunnelCount(TenantTable):
    """When a period was last counted, and how long that took; one row, which whoever counts locks."""

    __tablename__ = "funnel_count"

    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime | None]
    seconds: Mapped[float | None]


class FunnelUnit(TenantTable):
    """How many people of a unit and of all units below it have come how far. Written whole at each count, so no keys.

    Each number stands for itself: somebody may be rated whose plan was never agreed, and is counted as rated.
    """

    __tablename__ = "funnel_unit"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    parent_id: Mapped[UUID | None]
    below: Mapped[int]
    people: Mapped[int]
    planned: Mapped[int]
    submitted: Mapped[int]
    agreed: Mapped[int]
    logged: Mapped[int]
    rated: Mapped[int]
    delivered: Mapped[int]
    accepted: Mapped[int]
    objected: Mapped[int]

    __table_args__ = (Index("ix_funnel_unit_parent", "tenant_id", "period_id", "parent_id"),)


class FunnelAppraiser(TenantTable):
    """What waits for one appraiser in a period: plans to decide since when, and people not rated after its end."""

    __tablename__ = "funnel_appraiser"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    unit_id: Mapped[UUID | None]
    plans: Mapped[int]
    plans_since: Mapped[datetime | None]
    ratings: Mapped[int]
