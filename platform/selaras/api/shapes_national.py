"""What the API says of the national exchange: the connection without its secrets, the doctor, what is on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Range

from selaras.exchange.national.rules import Mode, When


@dataclass(frozen=True)
class NationalConnection:
    """`entered`: what is no secret, by the endpoint's fields; `held`: the secrets that are kept, by name.

    `stopped`: token_expired, keys_refused, busy or away, with the other side's answer in `said`.
    """

    endpoint: str
    mode: str
    send_when: str
    per_second: float
    entered: dict[str, str]
    held: list[str]
    stopped: str | None
    said: str | None
    paused_until: datetime | None
    token_ends: datetime | None


@dataclass(frozen=True)
class NationalConnectionRequest:
    """`entered`: the endpoint's fields, secrets among them; one that is left out or empty keeps what is held."""

    endpoint: str = field(metadata={"validate": Length(max=40)})
    mode: str = field(metadata={"validate": OneOf([one.value for one in Mode])})
    send_when: str = field(metadata={"validate": OneOf([one.value for one in When])})
    per_second: float = field(metadata={"validate": Range(min=0.01, max=50)})
    entered: dict[str, str]


@dataclass(frozen=True)
class TrialStep:
    """One step of a trial, in both languages."""

    step: dict[str, str]
    done: bool
    said: str


@dataclass(frozen=True)
class Trial:
    """The steps that were tried; the last may have failed."""

    steps: list[TrialStep]


@dataclass(frozen=True)
class NationalCause:
    """What is in the way of some results, who can mend it, and how."""

    code: str
    owner: str
    title: dict[str, str]
    remedy: dict[str, str]
    results: int


@dataclass(frozen=True)
class NationalExchange:
    """Results by state (new, faulty, ready, sending, sent, rejected, unwanted); `fit`: percent that need nobody."""

    states: dict[str, int]
    fit: float | None
    causes: list[NationalCause]


@dataclass(frozen=True)
class NationalItem:
    """One person's result on its way."""

    id: UUID
    person_id: UUID
    period: str
    state: str
    causes: list[str]
    said: str | None
    remote_id: str | None
    sent_at: datetime | None


@dataclass(frozen=True)
class NationalItems:
    """A page of them; `next` is the id to ask `after` for the following one."""

    items: list[NationalItem]
    next: UUID | None


@dataclass(frozen=True)
class ItemsAsked:
    """Which page of which results."""

    cause: str | None = field(default=None, metadata={"validate": Length(max=60)})
    state: str | None = field(default=None, metadata={"validate": Length(max=20)})
    after: UUID | None = None


@dataclass(frozen=True)
class LookAgain:
    """What is looked at anew: everything with a cause, one result, or (neither) all that is not sent."""

    cause: str | None = field(default=None, metadata={"validate": Length(max=60)})
    item: UUID | None = None


@dataclass(frozen=True)
class LookedAgain:
    """How many results are looked at anew."""

    results: int


@dataclass(frozen=True)
class SendingAsked:
    """The job that sends."""

    job_id: UUID


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """The connection as the API shows it."""
    return {**values, "held": sorted(values["held"]), "per_second": float(values["per_second"])}
