"""What the API says of sessions, and of an agency's limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from marshmallow.validate import Range

from selaras.identity.access_limits import BOUNDS


def _limit(name: str) -> int:
    least, most = BOUNDS[name]
    kept: int = field(metadata={"validate": Range(least, most)})
    return kept


@dataclass(frozen=True)
class OpenSession:
    """A browser that is signed in. `key` names it and opens nothing; `this` is the session that asks."""

    key: str
    since: datetime
    last_seen: datetime
    ends_at: datetime
    address: str
    browser: str
    method: str
    acr: str | None
    this: bool


@dataclass(frozen=True)
class OpenSessions:
    """The sessions of an account, the newest first."""

    items: list[OpenSession]


@dataclass(frozen=True)
class AccessLimits:
    """Minutes of a session (idle, altogether); requests a minute of a session, a client, an address of nobody yet."""

    idle_minutes: int = _limit("idle_minutes")
    absolute_minutes: int = _limit("absolute_minutes")
    session_requests: int = _limit("session_requests")
    client_requests: int = _limit("client_requests")
    address_requests: int = _limit("address_requests")
