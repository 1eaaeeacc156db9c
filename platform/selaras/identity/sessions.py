"""Sign-in sessions on the server: in Redis, behind the agency's uuid, short-lived, never readable from a key."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.retry import Retry

from selaras.clock import now
from selaras.errors import Unavailable

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """How long a session lasts: without being used, and altogether."""

    idle: timedelta = IDLE
    absolute: timedelta = ABSOLUTE

    @classmethod
    def of_minutes(cls, idle: int, absolute: int) -> Span:
        """From two numbers of minutes."""
        return cls(timedelta(minutes=idle), timedelta(minutes=absolute))


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
    seen: datetime


class SessionStore:
    """Sessions of every agency in one Redis. A token is worth nothing at another agency: its key names the agency.

    Beside each session stand the names under which it is found again: its account's, and its provider's.
    """

    def __init__(self, connection: redis.Redis, prefix: str = "selaras") -> None:
        self._redis = connection
        self._prefix = prefix

    def start(
        self,
        agency: UUID,
        account_id: UUID,
        proof: Proof,
        *,
        address: str = "",
        agent: str = "",
        span: Span = Span(),
    ) -> str:
        """A new session; returns the token for the cookie, which is kept nowhere else."""
        token, began = f"{_mark(agency)}.{secrets.token_urlsafe(32)}", now()
        until = min(began + span.absolute, proof.until or began + span.absolute)
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
            pipe.set(self._session(agency, key), msgspec.json.encode(kept), ex=_life(until - began, span))
            self._see(pipe, agency, key, _life(until - began, span))
            for name in self._names(kept):
                pipe.sadd(name, key)
                pipe.expire(name, LONGEST)
            pipe.execute()
        return token

    @staticmethod
    def is_foreign(agency: UUID, token: str) -> bool:
        """Whether a token was made for another realm; it is worth nothing here either way, but no accident."""
        mark, dot, _ = token.partition(".")
        return bool(dot) and mark != _mark(agency)

    def read(self, agency: UUID, token: str, span: Span = Span()) -> SignedIn | None:
        """The session of a token at this agency, kept alive by being read; None when there is none (any more).

        A `span` that was shortened since counts for sessions that are under way, too.
        """
        key = key_of(token)
        kept = self._kept(agency, key)
        if kept is None:
            return None
        left = min(kept.until, kept.since + span.absolute) - now()
        if kept.agency != agency or left <= timedelta(0):
            self.end(agency, token)
            return None
        with in_words(), self._redis.pipeline(transaction=False) as pipe:
            pipe.expire(self._session(agency, key), _life(left, span))
            self._see(pipe, agency, key, _life(left, span))
            pipe.execute()
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
                seen = self._redis.get(self._seen(agency, key))
            last = datetime.fromtimestamp(int(seen), UTC) if isinstance(seen, bytes) else kept.since
            found.append(Held(key, kept, timedelta(seconds=max(0, idle)), last))
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

    def end_others(self, agency: UUID, account_id: UUID, token: str) -> int:
        """End every session of an account but the one of this token; how many there were."""
        mine = key_of(token)
        return self._end(agency, [held.key for held in self.of_account(agency, account_id) if held.key != mine])

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

    def end_of_provider(self, agency: UUID, provider_id: UUID) -> int:
        """End every session that was begun by a provider, as when it is retired; how many there were."""
        return self._end(agency, self._members(self._name(agency, "provider", provider_id)))

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
                pipe.delete(self._seen(agency, key))
                for name in self._names(kept) if kept else ():
                    pipe.srem(name, key)
                ended += int(pipe.execute()[0])
        return ended

    def _names(self, kept: SignedIn) -> list[str]:
        proof = kept.proof
        names = [self._name(kept.agency, "account", kept.account_id)]
        if proof.provider_id:
            names.append(self._name(kept.agency, "provider", proof.provider_id))
        if proof.provider_id and proof.provider_session:
            names.append(self._name(kept.agency, "sid", proof.provider_id, proof.provider_session))
        if proof.provider_id and proof.subject:
            names.append(self._name(kept.agency, "sub", proof.provider_id, proof.subject))
        return names

    def _session(self, agency: UUID, key: str) -> str:
        return f"{self._prefix}:{agency}:session:{key}"

    def _seen(self, agency: UUID, key: str) -> str:
        return f"{self._prefix}:{agency}:seen:{key}"

    def _see(self, pipe: Pipeline, agency: UUID, key: str, seconds: int) -> None:
        pipe.set(self._seen(agency, key), int(now().timestamp()), ex=seconds)

    def _name(self, agency: UUID, kind: str, *parts: object) -> str:
        told = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
        return f"{self._prefix}:{agency}:sessions:{kind}:{told}"


def _mark(agency: UUID) -> str:
    """By which a token says where it belongs; it is not secret, and no proof of anything."""
    return hashlib.sha256(b"session of " + agency.bytes).hexdigest()[:8]


def key_of(token: str) -> str:
    """The name of a session: a hash of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _life(left: timedelta, span: Span) -> int:
    return max(1, int(min(span.idle, left).total_seconds()))


def connect(url: str) -> redis.Redis:
    """A client that gives up after a second or two: a page that waits for Redis is worse than one that says so.

    A connection that broke is made anew once, so that nobody notices a restart; one that is silent is given up at once.
    """
    again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    made: redis.Redis = redis.Redis.from_url(url, socket_timeout=1.5, socket_connect_timeout=1, retry=again)
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
        "The server that keeps sign-ins cannot be reached, so nothing can be shown or changed. You are still signed "
        "in, and nothing that was saved is touched. Try again in a minute; if it lasts, tell your agency's "
        "administrator.",
    )
