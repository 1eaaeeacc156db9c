"""Sign-in sessions on the server: in Redis, behind the agency's uuid, short-lived, never readable from a key."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How somebody proved who they are: the method, and what their identity provider said of its own session.

    `until`: the provider's own end of it; `provider_session` is the claim `sid`, by which the provider ends it here.
    """

    method: str
    provider_id: UUID | None = None
    subject: str | None = None
    provider_session: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()
    id_token: str | None = None
    until: datetime | None = None
    support_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session as it is kept: whose, at which agency (its uuid), since when and how, and from where it was begun."""

    agency: UUID
    account_id: UUID
    since: datetime
    until: datetime
    proof: Proof
    address: str = ""
    agent: str = ""

    @property
    def method(self) -> str:
        """How they proved who they are."""
        return self.proof.method


@dataclass(frozen=True)
class Held:
    """One of somebody's sessions. `key` names it without being of any use as a token."""

    key: str
    signed_in: SignedIn
    idle_left: timedelta


class SessionStore:
    """Sessions of every agency in one Redis. A token is worth nothing at another agency: its key names the agency.

    Beside each session stand the names under which it is found again: its account's, and its provider's.
    """

    def __init__(self, connection: redis.Redis, prefix: str = "selaras") -> None:
        self._redis = connection
        self._prefix = prefix

    def start(self, agency: UUID, account_id: UUID, proof: Proof, *, address: str = "", agent: str = "") -> str:
        """A new session; returns the token for the cookie, which is kept nowhere else."""
        token, began = f"{_mark(agency)}.{secrets.token_urlsafe(32)}", now()
        until = min(began + ABSOLUTE, proof.until or began + ABSOLUTE)
        kept = SignedIn(
            agency=agency,
            account_id=account_id,
            since=began,
            until=until,
            proof=proof,
            address=address,
            agent=agent[:200],
        )
        key = key_of(token)
        with in_words(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._session(agency, key), msgspec.json.encode(kept), ex=_life(until - began))
            for name in self._names(kept):
                pipe.sadd(name, key)
                pipe.expire(name, ABSOLUTE)
            pipe.execute()
        return token

    @staticmethod
    def is_foreign(agency: UUID, token: str) -> bool:
        """Whether a token was made for another realm; it is worth nothing here either way, but no accident."""
        mark, dot, _ = token.partition(".")
        return bool(dot) and mark != _mark(agency)

    def read(self, agency: UUID, token: str) -> SignedIn | None:
        """The session of a token at this agency, kept alive by being read; None when there is none (any more)."""
        key = key_of(token)
        kept = self._kept(agency, key)
        if kept is None:
            return None
        left = kept.until - now()
        if kept.agency != agency or left <= timedelta(0):
            self.end(agency, token)
            return None
        with in_words():
            self._redis.expire(self._session(agency, key), _life(left))
        return kept

    def end(self, agency: UUID, token: str) -> None:
        """Sign out: the token is worthless from now on."""
        self._end(agency, [key_of(token)])

    def of_account(self, agency: UUID, account_id: UUID) -> list[Held]:
        """An account's sessions, the newest first."""
        found = []
        for key in self._members(self._name(agency, "account", account_id)):
            kept = self._kept(agency, key)
            if kept is None or kept.account_id != account_id:
                continue
            with in_words():
                idle = int(self._redis.ttl(self._session(agency, key)))
            found.append(Held(key, kept, timedelta(seconds=max(0, idle))))
        return sorted(found, key=lambda held: held.signed_in.since, reverse=True)

    def end_one(self, agency: UUID, account_id: UUID, key: str) -> bool:
        """End one of an account's own sessions by its key; False when the account has none of that key."""
        if key not in {held.key for held in self.of_account(agency, account_id)}:
            return False
        self._end(agency, [key])
        return True

    def end_all(self, agency: UUID, account_id: UUID) -> int:
        """End every session of an account, as when its holder leaves; how many there were."""
        return self._end(agency, self._members(self._name(agency, "account", account_id)))

    def end_at_provider(
        self, agency: UUID, provider_id: UUID, *, session: str | None = None, subject: str | None = None
    ) -> int:
        """End what a provider says is over: one of its sessions (`sid`), or all of one of its subjects; how many."""
        ended = 0
        if session:
            ended += self._end(agency, self._members(self._name(agency, "sid", provider_id, session)))
        elif subject:
            ended += self._end(agency, self._members(self._name(agency, "sub", provider_id, subject)))
        return ended

    def _kept(self, agency: UUID, key: str) -> SignedIn | None:
        with in_words():
            text = self._redis.get(self._session(agency, key))
        return msgspec.json.decode(text, type=SignedIn) if isinstance(text, bytes) else None

    def _members(self, name: str) -> list[str]:
        with in_words():
            return [key.decode() for key in self._redis.smembers(name)]  # type: ignore[union-attr]  # a client that waits

    def _end(self, agency: UUID, keys: Iterable[str]) -> int:
        ended = 0
        for key in keys:
            kept = self._kept(agency, key)
            with in_words(), self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(self._session(agency, key))
                for name in self._names(kept) if kept else ():
                    pipe.srem(name, key)
                ended += int(pipe.execute()[0])
        return ended

    def _names(self, kept: SignedIn) -> list[str]:
        proof = kept.proof
        names = [self._name(kept.agency, "account", kept.account_id)]
        if proof.provider_id and proof.provider_session:
            names.append(self._name(kept.agency, "sid", proof.provider_id, proof.provider_session))
        if proof.provider_id and proof.subject:
            names.append(self._name(kept.agency, "sub", proof.provider_id, proof.subject))
        return names

    def _session(self, agency: UUID, key: str) -> str:
        return f"{self._prefix}:{agency}:session:{key}"

    def _name(self, agency: UUID, kind: str, *parts: object) -> str:
        told = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
        return f"{self._prefix}:{agency}:sessions:{kind}:{told}"


def _mark(agency: UUID) -> str:
    """By which a token says where it belongs; it is not secret, and no proof of anything."""
    return hashlib.sha256(b"session of " + agency.bytes).hexdigest()[:8]


def key_of(token: str) -> str:
    """The name of a session: a hash of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _life(left: timedelta) -> int:
    return max(1, int(min(IDLE, left).total_seconds()))


def connect(url: str) -> redis.Redis:
    """A client that gives up after a second or two: a page that waits for Redis is worse than one that says so."""
    made: redis.Redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1)
    return made


@contextmanager
def in_words() -> Iterator[None]:
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
