"""What the API says of accounts and of the directory's groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class AccountsQuery:
    """Which accounts; `state`: open, closed, never (signed in); `source`: setup, import, scim, jit, invitation."""

    search: str | None = None
    state: str | None = None
    source: str | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True)
class RoleHeld:
    """A role of today; `origin`: granted, directory, import, invitation."""

    role: str
    origin: str


@dataclass(frozen=True)
class AccountShown:
    """An account with its roles of today; `inactive_cause`: left, scim, import, page, deleted."""

    id: UUID
    user_name: str
    name: str
    active: bool
    source: str
    inactive_cause: str | None
    inactive_at: datetime | None
    last_sign_in_at: datetime | None
    created_at: datetime
    person_id: UUID | None
    person_name: str | None
    left_on: date | None
    roles: list[RoleHeld]


@dataclass(frozen=True)
class Accounts:
    """One page; `next` is the cursor of the following one, null on the last."""

    items: list[AccountShown]
    next: str | None


@dataclass(frozen=True)
class DirectoryGroupShown:
    """A group of the directory and the roles that its members hold here."""

    id: UUID
    display_name: str
    external_id: str | None
    members: int
    roles: list[str]


@dataclass(frozen=True)
class DirectoryGroups:
    """Every group of the directory."""

    items: list[DirectoryGroupShown]


@dataclass(frozen=True)
class GroupRoles:
    """All the roles that a group stands for from today on."""

    roles: list[str]
