"""Sign-in sessions on the server: in Redis, behind the agency's uuid, short-lived, never readable from a key."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import redis

from selaras.clock import now
from selaras.errors import Unavailable

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """A session as it is kept: whose, at which agency (its uuid), since when, and how they proved who they are."""

    agency: UUID
    account_id: UUID
    since: datetime
    method: str


class SessionStore:
    """Sessions of every agency in one Redis. A token is worth nothing at another agency: its key names the agency."""

    def __init__(self, connection: redis.Redis, prefix: str = "selaras") -> None:
        self._redis = connection
        self._prefix = prefix

    def start(self, agency: UUID, account_id: UUID, method: str) -> str:
        """A new session; returns the token for the cookie, which is kept nowhere else."""
        token = secrets.token_urlsafe(32)
        kept = SignedIn(agency, account_id, now(), method)
        with _in_words():
            self._redis.set(self._key(agency, token), msgspec.json.encode(kept), ex=IDLE)
        return token

    def read(self, agency: UUID, token: str) -> SignedIn | None:
        """The session of a token at this agency, kept alive by being read; None when there is none (any more)."""
        with _in_words():
            text = self._redis.get(self._key(agency, token))
        if not isinstance(text, bytes):
            return None
        kept = msgspec.json.decode(text, type=SignedIn)
        left = kept.since + ABSOLUTE - now()
        if kept.agency != agency or left <= timedelta(0):
            self.end(agency, token)
            return None
        with _in_words():
            self._redis.expire(self._key(agency, token), max(1, int(min(IDLE, left).total_seconds())))
        return kept

    def end(self, agency: UUID, token: str) -> None:
        """Sign out: the token is worthless from now on."""
        with _in_words():
            self._redis.delete(self._key(agency, token))

    def _key(self, agency: UUID, token: str) -> str:
        return f"{self._prefix}:{agency}:session:{hashlib.sha256(token.encode()).hexdigest()}"


def connect(url: str) -> redis.Redis:
    """A client that gives up after a second or two: a page that waits for Redis is worse than one that says so."""
    made: redis.Redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1)
    return made


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except redis.RedisError:
        raise unavailable() from None


def unavailable() -> Unavailable:
    """The refusal while Redis is away: without it nobody is signed in, so nothing is shown."""
    return Unavailable(
        "session_store_unreachable",
        "The server that keeps sign-ins cannot be reached, so nothing can be shown or changed. Try again in a minute; "
        "if it lasts, tell your agency's administrator.",
    )
