"""What the API says of what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


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
