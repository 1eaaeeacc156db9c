"""What an agency forwards of a ticket to the operator, and what the operator answers; neither names a person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel, SummaryModel


class ForwardedTicket(SummaryModel):
    """A copy of a ticket without names and numbers, which the agency's administrator read before it was sent."""

    __tablename__ = "forwarded_ticket"
    app_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-90)
    category: Mapped[str]
    content: Mapped[str]
    reference: Mapped[str]
    place: Mapped[str]
    browser: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class TicketFigure(SummaryModel):
    """How many problems people of an agency told in a month about one cluster: counts, and nothing of a ticket."""

    __tablename__ = "ticket_figure"

    month: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[int]
    open: Mapped[int]
    forwarded: Mapped[int]


class TicketReply(PlatformModel):
    """What an operator answers to a forwarded ticket; `closes`: nothing more is needed. Appended only."""

    __tablename__ = "ticket_reply"
    reason = "written by the console to one agency; the agency's process reads its own alone"
    console_may = "SELECT, INSERT"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    forwarded_id: Mapped[UUID]
    content: Mapped[str]
    closes: Mapped[bool]
    operator_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("length(btrim(content)) >= 1", name="content"),
        Index("ix_ticket_reply_forwarded", "tenant_id", "forwarded_id"),
    )
