"""What the API says of granted roles, and of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class GrantedRole:
    """A role of an account on the days `[since, until)`: for the agency, a unit with those below it, or a calibration.

    `origin`: granted, directory, import, invitation or demo. `revoked_at`: it was taken back, because of `revocation`.
    """

    id: UUID
    account_id: UUID
    name: str
    role: str
    reach: str
    unit_id: UUID | None
    unit_name: str | None
    calibration_id: UUID | None
    since: date
    until: date | None
    origin: str
    reason: str | None
    granted_by: str | None
    granted_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    revocation: str | None


@dataclass(frozen=True)
class GrantedRoles:
    """Granted roles, by name of their holder."""

    items: list[GrantedRole]


@dataclass(frozen=True)
class RoleRequest:
    """A request that somebody be made an administrator; `state`: waiting, expired, approved, refused, withdrawn."""

    id: UUID
    account_id: UUID
    name: str
    role: str
    since: date
    until: date | None
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime
    state: str
    answered_at: datetime | None
    answered_by_name: str | None
    words: str | None


@dataclass(frozen=True)
class RoleRequests:
    """Requests, those that wait first."""

    items: list[RoleRequest]


@dataclass(frozen=True)
class GrantsQuery:
    """`past`: those that are over, too."""

    account_id: UUID | None = None
    role: str | None = None
    past: bool = False


@dataclass(frozen=True)
class GrantRequest:
    """To whom, which role, why, for what and on which days (`until` is the first day without it)."""

    account_id: UUID
    role: str
    reason: str
    since: date | None = None
    until: date | None = None
    unit_id: UUID | None = None
    calibration_id: UUID | None = None


@dataclass(frozen=True)
class RevocationRequest:
    """Why it is taken back."""

    reason: str


@dataclass(frozen=True)
class HeldBecause:
    """Why a permission is held: a granted role, being one of the people, or a team of so many `people`."""

    role: str
    grant: GrantedRole | None
    people: int
    acting: str | None


@dataclass(frozen=True)
class HeldPermission:
    """A permission with every reason for it."""

    permission: str
    because: list[HeldBecause]


@dataclass(frozen=True)
class Access:
    """What an account may do today, and why."""

    account_id: UUID
    name: str
    active: bool
    person_id: UUID | None
    permissions: list[HeldPermission]


@dataclass(frozen=True)
class PermissionHolders:
    """Who may do a thing today; employees and appraisers are counted."""

    permission: str
    granted: list[GrantedRole]
    employees: int
    appraisers: int
