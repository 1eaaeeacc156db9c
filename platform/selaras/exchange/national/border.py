"""The border for national endpoints: what one is told of a result, and what it may answer. No rows and no sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

Words: TypeAlias = Mapping[str, str]
"""A text by language: `id` and `en`."""


class Kind(StrEnum):
    """What is told of a result: the whole year's, or a month's or quarter's."""

    ANNUAL = "annual"
    PERIODIC = "periodic"


class Owner(StrEnum):
    """Who can put something right."""

    EMPLOYEE = "employee"
    APPRAISER = "appraiser"
    AGENCY_ADMIN = "agency_admin"
    NATIONAL_OPERATOR = "national_operator"


@dataclass(frozen=True)
class Field:
    """One thing that an agency enters to be connected. A secret one is sealed and never shown again."""

    code: str
    label: Words
    hint: Words
    secret: bool = False
    required: bool = True
    address: bool = False
    default: str = ""


@dataclass(frozen=True)
class Cause:
    """Why a result cannot be told, in plain words, what to do, and who can."""

    code: str
    owner: Owner
    title: Words
    remedy: Words


@dataclass(frozen=True)
class Appraiser:
    """Who appraised, as of the period's last day; `number` None: somebody without a NIP."""

    number: str | None
    name: str
    post: str
    rank: str | None
    unit: str


@dataclass(frozen=True)
class Result:
    """One result of one person, in the words of its regulation.

    `source_id` is the person's national id; `ratings` are what the appraiser gave, by the regulation's columns.
    """

    kind: Kind
    source_id: str
    number: str | None
    employment: str
    post_kind: str | None
    level: str | None
    starts: date
    ends: date
    regulation: str
    outcome: str
    ratings: Mapping[str, str]
    appraiser: Appraiser | None


@dataclass(frozen=True)
class Answer:
    """What the other side answered, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Ask: TypeAlias = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""One request: method, address, headers, body. Raises `Away`."""


class Stop(StrEnum):
    """Why nothing more can be sent now."""

    TOKEN_EXPIRED = "token_expired"  # noqa: S105  # a code, no secret
    KEYS_REFUSED = "keys_refused"
    BUSY = "busy"
    AWAY = "away"


class Halted(Exception):
    """Nothing more goes now. `until`: when it may be tried again; None: somebody must act first.

    `unsure`: the request at hand may have taken effect all the same.
    """

    def __init__(self, why: Stop, *, until: datetime | None = None, unsure: bool = False, said: str = "") -> None:
        super().__init__(why.value)
        self.why, self.until, self.unsure, self.said = why, until, unsure, said


class Away(Halted):
    """The other side cannot be reached, or what it says cannot be read."""

    def __init__(self, said: str, *, until: datetime | None = None, unsure: bool = True) -> None:
        super().__init__(Stop.AWAY, until=until, unsure=unsure, said=said)


class Rejected(Exception):
    """The other side will not take this result as it is; `said` is its answer, as it came."""

    def __init__(self, cause: str, said: str) -> None:
        super().__init__(cause)
        self.cause, self.said = cause, said


@dataclass(frozen=True)
class Held:
    """What the other side has of one person's period: its id there, and what differs (name → ours, theirs)."""

    remote_id: str
    differs: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Probed:
    """One step of a trial of the connection; `said` is the other side's own words where it failed."""

    step: Words
    done: bool
    said: str = ""


class Line(Protocol):
    """A connection that is open: everything here asks the other side, and may raise `Halted`."""

    def probe(self) -> Iterable[Probed]:
        """Try the connection step by step, changing nothing; ends at the first that fails."""
        ...

    def save(self, result: Result, remote_id: str | None) -> str:
        """Tell a result, as a new one or in the place of `remote_id`; its id there. Raises `Rejected`."""
        ...

    def held(self, result: Result) -> Sequence[Held]:
        """What is there of the same person, kind and period; empty where nothing is."""
        ...


class Endpoint(Protocol):
    """A national system that takes results: found by the entry-point group `selaras.national`."""

    code: str
    title: Words
    fields: tuple[Field, ...]
    causes: Mapping[str, Cause]

    def kind(self, period_kind: str, starts: date, regulation: str) -> Kind | None:
        """As what a period's results are told; None: they are not."""
        ...

    def wants(self, result: Result) -> bool:
        """Whether it takes results of such people at all."""
        ...

    def faults(self, result: Result, settings: Mapping[str, str]) -> tuple[str, ...]:
        """Everything that is known to be in the way before it is asked: codes of `causes`."""
        ...

    def content(self, result: Result, settings: Mapping[str, str]) -> bytes:
        """What would be sent, without an id of the other side: equal bytes mean that nothing new is to be told."""
        ...

    def expires(self, settings: Mapping[str, str]) -> datetime | None:
        """When what an operator lent (a token) ends; None where nothing does."""
        ...

    def dial(self, settings: Mapping[str, str], ask: Ask, today: Callable[[], datetime]) -> Line:
        """A line with these settings."""
        ...
