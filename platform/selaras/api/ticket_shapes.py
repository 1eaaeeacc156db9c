"""Shapes of the API about tickets. Additive only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marshmallow.validate import Length, OneOf

from selaras.organisation.helpdesk.service import Category


@dataclass(frozen=True)
class TicketRequest:
    """What does not work, and which of the six clusters it is about; `request_id` from the header `X-Request-Id`."""

    category: str = field(metadata={"validate": OneOf([one.value for one in Category])})
    content: str = field(metadata={"validate": Length(max=4000)})
    request_id: str = field(default="", metadata={"validate": Length(max=40)})


@dataclass(frozen=True)
class TicketAnswer:
    """What is said about a ticket; `close` where nothing more is needed."""

    content: str = field(default="", metadata={"validate": Length(max=4000)})
    close: bool = False


@dataclass(frozen=True)
class ForwardRequest:
    """The text that the operator reads; names, numbers and mail addresses are taken out once more."""

    content: str = field(metadata={"validate": Length(max=4000)})


@dataclass(frozen=True)
class Said:
    """What somebody said; `operator` for the operator's answer."""

    content: str
    at: datetime
    by: str
    operator: bool


@dataclass(frozen=True)
class Ticket:
    """A ticket: `level` says who has it (unit, agency, operator), `state` open, answered or closed."""

    id: UUID
    category: str
    content: str
    request_id: str
    level: str
    state: str
    at: datetime
    said: list[Said]


@dataclass(frozen=True)
class TicketLine:
    """A ticket as a list has it."""

    id: UUID
    category: str
    content: str
    level: str
    state: str
    at: datetime
    own: bool


@dataclass(frozen=True)
class Tickets:
    """One's own tickets and those that one handles, the open ones first."""

    items: list[TicketLine]


@dataclass(frozen=True)
class ClusterCount:
    """Tickets of one cluster."""

    category: str
    told: int
    open: int
    forwarded: int


@dataclass(frozen=True)
class ClusterCounts:
    """How many problems were told, by cluster."""

    items: list[ClusterCount]
