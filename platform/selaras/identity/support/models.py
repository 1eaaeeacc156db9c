"""Support access in rows that are only ever appended: what operators ask and do, what the agency answers, what is seen.

Neither side can write the other's part: the console cannot approve, and no agency can answer for another.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel, SummaryModel

_OWN = "written by the console before the agency answers; the agency's process reads its own alone"


class SupportRequest(PlatformModel):
    """What an operator asks of an agency: why, on which ticket, for how long. Names no person of the agency."""

    __tablename__ = "support_request"
    reason = _OWN
    console_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("selaras.operator_account.id"))
    operator_name: Mapped[str]
    reason_text: Mapped[str]
    ticket: Mapped[str]
    minutes: Mapped[int]
    urgent: Mapped[bool]
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("id", "operator_id"),
        Index("ix_support_request_agency", "tenant_id", "at"),
        CheckConstraint("minutes BETWEEN 15 AND 240", name="minutes"),
        CheckConstraint("length(btrim(reason_text)) >= 20", name="reason_text"),
    )


class SupportStep(PlatformModel):
    """What operators did about a request: a second one confirmed it, a way in was handed over, it was ended.

    `code` is the hash of a way in. The database itself refuses that somebody confirms their own request.
    """

    __tablename__ = "support_step"
    console_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    request_id: Mapped[UUID]
    requester_id: Mapped[UUID]
    step: Mapped[str]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("selaras.operator_account.id"))
    operator_name: Mapped[str]
    code: Mapped[str | None] = mapped_column(unique=True)
    at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["request_id", "requester_id"], ["selaras.support_request.id", "selaras.support_request.operator_id"]
        ),
        CheckConstraint("step IN ('confirmed', 'handed_over', 'ended')", name="step"),
        CheckConstraint("step <> 'confirmed' OR operator_id <> requester_id", name="two_operators"),
        CheckConstraint("(step = 'handed_over') = (code IS NOT NULL)", name="code"),
        Index(
            "uq_support_step_once", "request_id", "step", unique=True, postgresql_where=text("step <> 'handed_over'")
        ),
    )


class SupportAnswer(SummaryModel):
    """What happened at the agency: approved or refused, entered by a code that is spent thereby, ended, taken note of.

    Written behind the agency's own wall, read by the console.
    """

    __tablename__ = "support_answer"
    app_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-90)
    request_id: Mapped[UUID]
    step: Mapped[str]
    code: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("step IN ('approved', 'refused', 'entered', 'ended_by_agency', 'left', 'noted')", name="step"),
        UniqueConstraint("tenant_id", "code"),
        Index(
            "uq_support_answer_decision",
            "tenant_id",
            "request_id",
            unique=True,
            postgresql_where=text("step IN ('approved', 'refused')"),
        ),
        Index("ix_support_answer_request", "tenant_id", "request_id"),
    )


class SupportView(SummaryModel):
    """One page that was shown to support: which kind, when. What was on it stands in the agency's ledger only."""

    __tablename__ = "support_view"
    app_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-90)
    request_id: Mapped[UUID]
    route: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_support_view_request", "tenant_id", "request_id"),)
