"""A close of a period and the stages it went through; the figures that leave the wall."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import SummaryModel, TenantModel, within


class Close(TenantModel):
    """One run of closing a period.

    `state`: running, blocked (a distribution breach waits for people), set (ditetapkan), withdrawn (drafts removed).
    `batch_id` is the batch of outcomes that it drafts and sets; `figures` are what the overview shows.
    """

    __tablename__ = "close"

    period_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="running")
    stage: Mapped[str | None]
    batch_id: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]
    without_unrated: Mapped[bool] = mapped_column(server_default=text("false"))
    document_id: Mapped[UUID | None]
    annex_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    figures: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        within("period_id", "period"),
        within("batch_id", "outcome_batch"),
        CheckConstraint("state IN ('running', 'blocked', 'set', 'withdrawn')", name="state"),
        Index(
            "uq_close_one_under_way",
            "tenant_id",
            "period_id",
            unique=True,
            postgresql_where=text("state IN ('running', 'blocked', 'set')"),
        ),
    )


class CloseStage(TenantModel):
    """A stage (or one chunk of it) that is done: written in the same transaction as its own rows."""

    __tablename__ = "close_stage"

    close_id: Mapped[UUID]
    stage: Mapped[str]
    chunk: Mapped[int]
    rows: Mapped[int]
    last_person_id: Mapped[UUID | None]
    more: Mapped[bool] = mapped_column(server_default=text("false"))
    seconds: Mapped[float]
    finished_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (within("close_id", "close"), UniqueConstraint("tenant_id", "close_id", "stage", "chunk"))


class CloseSummary(SummaryModel):
    """The last close of a period in figures: what the console sees of an agency."""

    __tablename__ = "close_summary"

    period_code: Mapped[str] = mapped_column(primary_key=True)
    regulation: Mapped[str]
    people: Mapped[int]
    evaluated: Mapped[int]
    units: Mapped[int]
    breaches: Mapped[int]
    overrides: Mapped[int]
    pay_base: Mapped[Decimal] = mapped_column(Numeric(18, 0))
    pay_amount: Mapped[Decimal] = mapped_column(Numeric(18, 0))
    seconds: Mapped[float]
    set_at: Mapped[datetime]


class OutcomeSummary(SummaryModel):
    """How many people of an agency had which outcome in a period, by employment; small cells are kept inside."""

    __tablename__ = "outcome_summary"

    period_code: Mapped[str] = mapped_column(primary_key=True)
    employment: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
