"""An agency's connection to a national system, and every result's way there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within


class NationalConnection(TenantTable):
    """What an agency entered. `secrets` are sealed; `entered` holds the rest, by the endpoint's fields.

    `stopped`: why nothing goes now, in the other side's words in `said`; with `paused_until` it ends by itself.
    """

    __tablename__ = "national_connection"

    endpoint: Mapped[str]
    mode: Mapped[str]
    send_when: Mapped[str]
    per_second: Mapped[float] = mapped_column(Numeric(5, 2))
    entered: Mapped[dict[str, Any]]
    secrets: Mapped[bytes | None]
    stopped: Mapped[str | None]
    said: Mapped[str | None]
    paused_until: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_by: Mapped[UUID | None]

    __table_args__ = (
        within("changed_by", "account"),
        CheckConstraint("mode IN ('primary', 'companion', 'files')", name="mode"),
        CheckConstraint("send_when IN ('set', 'final')", name="send_when"),
        CheckConstraint("per_second > 0 AND per_second <= 50", name="per_second"),
        CheckConstraint("stopped IN ('token_expired', 'keys_refused', 'busy', 'away')", name="stopped"),
    )


class NationalItem(TenantModel):
    """One result on its way: newest revision, what is in the way, and its id there, which a correction keeps.

    Written with the results, in bulk; so it has no foreign key (docs/decisions/0017-no-foreign-keys-on-hot-tables.md).
    `unsure`: a request may have taken effect although no answer came; then it is looked up before it is told again.
    """

    __tablename__ = "national_item"

    period_id: Mapped[UUID]
    person_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(server_default="new")
    causes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    content_hash: Mapped[bytes | None]
    sent_hash: Mapped[bytes | None]
    remote_id: Mapped[str | None]
    unsure: Mapped[bool] = mapped_column(server_default=text("false"))
    said: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "period_id", "person_id"),
        CheckConstraint("state IN ('new', 'faulty', 'ready', 'sending', 'sent', 'rejected', 'unwanted')", name="state"),
        Index("ix_national_item_due", "tenant_id", "due_at", postgresql_where=text("state IN ('ready', 'sending')")),
        Index("ix_national_item_new", "tenant_id", "period_id", postgresql_where=text("state = 'new'")),
    )
