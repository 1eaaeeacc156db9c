"""What the API says of identity providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ProviderCheck:
    """One thing that was looked at: `state` is good, warn or bad; `message` says what was found and what to do."""

    code: str
    state: str
    message: str


@dataclass(frozen=True)
class ProviderChange:
    """One member of the metadata that differs; `decisive` ones are not taken over without an administrator."""

    name: str
    before: str
    after: str
    decisive: bool


@dataclass(frozen=True)
class IdentityProvider:
    """A provider: `state` is draft, tested, active or retired. Its secret is never told, only whether there is one.

    `proposed`: what it publishes differently since `proposed_at`, until it is adopted; what counted before counts
    meanwhile. `away_since`: it could not be asked any more.
    """

    id: UUID
    position: int
    name: str
    name_en: str
    issuer: str
    client_id: str
    has_secret: bool
    scopes: list[str]
    number_claim: str
    name_claim: str
    email_claim: str
    acr_values: list[str]
    amr_values: list[str]
    max_age: int | None
    just_in_time: bool
    state: str
    checks: list[ProviderCheck]
    checked_at: datetime | None
    tested_at: datetime | None
    tested_by: UUID | None
    away_since: datetime | None
    proposed: list[ProviderChange]
    proposed_at: datetime | None


@dataclass(frozen=True)
class IdentityProviders:
    """Every provider of the agency in the order of the sign-in page, retired ones last."""

    items: list[IdentityProvider]


@dataclass(frozen=True)
class ProviderRequest:
    """A provider as it is entered. Without `client_secret` a change keeps the present one; empty: a public client.

    `max_age`: seconds after which the provider must have asked again; null leaves it to the provider.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    name_en: str = ""
    scopes: list[str] | None = None
    number_claim: str = "preferred_username"
    name_claim: str = "name"
    email_claim: str = "email"
    acr_values: list[str] | None = None
    amr_values: list[str] | None = None
    max_age: int | None = None
    just_in_time: bool = False
    position: int | None = None


@dataclass(frozen=True)
class UnlinkRequest:
    """The account, by NIP or user name, whose old mark at the provider is to be forgotten."""

    user_name: str
