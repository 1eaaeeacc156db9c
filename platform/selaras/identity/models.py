"""Accounts and the roles they hold, dated."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, dated, one_at_a_time, within


class Account(TenantModel):
    """Somebody who can sign in at this agency. `subject` is the identity provider's name for them."""

    __tablename__ = "account"

    subject: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (UniqueConstraint("tenant_id", "subject"),)


class RoleGrant(TenantModel):
    """A role that an account holds on the days of `during`; within one unit's subtree if `unit_id` is set."""

    __tablename__ = "role_grant"

    account_id: Mapped[UUID]
    role: Mapped[str]
    unit_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("account_id", "account"),
        within("unit_id", "unit"),
        one_at_a_time("account_id", "role", name="one_role_grant_a_day", where="unit_id IS NULL"),
        Index("ix_role_grant_account", "tenant_id", "account_id"),
    )
