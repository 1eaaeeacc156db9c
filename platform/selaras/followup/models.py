"""What follows an outcome: remuneration; proposals and decisions; improvement; objections; merit; choices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within
from selaras.followup.desk import models as desk  # noqa: F401  # tables are found through this module
from selaras.followup.improvement_plans import models as improvement_plans  # noqa: F401  # tables are found so
from selaras.followup.pay import models as pay  # noqa: F401  # the same


class RemunerationTable(TenantModel):
    """An agency's scheme: outcome × job class → percent and rupiah in one of the shapes of the remuneration kit.

    Dated, with its source and how sure we are of it; `options` hold what the shape needs besides the two tables
    (`selaras.regulation.kit.read_scheme`), `rows` a decision table where the outcome alone does not say the percent.
    A changed scheme is a new row with the next `version`; `restores`: the earlier version that it brings back.
    """

    __tablename__ = "remuneration_table"

    name: Mapped[str]
    kind: Mapped[str]
    percents: Mapped[dict[str, Any]]
    bases: Mapped[dict[str, Any]]
    effect: Mapped[str]
    shape: Mapped[str] = mapped_column(server_default="quarter_to_next_quarter")
    options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rows: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    restores: Mapped[int | None] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    source: Mapped[str]
    certainty: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        one_at_a_time("kind", name="one_remuneration_table_a_day"),
        CheckConstraint("kind IN ('tukin', 'tpp')", name="kind"),
        CheckConstraint(
            "shape IN ('quarter_to_next_quarter', 'year_to_next_year', 'monthly_deduction', 'weighted', 'components', "
            "'score_engine')",
            name="shape",
        ),
        CheckConstraint("kind = 'tpp' OR shape <> 'components'", name="components_are_tpp"),
        CheckConstraint("kind = 'tukin' OR shape NOT IN ('weighted', 'score_engine')", name="weights_are_tukin"),
    )


class Remuneration(TenantTable):
    """What one outcome does to one person's performance pay: percent of the base, rupiah a month.

    `facts` are kept where the amount follows from more than outcome and job class (candidate, acting officer).
    """

    __tablename__ = "remuneration"

    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    segment: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-8)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-7)
    table_id: Mapped[UUID]
    percent: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    base: Mapped[Decimal] = mapped_column(Numeric(14, 0))
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 0))
    facts: Mapped[dict[str, Any] | None]


class Proposal(TenantModel):
    """What an outcome speaks for, of one kind (reward, improvement, contract_end, …): never more than a proposal.

    `basis` keeps why: the outcome, the rule with its hash, article, certainty and label, and the steps' values.
    """

    __tablename__ = "proposal"

    person_id: Mapped[UUID]
    period_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="proposed")
    outcome: Mapped[str]
    basis: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        within("period_id", "period"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "kind", "revision"),
        CheckConstraint(
            "state IN ('proposed', 'endorsed', 'declined', 'decided', 'rejected', 'carried_out', 'withdrawn')",
            name="state",
        ),
        Index("ix_proposal_person", "tenant_id", "person_id"),
        Index("ix_proposal_state", "tenant_id", "state", "kind", "id"),
    )


class ProposalEvent(TenantModel):
    """What an official did with a proposal, with the reason or the decree. Appended only."""

    __tablename__ = "proposal_event"
    app_may = "SELECT, INSERT"

    proposal_id: Mapped[UUID]
    state: Mapped[str]
    reason: Mapped[str | None]
    decree_number: Mapped[str | None]
    decree_date: Mapped[date | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("proposal_id", "proposal"),
        within("account_id", "account"),
        Index("ix_proposal_event_proposal", "tenant_id", "proposal_id"),
        CheckConstraint("state <> 'decided' OR decree_number IS NOT NULL", name="decree"),
    )


class ImprovementCase(TenantModel):
    """Somebody below target on the path of PP 30/2019 Ps 56-58: the stage, its last day, and force majeure so far."""

    __tablename__ = "improvement_case"

    person_id: Mapped[UUID]
    proposal_id: Mapped[UUID]
    stage: Mapped[str]
    opened_on: Mapped[date]
    due_on: Mapped[date | None]
    temporary_from: Mapped[date | None]
    paused_on: Mapped[date | None]
    paused_days: Mapped[int] = mapped_column(server_default="0")
    closed_on: Mapped[date | None]

    __table_args__ = (
        within("person_id", "person"),
        within("proposal_id", "proposal"),
        UniqueConstraint("tenant_id", "proposal_id"),
        Index(
            "uq_improvement_case_open",
            "tenant_id",
            "person_id",
            unique=True,
            postgresql_where=text("closed_on IS NULL"),
        ),
        CheckConstraint("paused_days >= 0", name="paused_days"),
    )


class ImprovementStep(TenantModel):
    """One step of an improvement case: what was done, by whom, on which day, why, by which decree. Appended only."""

    __tablename__ = "improvement_step"
    app_may = "SELECT, INSERT"

    case_id: Mapped[UUID]
    action: Mapped[str]
    stage: Mapped[str]
    on_day: Mapped[date]
    article: Mapped[str]
    reason: Mapped[str]
    decree_number: Mapped[str | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("case_id", "improvement_case"),
        within("account_id", "account"),
        Index("ix_improvement_step_case", "tenant_id", "case_id"),
    )


class ObjectionDecision(TenantModel):
    """How an objection was decided (PP 30/2019 Ps 59): final. Upheld, it names the correcting revision.

    `extent`: granted as a whole, in part, or not at all. `delegation_id`: by what whoever decided acted for another.
    """

    __tablename__ = "objection_decision"
    app_may = "SELECT, INSERT"

    person_id: Mapped[UUID]
    period_id: Mapped[UUID]
    segment: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(SmallInteger)
    upheld: Mapped[bool]
    extent: Mapped[str]
    reason: Mapped[str]
    corrected_revision: Mapped[int | None] = mapped_column(SmallInteger)
    decided_as: Mapped[str]
    account_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        within("period_id", "period"),
        within("account_id", "account"),
        within("delegation_id", "delegation"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "segment", "revision"),
        CheckConstraint("NOT upheld OR corrected_revision IS NOT NULL", name="revision"),
        CheckConstraint("extent IN ('whole', 'part', 'none')", name="extent"),
        CheckConstraint("upheld = (extent <> 'none')", name="upheld"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )


class MeritAssessment(TenantModel):
    """The agency's self-assessment of how it manages performance in a year: answers, evidence, scores. No person."""

    __tablename__ = "merit_assessment"

    year: Mapped[int] = mapped_column(SmallInteger)
    regulation: Mapped[str]
    rule_hash: Mapped[str]
    figures: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]
    scores: Mapped[dict[str, Any]]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (within("account_id", "account"), UniqueConstraint("tenant_id", "year"))


class Potential(TenantModel):
    """A person's place on the potential axis, as the agency's own assessment found it, dated, with its source."""

    __tablename__ = "potential"

    person_id: Mapped[UUID]
    level: Mapped[str]
    source: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (within("person_id", "person"), one_at_a_time("person_id", name="one_potential_a_day"))
