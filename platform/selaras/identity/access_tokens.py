"""Access tokens of machine clients: opaque, of some minutes, in Redis behind the agency's uuid, by their hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import redis

from selaras.clock import now
from selaras.identity.clients import hash_of
from selaras.identity.sessions import in_words

LIFE = timedelta(minutes=15)
PREFIX = "sla_"


@dataclass(frozen=True)
class Granted:
    """What a token was given for: a client of an agency, some of its scopes, until when."""

    agency: UUID
    client_id: UUID
    scopes: tuple[str, ...]
    until: datetime


class AccessTokens:
    """Tokens of every agency in one Redis. A token is worth nothing at another agency: its key names the agency."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection

    def keep(self, token: str, agency: UUID, client_id: UUID, scopes: tuple[str, ...]) -> None:
        """Keep a token that is handed out in this moment, for as long as it holds."""
        granted = Granted(agency, client_id, scopes, now() + LIFE)
        with in_words():
            self._redis.set(self._key(agency, token), msgspec.json.encode(granted), ex=LIFE)

    def read(self, agency: UUID, token: str) -> Granted | None:
        """What a token was given for at this agency; None when it is unknown here or over."""
        with in_words():
            kept = self._redis.get(self._key(agency, token))
        found = msgspec.json.decode(kept, type=Granted) if isinstance(kept, bytes) else None
        return found if found and found.agency == agency and found.until > now() else None

    def end(self, agency: UUID, token: str) -> None:
        """The token is worthless from now on."""
        with in_words():
            self._redis.delete(self._key(agency, token))

    def _key(self, agency: UUID, token: str) -> str:
        return f"selaras:{agency}:access-token:{hash_of(token)}"


def new_token() -> str:
    """256 bits of chance, with a beginning by which a scanner of code knows a lost one."""
    return PREFIX + secrets.token_urlsafe(32)
