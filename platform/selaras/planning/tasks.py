"""What waits for a person in planning: one's own plan, and plans of one's team that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task, legal_day
from selaras.planning.standing import standings, waiting


def own_plan(session: Session, asked: Asked) -> Iterator[Task]:
    """This year's plan, where it is not there, is a draft, or came back."""
    year = asked.day.year
    found = standings(session, [asked.person_id], year).get(asked.person_id)
    if found and found.state != "draft":
        return
    code = "plan_missing" if found is None else "plan_returned" if found.returned else "plan_draft"
    due, article = _last_day(asked, year)
    yield Task(code, asked.person_id, {"person_id": str(asked.person_id), "year": year}, due, article)


def plans_to_decide(session: Session, asked: Asked) -> Iterator[Task]:
    """All submitted plans of one's team are one task, which waits since the first of them."""
    found = waiting(session, [line.person_id for line in asked.team()])
    if found:
        yield Task("plans_to_decide", asked.person_id, since=found[0].submitted_at, count=len(found))


def _last_day(asked: Asked, year: int) -> tuple[date | None, str | None]:
    last = date(year, 12, 31)
    try:
        return legal_day(asked.law(last), ("plan",), last)
    except NotFound:
        return None, None


SOURCES = (
    Source(frozenset({"plan_missing", "plan_draft", "plan_returned"}), frozenset({Permission.PLAN_OWN}), own_plan),
    Source(frozenset({"plans_to_decide"}), frozenset({Permission.AGREE_PLANS}), plans_to_decide),
)
