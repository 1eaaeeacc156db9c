"""What the API says of machine clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ClientSecret:
    """A secret that still holds; `hint` is its last four signs."""

    hint: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class ServiceClient:
    """A machine client. `owner_id`: the account whose rights bound it; null for the agency's own."""

    id: UUID
    name: str
    kind: str
    scopes: list[str]
    owner_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    secrets: list[ClientSecret]


@dataclass(frozen=True)
class ServiceClients:
    """Every client of the agency, those in use first."""

    items: list[ServiceClient]


@dataclass(frozen=True)
class ClientRequest:
    """A client to be made: `kind` is `token` or `oauth`; its secret holds for `days`; `owned` binds it to its maker."""

    name: str
    kind: str
    scopes: list[str]
    days: int
    owned: bool = False


@dataclass(frozen=True)
class SecretRequest:
    """A further secret that holds for `days`; the present one holds for `overlap_days` more."""

    days: int
    overlap_days: int = 7


@dataclass(frozen=True)
class NewSecret:
    """A secret, in the only answer that ever holds it."""

    client_id: UUID
    secret: str
    expires_at: datetime
