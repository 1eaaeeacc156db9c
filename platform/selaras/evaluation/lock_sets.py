"""Locks for many people at once: what is locked today, and to whom it is open again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.evaluation.lock_models import PeriodLock, Unlock
from selaras.evaluation.locking import Matter
from selaras.evaluation.rules import period_span
from selaras.organisation.models import Appointment
from selaras.organisation.reach import below
from selaras.tenancy.legal_clock import legal_clock


@dataclass(frozen=True)
class Locked:
    """A period of which something is locked since `from_day`; `opened` are the people for whom it is open again."""

    code: str
    starts: date
    ends: date
    from_day: date
    opened: frozenset[UUID]


def locked(session: Session, matter: Matter) -> tuple[Locked, ...]:
    """What is locked today, without what is open again to everybody; the same answer as `refuse_locked` for one."""
    day = legal_clock(session).today()
    rows = session.scalars(
        select(PeriodLock)
        .where(PeriodLock.matter == matter.value, PeriodLock.from_day <= day)
        .order_by(PeriodLock.code)
    ).all()
    found = []
    for row in rows:
        opened = _opened(session, matter, row.code, day)
        if opened is not None:
            span = period_span(row.code)
            found.append(Locked(row.code, span.starts, span.ends, row.from_day, opened))
    return tuple(found)


def _opened(session: Session, matter: Matter, code: str, day: date) -> frozenset[UUID] | None:
    """For whom it is open; None: for everybody."""
    rows = session.execute(
        select(Unlock.person_id, Unlock.unit_id).where(
            Unlock.code == code,
            Unlock.matter == matter.value,
            Unlock.answer == "approved",
            Unlock.ended_at.is_(None),
            Unlock.until > now(),
        )
    ).all()
    if any(row.person_id is None and row.unit_id is None for row in rows):
        return None
    people = {row.person_id for row in rows if row.person_id is not None}
    roots = [row.unit_id for row in rows if row.unit_id is not None]
    if roots:
        units = list(below(session, roots, day))
        served = Appointment.kind == "definitive", Appointment.during.contains(day), Appointment.unit_id.in_(units)
        people |= set(session.scalars(select(Appointment.person_id).where(*served)))
    return frozenset(people)
