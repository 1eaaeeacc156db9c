"""Tables of how ratings come about: drafts before they hold, the agency's procedure, and every change of a rating."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within


class RatingProcedure(TenantModel):
    """What the agency demands before a rating holds, dated: the review by the superior, the briefing of appraisers."""

    __tablename__ = "rating_procedure"

    review: Mapped[bool]
    briefing: Mapped[bool] = mapped_column(server_default=text("true"))
    reason: Mapped[str]
    account_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("account_id", "account"),
        one_at_a_time(name="one_rating_procedure_a_day"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )


class RatingDraft(TenantTable):
    """A rating that does not hold yet: a draft, submitted for review, or returned. What holds stands in `rating`.

    `inputs` may be incomplete while it is a draft. `reason`: why the appraiser changes what was submitted before.
    `returned_*`: what the superior of the appraiser gave back last, and why. `edited_at` is also the version.
    """

    __tablename__ = "rating_draft"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    appraiser_id: Mapped[UUID]
    delegation_id: Mapped[UUID | None]
    inputs: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="draft")
    reason: Mapped[str | None]
    edited_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_inputs: Mapped[dict[str, Any] | None]
    returned_reason: Mapped[str | None]
    returned_by: Mapped[UUID | None]

    __table_args__ = (
        within("period_id", "period"),
        within("person_id", "person"),
        within("appraiser_id", "person"),
        within("delegation_id", "delegation"),
        within("returned_by", "account"),
        CheckConstraint("state IN ('draft', 'submitted', 'returned')", name="state"),
        Index("ix_rating_draft_appraiser", "tenant_id", "appraiser_id", postgresql_where=text("state = 'submitted'")),
    )


class RatingChange(TenantModel):
    """A rating or result of a person that somebody else changed: who, why, and what before and after. Appended only.

    `before` and `after` map the rule's columns (or `outcome`, `score`) to values; `after` is empty where it is gone.
    """

    __tablename__ = "rating_change"
    app_may = "SELECT, INSERT"

    person_id: Mapped[UUID]
    period_code: Mapped[str]
    segment: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    cause: Mapped[str]
    account_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        within("account_id", "account"),
        Index("ix_rating_change_person", "tenant_id", "person_id"),
        CheckConstraint(
            "cause IN ('appraiser', 'other_appraiser', 'review', 'import', 'unit_rating', 'objection', 'parts',"
            " 'withdrawn', 'calibration')",
            name="cause",
        ),
    )


class BriefingCompletion(TenantTable):
    """Somebody read the briefing for appraisers of a year; `said` is the sha256 of the text that they read."""

    __tablename__ = "briefing_completion"
    app_may = "SELECT, INSERT"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-9)
    said: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (within("person_id", "person"),)


class ResultTalk(TenantTable):
    """The talk about a result (dialog hasil): its day, what was agreed, and what each of the two says of the record.

    Whoever writes it agrees with it; the other one agrees or disagrees in their own words. A change asks anew.
    `edited_at` is also the version.
    """

    __tablename__ = "result_talk"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    held_on: Mapped[date]
    agreed: Mapped[str]
    edited_at: Mapped[datetime]
    person_says: Mapped[str | None]
    person_words: Mapped[str | None]
    appraiser_says: Mapped[str | None]
    appraiser_words: Mapped[str | None]

    __table_args__ = (
        within("period_id", "period"),
        within("person_id", "person"),
        CheckConstraint("person_says IN ('agrees', 'disagrees')", name="person_says"),
        CheckConstraint("appraiser_says IN ('agrees', 'disagrees')", name="appraiser_says"),
        CheckConstraint("length(btrim(agreed)) > 0", name="agreed"),
    )


class DecidedOutcome(TenantTable):
    """Whose outcome of a period a meeting decided; the last meeting's word stands."""

    __tablename__ = "decided_outcome"
    app_may = "SELECT, INSERT, UPDATE"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    calibration_id: Mapped[UUID]
    outcome: Mapped[str]

    __table_args__ = (within("period_id", "period"), within("person_id", "person"))
