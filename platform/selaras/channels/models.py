"""What an agency and a person choose about channels, and every message's way along one."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantTable, within


class ChannelSetting(TenantTable):
    """The agency's own choices; without a row the defaults hold (`channels.settings`). `quiet_*` in its own zone.

    `working_days`: nothing is sent on days when offices are closed. `gateway_secret` is sealed.
    """

    __tablename__ = "channel_setting"

    sender_name: Mapped[str | None]
    email_mode: Mapped[str]
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    digest_at: Mapped[time]
    working_days: Mapped[bool]
    gateway_url: Mapped[str | None]
    gateway_secret: Mapped[bytes | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_by: Mapped[UUID | None]

    __table_args__ = (
        within("changed_by", "account"),
        CheckConstraint("email_mode IN ('each', 'daily', 'off')", name="email_mode"),
        CheckConstraint("(gateway_url IS NULL) = (gateway_secret IS NULL)", name="gateway"),
    )


class ChannelChoice(TenantTable):
    """What a person chose for a channel, and what went wrong with the address that they have there.

    E-mail goes to the account's address; only a messenger has an `address` here, which its person entered.
    """

    __tablename__ = "channel_choice"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str | None]
    address: Mapped[str | None]
    trouble: Mapped[str | None]
    trouble_address: Mapped[str | None]
    trouble_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        CheckConstraint("channel IN ('email', 'messenger')", name="channel"),
        CheckConstraint("mode IN ('each', 'daily', 'off')", name="mode"),
    )


class Delivery(TenantTable):
    """One notice on its way to one person along one channel; its key is why nothing is sent twice.

    Written in bulk after a close, so it has no foreign key (decision 17).
    """

    __tablename__ = "delivery"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(primary_key=True)
    mode: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    trouble: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("channel IN ('email', 'messenger')", name="channel"),
        CheckConstraint("mode IN ('each', 'daily')", name="mode"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'read', 'off', 'refused', 'failed', 'unsure')", name="state"
        ),
        Index("ix_delivery_due", "tenant_id", "due_at", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index("ix_delivery_ended", "tenant_id", "ended_at"),
    )
