"""What waits for a person in planning: one's own plan, plans of one's team, and input across agencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.organisation.tasks import Asked, Source, Task, legal_day
from selaras.planning.across.queries import silent
from selaras.planning.across.queries import waiting as offers
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


def input_elsewhere(session: Session, asked: Asked) -> Iterator[Task]:
    """People of other agencies on whom one was asked for input and has given none; due on the first last day."""
    found = silent(session, asked.person_id, asked.day)
    if found:
        yield Task("input_elsewhere", asked.person_id, due=found[0], count=len(found))


def input_offers(session: Session, asked: Asked) -> Iterator[Task]:
    """Offers of other agencies that wait for this agency's answer are one task."""
    found = offers(session, asked.day) if asked.actor.holds_whole(Permission.SHARE_INPUT) else 0
    if found:
        yield Task("input_offers", asked.person_id, count=found)


def _last_day(asked: Asked, year: int) -> tuple[date | None, str | None]:
    last = date(year, 12, 31)
    try:
        return legal_day(asked.law(last), ("plan",), last)
    except NotFound:
        return None, None


SOURCES = (
    Source(frozenset({"plan_missing", "plan_draft", "plan_returned"}), frozenset({Permission.PLAN_OWN}), own_plan),
    Source(frozenset({"plans_to_decide"}), frozenset({Permission.AGREE_PLANS}), plans_to_decide),
    Source(frozenset({"input_elsewhere"}), frozenset({Permission.PLAN_OWN}), input_elsewhere),
    Source(frozenset({"input_offers"}), frozenset({Permission.SHARE_INPUT}), input_offers, office=True),
)
