"""What the API says of invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selaras.organisation.inviting import DAYS


@dataclass(frozen=True)
class Invitation:
    """An invitation; `state`: waiting, expired, accepted, revoked. `mail_to`: the link goes there, by mail."""

    id: UUID
    account_id: UUID
    name: str
    title: str
    unit: str | None
    state: str
    expires_at: datetime
    accepted_at: datetime | None
    mail_to: str | None
    mailed_at: datetime | None
    mail_trouble: str | None


@dataclass(frozen=True)
class Invitations:
    """Every invitation, the newest first."""

    items: list[Invitation]


@dataclass(frozen=True)
class InvitationRequest:
    """Whom to invite; `title` is printed in place of a NIP, `until` is the first day after the office.

    `by_mail`: the link goes to `email`, and only whom the provider calls by that address can accept it.
    """

    name: str
    title: str
    unit_id: UUID | None = None
    email: str = ""
    roles: list[str] | None = None
    until: date | None = None
    days: int = DAYS
    by_mail: bool = False


@dataclass(frozen=True)
class LinkRequest:
    """For how many days a new link holds, and whether it goes by mail."""

    days: int = DAYS
    by_mail: bool = False


@dataclass(frozen=True)
class InvitationMade:
    """What was made; `link` opens the way in, once, and is null where it goes by mail."""

    id: UUID
    account_id: UUID
    person_id: UUID
    expires_at: datetime
    link: str | None
