"""A job is a letter behind the agency's wall and an envelope at the platform, written in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel, TenantModel


class Job(TenantModel):
    """The letter: what to do, how far it is, what came out. Only the agency sees it."""

    __tablename__ = "job"

    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="waiting")
    done: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index("ix_job_created", "tenant_id", "created_at"),
    )


class JobEnvelope(PlatformModel):
    """The envelope: whose letter waits, since when, who carries it. The dispatcher reads only this.

    It goes when the job ends, so the table is as long as the queue.
    """

    __tablename__ = "job_envelope"
    reason = "the dispatcher is fair across agencies, so it must see whose letters wait; it sees no letter"
    app_may = "SELECT, INSERT, UPDATE, DELETE"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    waiting_since: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    admitted_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    worker: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'admitted', 'running')", name="state"),
        Index("ix_job_envelope_waiting", "state", "tenant_id", "waiting_since"),
    )
