"""Goals, plans (SKP) with items and measures, and all the texts that a form of plan asks for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, within
from selaras.planning.across import models as across  # noqa: F401  # tables are found through this module


class Goal(TenantModel):
    """A strategic goal of a unit in a year, with its indicator (IKU) and target; `document` is where it stands."""

    __tablename__ = "goal"

    code: Mapped[str]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    title: Mapped[str]
    indicator: Mapped[str]
    target: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]
    parent_id: Mapped[UUID | None]
    document: Mapped[str | None]

    __table_args__ = (
        within("unit_id", "unit"),
        within("parent_id", "goal"),
        UniqueConstraint("tenant_id", "year", "code"),
        CheckConstraint("document IN ('rpjmd', 'renstra', 'perjanjian_kinerja')", name="document"),
    )


class Plan(TenantModel):
    """One person's plan (SKP) for one segment of a year, in the form that the regulation declares.

    `starts` and `ends` are the days it is for; both empty: the whole year. `model` and `variant` are codes of the
    form. `note` is what the appraiser wrote when giving a plan back. `delegation_id`: by what whoever
    agreed to it acted for the appraiser.
    """

    __tablename__ = "plan"

    person_id: Mapped[UUID]
    year: Mapped[int]
    segment: Mapped[int] = mapped_column(server_default=text("1"))
    appraiser_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="draft")
    model: Mapped[str | None]
    variant: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    note: Mapped[str | None]
    starts: Mapped[date | None]
    ends: Mapped[date | None]

    __table_args__ = (
        within("person_id", "person"),
        within("appraiser_id", "person"),
        within("delegation_id", "delegation"),
        UniqueConstraint("tenant_id", "person_id", "year", "segment"),
        CheckConstraint("state IN ('draft', 'submitted', 'agreed')", name="state"),
    )


class PlanItem(TenantModel):
    """A planned result (RHK) or activity. `detail` holds what only the regulation's form asks for.

    `section` and `perspective` are codes of the form; `origin` says where the task came from (None: the own unit), and
    `assignment_id` which assignment to a team it answers. `expectation` is the leader's, in words.
    `stopped_on`: from this day on it is no longer pursued, by an amendment; what was reached stays.
    """

    __tablename__ = "plan_item"

    plan_id: Mapped[UUID]
    code: Mapped[str]
    kind: Mapped[str]
    section: Mapped[str | None]
    perspective: Mapped[str | None]
    origin: Mapped[str | None]
    title: Mapped[str]
    expectation: Mapped[str | None]
    assignment_id: Mapped[UUID | None]
    parent_item_id: Mapped[UUID | None]
    goal_id: Mapped[UUID | None]
    stopped_on: Mapped[date | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        within("plan_id", "plan"),
        within("parent_item_id", "plan_item"),
        within("goal_id", "goal"),
        within("assignment_id", "assignment"),
        UniqueConstraint("tenant_id", "plan_id", "code"),
        CheckConstraint("kind IN ('main', 'additional')", name="kind"),
        CheckConstraint("origin IN ('own_unit', 'other_unit', 'other_agency')", name="origin"),
    )


class ItemMeasure(TenantModel):
    """One aspect of an item: its indicator, what was promised and what was reached, in `measure` units.

    `manual` says how the indicator is counted: definition, formula, source of the figures.
    """

    __tablename__ = "item_measure"

    item_id: Mapped[UUID]
    aspect: Mapped[str]
    indicator: Mapped[str | None]
    target: Mapped[Decimal | None] = mapped_column(Numeric)
    actual: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]
    manual: Mapped[str | None]

    __table_args__ = (within("item_id", "plan_item"), UniqueConstraint("tenant_id", "item_id", "aspect"))


class ItemStrategy(TenantModel):
    """One line of how a result is to be reached, at a stage that the form names."""

    __tablename__ = "item_strategy"

    item_id: Mapped[UUID]
    stage: Mapped[str]
    place: Mapped[int]
    content: Mapped[str]

    __table_args__ = (within("item_id", "plan_item"), UniqueConstraint("tenant_id", "item_id", "stage", "place"))


class PlanAnnex(TenantModel):
    """One line of an annex of a plan (resources, accountability, consequences); `kind` is a code of the form."""

    __tablename__ = "plan_annex"

    plan_id: Mapped[UUID]
    kind: Mapped[str]
    place: Mapped[int]
    content: Mapped[str]

    __table_args__ = (within("plan_id", "plan"), UniqueConstraint("tenant_id", "plan_id", "kind", "place"))


class PlanExpectation(TenantModel):
    """What the leader expects of the person in one behaviour."""

    __tablename__ = "plan_expectation"

    plan_id: Mapped[UUID]
    behaviour: Mapped[str]
    content: Mapped[str]

    __table_args__ = (within("plan_id", "plan"), UniqueConstraint("tenant_id", "plan_id", "behaviour"))


class ResultShare(TenantModel):
    """A cell of the role and result matrix: what a member of the team does for one of the leader's results.

    `direct`: the member takes over the result, wholly or a `share` of it in percent. `supporting`: the member makes an
    `output` that is no share of it.
    """

    __tablename__ = "result_share"

    item_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    share: Mapped[Decimal | None] = mapped_column(Numeric)
    output: Mapped[str | None]

    __table_args__ = (
        within("item_id", "plan_item"),
        within("person_id", "person"),
        UniqueConstraint("tenant_id", "item_id", "person_id"),
        Index("ix_result_share_person", "tenant_id", "person_id"),
        CheckConstraint("kind IN ('direct', 'supporting')", name="kind"),
        CheckConstraint("share IS NULL OR (kind = 'direct' AND share > 0 AND share <= 100)", name="share"),
        CheckConstraint("kind = 'direct' OR output IS NOT NULL", name="output"),
    )


class Assignment(TenantModel):
    """One person's place in a team that works on a task, in the own unit, in another or at another agency.

    The team leader reports on the members; who appraises them stays the superior. `code` names the team's task.
    """

    __tablename__ = "assignment"

    code: Mapped[str]
    person_id: Mapped[UUID]
    role: Mapped[str]
    leader_id: Mapped[UUID | None]
    leader_name: Mapped[str | None]
    origin: Mapped[str]
    unit_id: Mapped[UUID | None]
    agency_name: Mapped[str | None]
    task: Mapped[str]
    basis: Mapped[str]
    result: Mapped[str | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("person_id", "person"),
        within("leader_id", "person"),
        within("unit_id", "unit"),
        UniqueConstraint("tenant_id", "code", "person_id"),
        Index("ix_assignment_person", "tenant_id", "person_id"),
        Index("ix_assignment_leader", "tenant_id", "leader_id"),
        CheckConstraint("role IN ('leader', 'member')", name="role"),
        CheckConstraint("origin IN ('own_unit', 'other_unit', 'other_agency')", name="origin"),
        CheckConstraint("origin <> 'other_agency' OR agency_name IS NOT NULL", name="agency"),
        CheckConstraint("person_id <> leader_id", name="not_oneself"),
    )


class TeamInput(TenantModel):
    """What the team leader tells the appraiser about one assigned person in one period; never a rating."""

    __tablename__ = "team_input"

    assignment_id: Mapped[UUID]
    period_code: Mapped[str]
    giver_id: Mapped[UUID | None]
    given_on: Mapped[date]
    content: Mapped[str]

    __table_args__ = (
        within("assignment_id", "assignment"),
        within("giver_id", "person"),
        UniqueConstraint("tenant_id", "assignment_id", "period_code"),
    )


class PlanRemark(TenantModel):
    """What somebody said about a plan, or about one result of it: appended, never changed, never removed.

    `item_id` is empty where the whole plan is meant, or where the result is gone from it; then `item_code` and
    `item_title` say which one it was.
    """

    __tablename__ = "plan_remark"

    plan_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    item_code: Mapped[str | None]
    item_title: Mapped[str | None]
    author_id: Mapped[UUID]
    role: Mapped[str]
    content: Mapped[str]
    written_at: Mapped[datetime]

    __table_args__ = (
        within("plan_id", "plan"),
        within("item_id", "plan_item", ondelete="SET NULL (item_id)"),
        within("author_id", "person"),
        Index("ix_plan_remark_plan", "tenant_id", "plan_id"),
        CheckConstraint("role IN ('owner', 'appraiser', 'delegate', 'reviewer')", name="role"),
        CheckConstraint("item_id IS NULL OR item_code IS NOT NULL", name="item"),
    )


class PlanReading(TenantTable):
    """How far somebody has read what was said about a plan: up to and with the moment `until`."""

    __tablename__ = "plan_reading"

    plan_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    until: Mapped[datetime]

    __table_args__ = (within("plan_id", "plan"), within("reader_id", "person"))


class PlanAmendment(TenantModel):
    """A change of an agreed plan on its way: as a whole draft (`content`), while the plan itself stays in force."""

    __tablename__ = "plan_amendment"

    plan_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="draft")
    reason: Mapped[str]
    content: Mapped[dict[str, Any]]
    note: Mapped[str | None]
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        within("plan_id", "plan"),
        Index(
            "uq_plan_amendment_open",
            "tenant_id",
            "plan_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
        CheckConstraint("state IN ('draft', 'submitted', 'agreed', 'withdrawn')", name="state"),
    )


class PlanVersion(TenantTable):
    """A plan as it was agreed, whole; number 1 is the first. `agreed_by` is who agreed, `reason` why it was changed."""

    __tablename__ = "plan_version"

    plan_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-9)
    content: Mapped[dict[str, Any]]
    agreed_at: Mapped[datetime]
    agreed_by: Mapped[UUID | None]
    reason: Mapped[str | None]

    __table_args__ = (within("plan_id", "plan"), within("agreed_by", "person"))
