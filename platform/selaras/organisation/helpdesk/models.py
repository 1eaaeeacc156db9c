"""A ticket as the agency keeps it, and what was said about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class Ticket(TenantModel):
    """Something that does not work for somebody: where, in their words; who handles it now (`level`), and whether.

    `reference` is the request's id, `place` the kind of page (never its address), `browser` what it calls itself.
    `forwarded_id` is the copy that the operator sees; nothing else of a ticket leaves the agency.
    """

    __tablename__ = "ticket"
    app_may = "SELECT, INSERT, UPDATE"

    category: Mapped[str]
    content: Mapped[str]
    reference: Mapped[str]
    place: Mapped[str]
    browser: Mapped[str]
    account_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    level: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    forwarded_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("account_id", "account"),
        within("person_id", "person"),
        within("unit_id", "unit"),
        CheckConstraint(
            "category IN ('planning', 'coaching', 'appraisal', 'follow_up', 'information_system', 'governance')",
            name="category",
        ),
        CheckConstraint("level IN ('unit', 'agency', 'operator')", name="level"),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        CheckConstraint("(level = 'operator') = (forwarded_id IS NOT NULL)", name="forwarded"),
        Index("ix_ticket_account", "tenant_id", "account_id"),
        Index("ix_ticket_state", "tenant_id", "state", "level"),
    )


class TicketMessage(TenantModel):
    """What somebody of the agency said about a ticket. Appended only."""

    __tablename__ = "ticket_message"
    app_may = "SELECT, INSERT"

    ticket_id: Mapped[UUID]
    account_id: Mapped[UUID]
    content: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("ticket_id", "ticket"),
        within("account_id", "account"),
        Index("ix_ticket_message_ticket", "tenant_id", "ticket_id"),
    )
