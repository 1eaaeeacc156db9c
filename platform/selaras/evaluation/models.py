"""Periods, ratings, organisation ratings, outcomes with their steps, ranking groups, distribution checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Float, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within
from selaras.evaluation import lock_models, rating_models  # noqa: F401  # their tables belong to the metadata


class Period(TenantModel):
    """A month, quarter or year that is evaluated. `code` reads 2026-TW3, 2026-07, 2026.

    `segmented` counts the people with segments of their own; empty until segments were formed.
    """

    __tablename__ = "period"

    code: Mapped[str]
    kind: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="open")
    segmented: Mapped[int | None]

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


class OrganisationRecommendation(TenantModel):
    """What the planning, HR or internal-audit unit recommends for a unit's rating in a period, with its paper."""

    __tablename__ = "organisation_recommendation"

    period_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    office: Mapped[str]
    rating: Mapped[str | None]
    reason: Mapped[str]
    file_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("period_id", "period"),
        within("unit_id", "unit"),
        within("file_id", "stored_file"),
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "period_id", "unit_id", "office"),
        CheckConstraint("office IN ('planning', 'hr', 'internal_audit')", name="office"),
        CheckConstraint("length(btrim(reason)) > 0", name="reason"),
    )


class Rating(TenantModel):
    """What the appraiser judged: `inputs` are the person columns that the regulation declares.

    `delegation_id`: by what the one who rated acted for another.
    """

    __tablename__ = "rating"

    period_id: Mapped[UUID]
    person_id: Mapped[UUID]
    segment: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    appraiser_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]
    inputs: Mapped[dict[str, Any]]
    rated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("period_id", "period"),
        within("person_id", "person"),
        within("appraiser_id", "person"),
        within("delegation_id", "delegation"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "segment"),
        Index("ix_rating_appraiser", "tenant_id", "appraiser_id"),
    )


class RankingRule(TenantModel):
    """Which attributes make people comparable at this agency, dated; groups below the minimum are pooled.

    `families` (name, beginnings of titles) and `places` (name, unit) are the agency's words behind the attributes
    `job_family` and `location`. `origin` is `pack:<slug>`, or `agency` with a reason and who said so.
    """

    __tablename__ = "ranking_rule"

    attributes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    minimum_size: Mapped[int]
    pooling: Mapped[str] = mapped_column(server_default="first")
    families: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    places: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    origin: Mapped[str]
    reason: Mapped[str | None]
    account_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("account_id", "account"),
        one_at_a_time(name="one_ranking_rule_a_day"),
        CheckConstraint("pooling IN ('first', 'all', 'none')", name="pooling"),
        CheckConstraint("minimum_size BETWEEN 1 AND 1000", name="minimum_size"),
        CheckConstraint("origin <> 'agency' OR length(btrim(reason)) >= 20", name="reason"),
    )


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


class Segment(TenantTable):
    """A part of one person's period with its own appraiser, post and regulation; who has no rows has one, the whole.

    `cause` says what began it (see `regulation.segmentation.CAUSES`), `ended` why it was the person's last. One that is
    not `evaluated` (leave) has no outcome. `source_period_id`: a shorter closed period whose outcome stands in.
    `stated_*`: an outcome made elsewhere (the place of study). `origin` is facts, or stated by the performance manager
    with a reason. No foreign keys: formed in bulk from rows that carry them, as outcomes are.
    """

    __tablename__ = "segment"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    starts: Mapped[date]
    ends: Mapped[date]
    cause: Mapped[str]
    ended: Mapped[str | None]
    evaluated: Mapped[bool]
    unit_id: Mapped[UUID]
    position_id: Mapped[UUID]
    appraiser_id: Mapped[UUID | None]
    employment: Mapped[str]
    regulation: Mapped[str]
    source_period_id: Mapped[UUID | None]
    stated_outcome: Mapped[str | None]
    stated_score: Mapped[float | None] = mapped_column(Float)
    origin: Mapped[str] = mapped_column(server_default="facts")
    reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("starts <= ends", name="order"),
        CheckConstraint("ended IN ('death', 'retirement', 'departure')", name="ended"),
        CheckConstraint("origin IN ('facts', 'stated')", name="origin"),
        CheckConstraint("origin = 'facts' OR (reason IS NOT NULL AND length(btrim(reason)) >= 20)", name="reason"),
        Index("ix_segment_appraiser", "tenant_id", "appraiser_id"),
    )


class SegmentOutcome(TenantTable):
    """The result of one segment behind a whole that was combined, with its steps, under its own rule.

    The table `outcome` holds only wholes, one a person and period: whoever reads it never counts a segment. Inserted
    once, like an outcome; no foreign keys for the same reason. With `source_period_id` the steps stand with the outcome
    of that period.
    """

    __tablename__ = "segment_outcome"
    app_may = "SELECT, INSERT, DELETE"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-7)
    batch_id: Mapped[UUID]
    rule_id: Mapped[int]
    unit_id: Mapped[UUID]
    appraiser_id: Mapped[UUID | None]
    outcome: Mapped[str]
    score: Mapped[float | None] = mapped_column(Float)
    source_period_id: Mapped[UUID | None]
    numbers: Mapped[list[float | None] | None] = mapped_column(ARRAY(Float))
    codes: Mapped[list[str | None] | None] = mapped_column(ARRAY(Text))
    inputs: Mapped[dict[str, Any] | None]
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


class Handover(TenantModel):
    """Results that a predecessor, another agency or paper handed over in one import, whose id it bears.

    Taken whole; withdrawn whole: then the results are gone, and this row says by whom and why.
    """

    __tablename__ = "handover"
    app_may = "SELECT, INSERT, UPDATE"

    state: Mapped[str] = mapped_column(server_default="taken")
    results: Mapped[int]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    reason: Mapped[str | None]

    __table_args__ = (
        within("account_id", "account"),
        within("withdrawn_by", "account"),
        CheckConstraint("state IN ('taken', 'withdrawn')", name="state"),
    )


class HandedOverResult(TenantModel):
    """A result that was set elsewhere: whose, of which period and regulation, by whom, and which document says so.

    Never updated, and no part of a close: it is in none of its tables, so no summary counts it. `label`, `tone` and
    `title` are the regulation's words as they stood when it was taken; `lines` are the steps, where they came along.
    """

    __tablename__ = "handed_over_result"
    app_may = "SELECT, INSERT, DELETE"

    handover_id: Mapped[UUID]
    person_id: Mapped[UUID]
    period_code: Mapped[str]
    segment: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    starts: Mapped[date]
    ends: Mapped[date]
    regulation: Mapped[str]
    title: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    label: Mapped[dict[str, Any]]
    tone: Mapped[str | None]
    score: Mapped[float | None] = mapped_column(Float)
    appraiser_name: Mapped[str | None]
    appraiser_number: Mapped[str | None]
    unit_name: Mapped[str | None]
    set_on: Mapped[date | None]
    source_agency: Mapped[str]
    source_document: Mapped[str]
    rule_hash: Mapped[str | None]
    lines: Mapped[list[Any] | None]

    __table_args__ = (
        within("handover_id", "handover"),
        within("person_id", "person"),
        UniqueConstraint("tenant_id", "person_id", "period_code", "segment"),
        Index("ix_handed_over_result_handover", "tenant_id", "handover_id"),
        CheckConstraint("starts <= ends", name="order"),
    )
