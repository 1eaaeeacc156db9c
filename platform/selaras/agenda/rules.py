"""Which of the things that wait comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from selaras.organisation.tasks import Task

NEAR = timedelta(days=7)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Urgency(StrEnum):
    """How pressing a task is, the most pressing first."""

    LATE = "late"
    """Its last day is over."""
    SOON = "soon"
    """Its last day is within a week."""
    AWAITED = "awaited"
    """Somebody else cannot go on before it is done."""
    OPEN = "open"
    """It waits, and there is time."""


@dataclass(frozen=True)
class Next:
    """A task with how pressing it is, and how many days are left to its last one (below 0: it is over)."""

    task: Task
    urgency: Urgency
    days_left: int | None


def ordered(tasks: list[Task], day: date) -> tuple[Next, ...]:
    """The most urgent first: what is late, what is due within a week, what others wait for, and the rest by its day."""
    judged = [Next(one, urgency(one, day), (one.due - day).days if one.due else None) for one in tasks]
    return tuple(sorted(judged, key=_place))


def urgency(task: Task, day: date) -> Urgency:
    """How pressing a task is on a day."""
    if task.due is not None and task.due <= day + NEAR:
        return Urgency.LATE if task.due < day else Urgency.SOON
    return Urgency.OPEN if task.since is None else Urgency.AWAITED


def _place(one: Next) -> tuple[object, ...]:
    task, ranks = one.task, list(Urgency)
    return ranks.index(one.urgency), task.due or date.max, task.since or _NEVER, task.code, str(task.subject_id)
