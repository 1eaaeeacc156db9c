"""Accounts, dated roles and links to providers; the directory's groups; machine clients and their secrets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within
from selaras.identity.operators import models as operators  # noqa: F401  # tables are found through this module
from selaras.identity.support import models as support  # noqa: F401  # likewise


class Account(TenantModel):
    """Somebody who can sign in at this agency. `subject` is their user name: a NIP, or another name of the agency's.

    `subject_key` is what user names are compared by. What the agency's directory stated (SCIM) stands beside our own
    `name`, as it was stated, since `directory_at`. `inactive_cause` says why an account is closed; one that the
    directory deleted (`deleted_at`) keeps its row, because the ledger names it. `version` counts changes.
    """

    __tablename__ = "account"

    subject: Mapped[str]
    subject_key: Mapped[str] = mapped_column(Computed("lower(subject)", persisted=True))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    source: Mapped[str] = mapped_column(server_default="setup")
    external_id: Mapped[str | None]
    display_name: Mapped[str | None]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    emails: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    directory_at: Mapped[datetime | None]
    inactive_cause: Mapped[str | None]
    inactive_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        UniqueConstraint("tenant_id", "subject_key"),
        Index("ix_account_external_id", "tenant_id", "external_id"),
        CheckConstraint("source IN ('setup', 'import', 'scim', 'jit', 'invitation')", name="source"),
        CheckConstraint(
            "inactive_cause IN ('left', 'scim', 'import', 'page', 'deleted', 'invited')", name="inactive_cause"
        ),
    )


class RoleGrant(TenantModel):
    """A role that an account holds on the days of `during`: for the agency, one unit's subtree, or one calibration.

    `origin`: `granted` by somebody here, kept by the `directory`'s groups, an `import`, an `invitation`, or the `demo`.
    `revoked_at` says that it was taken back before its time; a grant taken back on its first day holds on no day.
    """

    __tablename__ = "role_grant"

    account_id: Mapped[UUID]
    role: Mapped[str]
    reach: Mapped[str] = mapped_column(server_default="agency")
    unit_id: Mapped[UUID | None]
    calibration_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()
    origin: Mapped[str] = mapped_column(server_default="granted")
    reason: Mapped[str | None]
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    revoked_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revocation: Mapped[str | None]

    __table_args__ = (
        within("account_id", "account"),
        within("unit_id", "unit"),
        within("granted_by", "account"),
        within("revoked_by", "account"),
        one_at_a_time("account_id", "role", "origin", name="one_role_grant_a_day", where="reach = 'agency'"),
        one_at_a_time("account_id", "role", "unit_id", name="one_role_grant_a_unit", where="reach = 'unit'"),
        one_at_a_time(
            "account_id", "role", "calibration_id", name="one_role_grant_a_calibration", where="reach = 'calibration'"
        ),
        Index("ix_role_grant_account", "tenant_id", "account_id"),
        CheckConstraint("reach IN ('agency', 'unit', 'calibration')", name="reach"),
        CheckConstraint(
            "(reach = 'unit') = (unit_id IS NOT NULL) AND (reach = 'calibration') = (calibration_id IS NOT NULL)",
            name="reach_of",
        ),
        CheckConstraint("origin IN ('granted', 'directory', 'import', 'invitation', 'demo')", name="origin"),
        CheckConstraint("(revoked_at IS NULL) = (revocation IS NULL)", name="revocation"),
    )


class DirectoryGroup(TenantModel):
    """A group of the agency's directory, as SCIM brought it. It stands for no role until the agency says so."""

    __tablename__ = "directory_group"

    display_name: Mapped[str]
    external_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class DirectoryMember(TenantTable):
    """An account in a group of the directory."""

    __tablename__ = "directory_member"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        within("group_id", "directory_group"),
        within("account_id", "account"),
        Index("ix_directory_member_account", "tenant_id", "account_id"),
    )


class DirectoryRole(TenantTable):
    """A role that a group's members hold here: said by the agency's administrator, group by group, never by a name."""

    __tablename__ = "directory_role"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("group_id", "directory_group"),
        within("account_id", "account"),
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


class RoleRequest(TenantModel):
    """A role that needs a second administrator's word: asked for by one, answered by another, or expired.

    `answer`: approved, refused, or withdrawn by whoever asked, with `words`.
    """

    __tablename__ = "role_request"

    account_id: Mapped[UUID]
    role: Mapped[str]
    during: Mapped[Range[date]] = dated()
    reason: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    words: Mapped[str | None]

    __table_args__ = (
        within("account_id", "account"),
        within("asked_by", "account"),
        within("answered_by", "account"),
        Index("ix_role_request_waiting", "tenant_id", "account_id", postgresql_where=text("answer IS NULL")),
        CheckConstraint("answer IN ('approved', 'refused', 'withdrawn')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        # Four eyes, also for whoever writes rows another way.
        CheckConstraint("answer <> 'approved' OR answered_by NOT IN (asked_by, account_id)", name="second"),
    )


class IdentityProvider(TenantModel):
    """An OpenID provider by which this agency's people sign in; several may be active at once.

    `name`: per language (`id`, `en`), or under `id` alone. `client_secret` is sealed (`vault`), None for a public
    client. `number_claim` is the claim that names somebody's account: a NIP or a user name. `published` is the
    metadata that counts, `checks` what was last found; `proposed` is what is published now where an administrator has
    to read it first, and `away_since` when it could no longer be asked. `tested` is what the last test sign-in came to,
    without a claim's value.
    """

    __tablename__ = "identity_provider"

    position: Mapped[int] = mapped_column(server_default=text("1"))
    name: Mapped[dict[str, Any]]
    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    number_claim: Mapped[str]
    name_claim: Mapped[str]
    email_claim: Mapped[str]
    acr_values: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    amr_values: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    max_age: Mapped[int | None]
    just_in_time: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="draft")
    published: Mapped[dict[str, Any] | None]
    checks: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    checked_at: Mapped[datetime | None]
    away_since: Mapped[datetime | None]
    proposed: Mapped[dict[str, Any] | None]
    proposed_at: Mapped[datetime | None]
    tested: Mapped[dict[str, Any] | None]
    tested_at: Mapped[datetime | None]
    tested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        within("tested_by", "account"),
        CheckConstraint("state IN ('draft', 'tested', 'active', 'retired')", name="state"),
        CheckConstraint("state NOT IN ('tested', 'active') OR published IS NOT NULL", name="published"),
        CheckConstraint("max_age > 0", name="max_age"),
    )


class AccountLink(TenantTable):
    """Whom a provider means by one of its subjects: made at the first sign-in, and believed from then on."""

    __tablename__ = "account_link"

    provider_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    used_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("provider_id", "identity_provider"),
        within("account_id", "account"),
        UniqueConstraint("tenant_id", "provider_id", "account_id"),
        Index("ix_account_link_account", "tenant_id", "account_id"),
    )


class AccessLimit(TenantTable):
    """The agency's own limits of sessions and requests; without a row the defaults hold (`identity.access_limits`)."""

    __tablename__ = "access_limit"

    idle_minutes: Mapped[int]
    absolute_minutes: Mapped[int]
    session_requests: Mapped[int]
    client_requests: Mapped[int]
    address_requests: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_by: Mapped[UUID | None]

    __table_args__ = (within("changed_by", "account"),)
