"""Periods, ratings, organisation ratings, outcomes with their steps, ranking groups, distribution checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Float, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within


class Period(TenantModel):
    """A month, quarter or year that is evaluated. `code` reads 2026-TW3, 2026-07, 2026."""

    __tablename__ = "period"

    code: Mapped[str]
    kind: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="open")

    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("kind IN ('month', 'quarter', 'half_year', 'year')", name="kind"),
        CheckConstraint("state IN ('open', 'closing', 'closed')", name="state"),
        CheckConstraint("starts <= ends", name="order"),
    )


class OrganisationRating(TenantModel):
    """A unit's performance in a period, set by the leader one level above."""

    __tablename__ = "organisation_rating"

    period_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    rating: Mapped[str]
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("period_id", "period"),
        within("unit_id", "unit"),
        within("set_by", "person"),
        UniqueConstraint("tenant_id", "period_id", "unit_id"),
    )


class Rating(TenantModel):
    """What the appraiser judged: `inputs` are the person columns that the regulation declares."""

    __tablename__ = "rating"

    period_id: Mapped[UUID]
    person_id: Mapped[UUID]
    segment: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    appraiser_id: Mapped[UUID | None]
    inputs: Mapped[dict[str, Any]]
    rated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("period_id", "period"),
        within("person_id", "person"),
        within("appraiser_id", "person"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "segment"),
    )


class RankingRule(TenantModel):
    """Which attributes make people comparable at this agency, dated; groups below the minimum are pooled."""

    __tablename__ = "ranking_rule"

    attributes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    minimum_size: Mapped[int]
    origin: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (one_at_a_time(name="one_ranking_rule_a_day"),)


class RankingGroup(TenantModel):
    """One comparable group of a close: its key, and how many people it holds."""

    __tablename__ = "ranking_group"

    batch_id: Mapped[UUID]
    group_key: Mapped[str]
    people: Mapped[int]

    __table_args__ = (UniqueConstraint("tenant_id", "batch_id", "group_key"),)


class OutcomeBatch(TenantModel):
    """The outcomes of one close (later: of one correction), which share their rule, state and days.

    The state stands here once instead of in every outcome, so that outcomes are inserted and never updated.
    """

    __tablename__ = "outcome_batch"

    period_id: Mapped[UUID]
    rule_id: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="drafted")
    set_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        within("period_id", "period"),
        CheckConstraint("state IN ('drafted', 'set', 'withdrawn')", name="state"),
        Index("ix_outcome_batch_period", "tenant_id", "period_id"),
    )


class Outcome(TenantTable):
    """A person's result in a period. Inserted once by a close; a correction is a new revision.

    No foreign keys: at 23 µs a row they cost more than all the rest of the insert. A close takes the references from
    rows that carry them, in the same transaction (docs/decisions/0017-no-foreign-keys-on-hot-tables.md).
    """

    __tablename__ = "outcome"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-7)
    batch_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    appraiser_id: Mapped[UUID | None]
    outcome: Mapped[str]
    score: Mapped[float | None] = mapped_column(Float)
    organisation_rating: Mapped[str | None]
    group_key: Mapped[str | None]

    __table_args__ = (Index("ix_outcome_person", "tenant_id", "person_id"),)


class OutcomeSteps(TenantTable):
    """Every step's value behind one outcome, and the frozen inputs; names and articles stand in the rule text."""

    __tablename__ = "outcome_steps"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-7)
    numbers: Mapped[list[float | None]] = mapped_column(ARRAY(Float))
    codes: Mapped[list[str | None]] = mapped_column(ARRAY(Text))
    inputs: Mapped[dict[str, Any]]
    items: Mapped[list[Any] | None]


class OutcomeEvent(TenantModel):
    """What happened to an outcome after it was set: delivered, accepted, objected, final. Appended only."""

    __tablename__ = "outcome_event"

    person_id: Mapped[UUID]
    period_id: Mapped[UUID]
    segment: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    reason: Mapped[str | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        within("period_id", "period"),
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "segment", "revision", "state"),
        CheckConstraint("state IN ('delivered', 'accepted', 'objected', 'final')", name="state"),
    )


class DistributionCheck(TenantModel):
    """One unit's distribution of outcomes against what its organisation rating allows, at one close."""

    __tablename__ = "distribution_check"

    batch_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    organisation_rating: Mapped[str | None]
    counts: Mapped[dict[str, Any]]
    valid: Mapped[bool]
    trace: Mapped[dict[str, Any]]

    __table_args__ = (within("unit_id", "unit"), UniqueConstraint("tenant_id", "batch_id", "unit_id"))


class DistributionOverride(TenantModel):
    """The authorised official's written reason for setting a unit's outcomes against the distribution."""

    __tablename__ = "distribution_override"

    period_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    reason: Mapped[str]
    account_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("period_id", "period"),
        within("unit_id", "unit"),
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "period_id", "unit_id"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )
