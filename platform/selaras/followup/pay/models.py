"""Tables of the agency's own rules of pay."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within


class RemunerationDraft(TenantModel):
    """A table of pay on its way: written by one person, simulated, approved by a second, then a version in force.

    `content` is the table as it is edited (`selaras.followup.pay.content`). `edition` grows with every change; the
    simulation that an approval rests on is one of the same edition.
    """

    __tablename__ = "remuneration_draft"
    app_may = "SELECT, INSERT, UPDATE"

    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    starts: Mapped[date]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str]
    edition: Mapped[int] = mapped_column(server_default=text("1"))
    restores: Mapped[int | None] = mapped_column(SmallInteger)
    drawn_by: Mapped[UUID]
    drawn_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    table_id: Mapped[UUID | None]

    __table_args__ = (
        within("drawn_by", "account"),
        within("decided_by", "account"),
        within("table_id", "remuneration_table"),
        CheckConstraint("kind IN ('tukin', 'tpp')", name="kind"),
        CheckConstraint("state IN ('draft', 'submitted', 'active', 'withdrawn')", name="state"),
        CheckConstraint("decided_by <> drawn_by", name="two_persons"),
        CheckConstraint("(state = 'active') = (table_id IS NOT NULL)", name="active"),
        CheckConstraint("state <> 'active' OR decided_by IS NOT NULL", name="approved"),
        Index(
            "uq_remuneration_draft_open",
            "tenant_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
    )


class PaySimulation(TenantModel):
    """What a draft of one edition would have paid for the results of a past period: figures, no person.

    `fingerprint` covers every amount; `people` who would be paid differently stand in `PaySimulationLine`.
    """

    __tablename__ = "pay_simulation"

    draft_id: Mapped[UUID]
    edition: Mapped[int]
    period_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="waiting")
    figures: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None]
    problem: Mapped[str | None]
    account_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("draft_id", "remuneration_draft"),
        within("period_id", "period"),
        within("account_id", "account"),
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'done') = (figures IS NOT NULL)", name="figures"),
        Index("ix_pay_simulation_draft", "tenant_id", "draft_id"),
    )


class PaySimulationLine(TenantTable):
    """One person whom a simulated table would pay differently: rupiah a month; None where nothing is paid."""

    __tablename__ = "pay_simulation_line"

    simulation_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    unit_id: Mapped[UUID]
    before: Mapped[Decimal | None] = mapped_column(Numeric(14, 0))
    after: Mapped[Decimal | None] = mapped_column(Numeric(14, 0))
    difference: Mapped[Decimal] = mapped_column(Numeric(14, 0))

    __table_args__ = (
        within("simulation_id", "pay_simulation", ondelete="CASCADE"),
        Index("ix_pay_simulation_line_difference", "tenant_id", "simulation_id", "difference"),
    )
