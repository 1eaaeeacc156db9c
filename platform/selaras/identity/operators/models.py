"""Accounts of the instance's operators and the roles they hold, dated; the console's own, unseen by the agencies."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel


class OperatorAccount(PlatformModel):
    """Somebody who works at the console. `login` is what the operators' provider calls them.

    The first sign-in binds the account to that provider's own, unchanging name (`issuer`, `subject`).
    """

    __tablename__ = "operator_account"
    app_may = ""
    console_may = "SELECT, INSERT, UPDATE"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="bound"),
    )


class OperatorGrant(PlatformModel):
    """A role that an operator holds on the days of `during`; who granted it stands in the operators' journal."""

    __tablename__ = "operator_grant"
    app_may = ""
    console_may = "SELECT, INSERT, UPDATE"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("selaras.operator_account.id"))
    role: Mapped[str]
    during: Mapped[Range[date]] = mapped_column(DATERANGE)

    __table_args__ = (
        ExcludeConstraint(
            ("operator_id", "="), ("role", "="), ("during", "&&"), using="gist", name="one_operator_role_a_day"
        ),
        CheckConstraint("role IN ('observer', 'rollout', 'support', 'administrator')", name="role"),
    )
