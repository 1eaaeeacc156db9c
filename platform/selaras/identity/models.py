"""Accounts and the roles they hold, dated; machine clients and their secrets."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
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


class ServiceClient(TenantModel):
    """A machine that asks the API in the agency's name, within its scopes.

    With `owner_id` it may no more than that account may on the day. `kind`: `token` shows its secret with every
    request, `oauth` exchanges it for tokens of some minutes.
    """

    __tablename__ = "service_client"

    name: Mapped[str]
    kind: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    owner_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]

    __table_args__ = (
        within("owner_id", "account"),
        within("created_by", "account"),
        within("revoked_by", "account"),
        CheckConstraint("kind IN ('token', 'oauth')", name="kind"),
    )


class ServiceSecret(TenantModel):
    """One secret of a client, as a hash; two may hold at a time, so that a machine can change over."""

    __tablename__ = "service_secret"

    client_id: Mapped[UUID]
    hash: Mapped[str]
    hint: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]

    __table_args__ = (
        within("client_id", "service_client"),
        within("created_by", "account"),
        UniqueConstraint("tenant_id", "hash"),
        Index("ix_service_secret_client", "tenant_id", "client_id"),
    )
