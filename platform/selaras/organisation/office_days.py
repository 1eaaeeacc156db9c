"""Commands on an agency's calendar: its working week, and the days on which it is closed."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.calendar.days import FIRST_YEAR, LAST_YEAR
from selaras.calendar.models import ClosedDayRow, WorkingWeek
from selaras.calendar.office import FIVE, SIX, ClosedDay, ClosedKind
from selaras.db.merge import Merged, upsert
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission

LONGEST = 200


def set_week(session: Session, actor: Actor, days: int, since: date) -> None:
    """Offices are open on five or six days a week, from a day on."""
    actor.require_whole(Permission.CHOOSE_RULES)
    if days not in (FIVE, SIX):
        raise Invalid("calendar.week", "A week has five or six working days, not {days}.", days=days, field="days")
    _refuse_far(since)
    made = insert(WorkingWeek).values(tenant_id=tenant_of(session), since=since, days=days)
    session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "since"], set_={"days": days}))
    record(session, actor, "calendar.week", f"day:{since.isoformat()}", {"days": days})


def close_day(session: Session, actor: Actor, wanted: ClosedDay) -> None:
    """Offices are closed on a day; said again, the later word counts."""
    actor.require_whole(Permission.CHOOSE_RULES)
    _refuse_far(wanted.day)
    name, source = wanted.name.strip(), wanted.source.strip()
    if not (0 < len(name) <= LONGEST and 0 < len(source) <= LONGEST):
        raise Invalid(
            "calendar.words",
            "Say what the day is and which decree or regulation it rests on, in at most {longest} characters each.",
            longest=LONGEST,
        )
    values = {"kind": wanted.kind.value, "name": name, "source": source}
    made = insert(ClosedDayRow).values(tenant_id=tenant_of(session), day=wanted.day, **values)
    session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "day"], set_=values))
    record(session, actor, "calendar.close", f"day:{wanted.day.isoformat()}", {"kind": wanted.kind.value})


def open_day(session: Session, actor: Actor, day: date) -> None:
    """What was recorded of a day is taken back: the platform's list counts again."""
    actor.require_whole(Permission.CHOOSE_RULES)
    found = session.scalar(
        delete(ClosedDayRow)
        .where(ClosedDayRow.tenant_id == tenant_of(session), ClosedDayRow.day == day)
        .returning(ClosedDayRow.kind)
    )
    if found is None:
        raise NotFound("calendar.unknown", "Nothing is recorded here of {day}.", day=day)
    record(session, actor, "calendar.open", f"day:{day.isoformat()}", {"kind": found})


def take_days(session: Session, found: pl.DataFrame) -> Merged:
    """Closed days of a file (`day`, `kind`, `name`, `source`); those that are not in it stay."""
    return upsert(session, "closed_day", found, key=["day"], values=["kind", "name", "source"])


def kind_of(word: str) -> ClosedKind:
    """The kind by its code, or Invalid with the kinds there are."""
    try:
        return ClosedKind(word)
    except ValueError as error:
        raise Invalid(
            "calendar.kind", "“{kind}” is no kind of closed day; use one of: {known}.", kind=word,
            known=", ".join(ClosedKind),
        ) from error  # fmt: skip


def _refuse_far(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(
            "calendar.year",
            "Holidays are known from {first} to {last}, not for {year}. Check the date.",
            first=FIRST_YEAR,
            last=LAST_YEAR,
            year=day.year,
        )
