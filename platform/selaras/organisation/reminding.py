"""Reminders of last days: which step of one a day stands at, and telling many people at once, never twice the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calendar.days import DayKind
from selaras.calendar.office import NATIONAL, OfficeCalendar
from selaras.db.session import tenant_of
from selaras.regulation import Registry, Rules

STEPS = (("last", 1), ("soon", 7))
"""Working days before the last day from which on each step is told; the nearest alone, when several were missed."""
LATE_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Reminded:
    """The agency's day and law, for whoever reminds; `law(day)` is read once and then known."""

    day: date
    zone: str
    law: Callable[[date], Rules]
    registry: Registry
    calendar: OfficeCalendar = NATIONAL


Reminder = Callable[[Session, Reminded], int]


def step_on(day: date, due: date, calendar: OfficeCalendar = NATIONAL) -> str | None:
    """`soon`, `last` or `late`: what is said of a last day on a day; None while it is far, and long after it."""
    if day > due:
        return "late" if day <= due + LATE_FOR else None
    return next((name for name, before in STEPS if day >= calendar.add_days(due, -before, DayKind.WORKING)), None)


def remind(session: Session, whom: str, code: str, about: str, due: date | None, step: str, **values: object) -> int:
    """Tell everybody whom a query finds (`person_id`, `params` as jsonb), once for each step; returns how many.

    `about` names what is reminded of (a year, a period): with code and step it is why nobody is told the same twice.
    `whom` names its tenant as `:tenant`.
    """
    statement = text(
        f"""
        INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params)
        SELECT :tenant, whom.person_id, :code, :subject, whom.params || CAST(:said AS jsonb)
        FROM ({whom}) AS whom ON CONFLICT DO NOTHING
        """  # noqa: S608  # queries of ours
    )
    said = f'{{"due": "{due.isoformat()}", "step": "{step}"}}' if due else f'{{"step": "{step}"}}'
    parameters = {**values, "tenant": tenant_of(session), "code": code, "subject": subject(code, about, step)}
    return int(session.execute(statement, parameters | {"said": said}).rowcount)  # type: ignore[attr-defined]  # a cursor result


def subject(code: str, about: str, step: str) -> UUID:
    """The id of what is reminded of, the same whenever it is made."""
    return uuid5(NAMESPACE_URL, f"selaras:reminder:{code}:{about}:{step}")
