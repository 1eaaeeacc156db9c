"""Remuneration: the agency's dated tables, and what an outcome came to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, SmallInteger
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time


class RemunerationTable(TenantModel):
    """Outcome × job class → percent and rupiah, dated, with its source and how sure we are of it."""

    __tablename__ = "remuneration_table"

    name: Mapped[str]
    kind: Mapped[str]
    percents: Mapped[dict[str, Any]]
    bases: Mapped[dict[str, Any]]
    effect: Mapped[str]
    source: Mapped[str]
    certainty: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        one_at_a_time("kind", name="one_remuneration_table_a_day"),
        CheckConstraint("kind IN ('tukin', 'tpp')", name="kind"),
    )


class Remuneration(TenantTable):
    """What one outcome does to one person's performance pay: percent of the base, rupiah a month, the months."""

    __tablename__ = "remuneration"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-7)
    table_id: Mapped[UUID]
    percent: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    base: Mapped[Decimal] = mapped_column(Numeric(14, 0))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 0))
