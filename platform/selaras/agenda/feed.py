"""A person's private calendar (iCalendar): last days of their own, and follow-ups; nothing about anybody else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from icalendar import Calendar, Event
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.evaluation.queries import history, periods
from selaras.evaluation.rules import OutcomeState
from selaras.monitoring.models import CalendarFeed, Coaching
from selaras.notices.words import TITLES
from selaras.organisation.tasks import legal_day
from selaras.planning.standing import standings
from selaras.regulation import Rules

BEHIND = timedelta(days=60)


@dataclass(frozen=True)
class Feed:
    """Whose calendar a token opens."""

    person_id: UUID


@dataclass(frozen=True)
class Entry:
    """One day of a calendar: what it is (a msgid), and about what, so that the same day keeps its id."""

    title: str
    day: date
    about: str


def renew(session: Session, person_id: UUID) -> str:
    """A new private address for a person; the one before opens nothing any more. The token is told this once."""
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _hash(token), "made_at": now(), "read_at": None}
    key = {"tenant_id": tenant_of(session), "person_id": person_id}
    statement = insert(CalendarFeed).values(**key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    return token


def revoke(session: Session, person_id: UUID) -> None:
    """The address opens nothing any more."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))


def made_at(session: Session, person_id: UUID) -> datetime | None:
    """Since when a person has an address, or None."""
    return session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id))


def opened(session: Session, token: str) -> Feed:
    """Whose calendar it is, or `NotFound`."""
    row = session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == _hash(token)))
    if row is None:
        raise NotFound("calendar_unknown", "There is no such calendar here.")
    mine = CalendarFeed.person_id == row.person_id
    session.execute(update(CalendarFeed).where(mine).values(read_at=now()))
    return Feed(row.person_id)


def entries(session: Session, person_id: UUID, day: date, law: Callable[[date], Rules]) -> list[Entry]:
    """The last days of a person from two months back on: plan, periods, answers to results, follow-ups of talks."""
    found = [*_plan(session, person_id, day, law), *_periods(session, day), *_results(session, person_id)]
    found += _follow_ups(session, person_id)
    return sorted((one for one in found if one.day >= day - BEHIND), key=lambda one: (one.day, one.about))


def ical(found: list[Entry], name: str, home: str, words: Callable[[str], str]) -> bytes:
    """The entries as iCalendar, whole days without a zone; each keeps its UID however often it is read."""
    calendar = Calendar()
    calendar.add("prodid", "-//Selaras//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for one in found:
        event = Event()
        event.add("uid", f"{uuid5(NAMESPACE_URL, home + one.about)}@selaras")
        event.add("dtstamp", now())
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", words(one.title))
        event.add("url", home)
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plan(session: Session, person_id: UUID, day: date, law: Callable[[date], Rules]) -> Iterator[Entry]:
    for year in (day.year, day.year + 1):
        held = standings(session, [person_id], year).get(person_id)
        if held is not None and held.state != "draft":
            continue
        try:
            due, _article = legal_day(law(date(year, 12, 31)), ("plan",), date(year, 12, 31))
        except NotFound:
            continue
        if due is not None:
            yield Entry(TITLES["plan_due"], due, f"plan:{year}")


def _periods(session: Session, day: date) -> Iterator[Entry]:
    for one in periods(session):
        if one.state == "open" and one.ends >= day - BEHIND:
            yield Entry(TITLES["progress_due"], one.ends, f"period:{one.id}")


def _results(session: Session, person_id: UUID) -> Iterator[Entry]:
    for one in history(session, person_id):
        if one.state is OutcomeState.DELIVERED and one.objection_until is not None:
            yield Entry(TITLES["answer_due"], one.objection_until, f"result:{one.period_id}:{one.revision}")


def _follow_ups(session: Session, person_id: UUID) -> Iterator[Entry]:
    mine = or_(Coaching.person_id == person_id, Coaching.coach_id == person_id)
    open_ones = (mine, Coaching.follow_up_on.is_not(None), Coaching.followed_up_at.is_(None))
    for row in session.scalars(select(Coaching).where(*open_ones).limit(200)):
        if row.follow_up_on is not None:
            yield Entry(TITLES["follow_up_due"], row.follow_up_on, f"talk:{row.id}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
