"""Tables of the objection desk: the case, what was frozen with it, what both sides said, who stood back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class ObjectionCase(TenantModel):
    """One objection on its way: who decides it now, since when both sides are heard, whether it was withdrawn.

    `decider_id` is None where the official at the top decides. `hearing`: days, kind, article and certainty of the time
    that both sides have. What was objected to stands in `outcome`, the reasons in `outcome_event`.
    """

    __tablename__ = "objection_case"
    app_may = "SELECT, INSERT, UPDATE"

    person_id: Mapped[UUID]
    period_id: Mapped[UUID]
    segment: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(SmallInteger)
    decider_id: Mapped[UUID | None]
    invited_at: Mapped[datetime]
    hearing: Mapped[dict[str, Any]]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("period_id", "period"),
        within("decider_id", "person"),
        UniqueConstraint("tenant_id", "period_id", "person_id", "segment", "revision"),
        Index("ix_objection_case_decider", "tenant_id", "decider_id"),
    )


class ObjectionStatement(TenantModel):
    """What one side says to an objection, once; without words it has nothing to add. Its files bear its id.

    `delegation_id`: by what somebody spoke for the appraiser.
    """

    __tablename__ = "objection_statement"
    app_may = "SELECT, INSERT"

    case_id: Mapped[UUID]
    said_by: Mapped[str]
    content: Mapped[str | None]
    account_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("case_id", "objection_case"),
        within("account_id", "account"),
        within("delegation_id", "delegation"),
        UniqueConstraint("tenant_id", "case_id", "said_by"),
        CheckConstraint("said_by IN ('employee', 'appraiser')", name="said_by"),
    )


class ObjectionInterest(TenantModel):
    """Somebody who had to decide an objection declares an interest of their own and stands back. Appended only."""

    __tablename__ = "objection_interest"
    app_may = "SELECT, INSERT"

    case_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    account_id: Mapped[UUID]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("case_id", "objection_case"),
        within("person_id", "person"),
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "case_id", "account_id"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )


class ObjectionBundle(TenantModel):
    """The evidence as it stood when the objection was filed: a manifest of files with their hashes. Never changed.

    `sha256` is that of the manifest in its canonical form; the ledger has it too.
    """

    __tablename__ = "objection_bundle"
    app_may = "SELECT, INSERT"

    case_id: Mapped[UUID]
    manifest: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (within("case_id", "objection_case"), UniqueConstraint("tenant_id", "case_id"))


class ObjectionBundleFile(TenantModel):
    """A file of a bundle; as long as this row stands, the file's own cannot be removed."""

    __tablename__ = "objection_bundle_file"
    app_may = "SELECT, INSERT"

    bundle_id: Mapped[UUID]
    file_id: Mapped[UUID]
    path: Mapped[str]

    __table_args__ = (
        within("bundle_id", "objection_bundle"),
        within("file_id", "stored_file"),
        UniqueConstraint("tenant_id", "bundle_id", "path"),
    )
