"""What the API says of what is next: for oneself, for one's team, for the agency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import OneOf


@dataclass(frozen=True)
class NextTask:
    """One thing that waits for whoever asks. `code` is stable, `title` is for people, `page` is where it is done.

    `urgency`: late, soon (due within a week), awaited (somebody else waits), open. `due` is the last day in the
    agency's zone, named by `article`; `days_left` is below 0 once it is over. `count`: how many things are meant.
    """

    code: str
    subject_id: UUID
    title: str
    action: str
    page: str
    urgency: str
    due: date | None
    days_left: int | None
    article: str | None
    since: datetime | None
    count: int
    params: dict[str, Any]


@dataclass(frozen=True)
class NextTasks:
    """What waits for whoever asks, the most urgent first."""

    items: list[NextTask]


@dataclass(frozen=True)
class TeamMember:
    """Somebody of the team. `needs`: decide (a submitted plan), rate (the period is over), or null."""

    person_id: UUID
    name: str
    stage: str
    needs: str | None
    since: datetime | None
    behind: bool


@dataclass(frozen=True)
class TeamState:
    """The team in a period, whoever needs the appraiser first. `counts`: stage → people."""

    period: str
    counts: dict[str, int]
    needing: int
    items: list[TeamMember]


@dataclass(frozen=True)
class FunnelUnit:
    """A unit with everything below it. Each number stands for itself and is no part of the one before.

    `people` are in service; `planned` have a plan at all, `submitted` one that waits, `agreed` an agreed one; `logged`
    progress in the period; `rated`, `delivered`, `accepted` and `objected` are about its result. `below`: units.
    """

    unit_id: UUID
    name: str
    parent_id: UUID | None
    below: int
    people: int
    planned: int
    submitted: int
    agreed: int
    logged: int
    rated: int
    delivered: int
    accepted: int
    objected: int


@dataclass(frozen=True)
class AppraiserWaitedFor:
    """An appraiser for whom others wait; only for who may see people."""

    person_id: UUID
    name: str
    unit_name: str | None
    plans: int
    ratings: int
    since: datetime | None


@dataclass(frozen=True)
class Funnel:
    """How far a period is: the unit that was asked for (or the top), the units below, and who is waited for.

    `counted_at` is null before the first count. `rows`: how many units stand right below; the first 50 are shown, the
    farthest behind first.
    """

    period: str
    counted_at: datetime | None
    tops: list[FunnelUnit]
    units: list[FunnelUnit]
    rows: int
    waiting: list[AppraiserWaitedFor]


@dataclass(frozen=True)
class FunnelQuery:
    """Which unit (default: everything within reach), and by what appraisers are ordered."""

    unit: UUID | None = None
    order: str = field(default="most", metadata={"validate": OneOf(("most", "longest"))})


@dataclass(frozen=True)
class TeamQuery:
    """Which period (default: the one that is worked on)."""

    period: str | None = None


@dataclass(frozen=True)
class Counting:
    """The job that counts; asking again while it is under way names the same one."""

    job_id: UUID
    period: str
