"""The one question whether something of a period is locked for somebody, and opening it once more (buka kunci)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.lock_models import PeriodLock, Unlock
from selaras.evaluation.models import Period
from selaras.evaluation.rules import period_span
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.models import Unit
from selaras.organisation.reach import PERSON_WITHIN, below
from selaras.tenancy.legal_clock import legal_clock

REASON_LENGTH = 20
LONGEST_REASON = 2_000
LONGEST = timedelta(days=31)
NOBODY = UUID(int=0)
APPROVERS = (Permission.CLOSE_PERIOD, Permission.OVERRIDE_DISTRIBUTION)


class Matter(StrEnum):
    """What of a period is locked and opened."""

    PLAN = "plan"
    PROGRESS = "progress"
    RATING = "rating"


@dataclass(frozen=True)
class Wanted:
    """What is asked to be opened: the period, what of it, until when, why; for a person, a unit, or (neither) all."""

    code: str
    matter: Matter
    until: datetime
    reason: str
    person_id: UUID | None = None
    unit_id: UUID | None = None


def refuse_locked(session: Session, matter: Matter, code: str, person_id: UUID | None) -> None:
    """`Conflict` where the agency has locked this of the period and no unlock is open for the person.

    The one question of everything that a deadline closes. What is ditetapkan is refused before, and never opened.
    """
    lock = session.scalar(select(PeriodLock).where(PeriodLock.code == code, PeriodLock.matter == matter.value))
    if lock is None or legal_clock(session).today() < lock.from_day:
        return
    if not _is_open(session, matter, code, person_id):
        raise Conflict(
            "period_locked",
            "This of {code} is locked since {day}. Ask for it to be opened once more on the page “Unlocking”, with a "
            "reason; a second person approves.",
            code=code,
            day=lock.from_day,
        )


def refuse_locked_day(session: Session, matter: Matter, day: date, person_id: UUID) -> None:
    """`Conflict` where a period that holds the day is locked for the person; see `refuse_locked`."""
    for code in session.scalars(select(PeriodLock.code).where(PeriodLock.matter == matter.value)).all():
        span = period_span(code)
        if span.starts <= day <= span.ends:
            refuse_locked(session, matter, code, person_id)


def _is_open(session: Session, matter: Matter, code: str, person_id: UUID | None) -> bool:
    rows = session.scalars(
        select(Unlock).where(
            Unlock.code == code,
            Unlock.matter == matter.value,
            Unlock.answer == "approved",
            Unlock.ended_at.is_(None),
            Unlock.until > now(),
        )
    ).all()
    if any(row.person_id is None and row.unit_id is None for row in rows):
        return True
    if person_id is None:
        return False
    units = [row.unit_id for row in rows if row.unit_id is not None]
    return any(row.person_id == person_id for row in rows) or (bool(units) and _within(session, person_id, units))


def _within(session: Session, person_id: UUID, roots: list[UUID]) -> bool:
    day = legal_clock(session).today()
    values = {
        "tenant": tenant_of(session),
        "person": person_id,
        "reach": list(below(session, roots, day)),
        "day": day,
    }
    return session.execute(_IS_WITHIN, values).first() is not None


_IS_WITHIN = text("SELECT true WHERE true" + PERSON_WITHIN.format(person="CAST(:person AS uuid)"))


def set_lock(session: Session, actor: Actor, code: str, matter: Matter, from_day: date | None) -> None:
    """Lock something of a period from a day on, or (None) no longer. Needs CLOSE_PERIOD for the whole agency."""
    actor.require_whole(Permission.CLOSE_PERIOD)
    span = period_span(code)
    if from_day is None:
        row = session.scalar(select(PeriodLock).where(PeriodLock.code == span.code, PeriodLock.matter == matter.value))
        if row is not None:
            session.delete(row)
    else:
        values = {
            "tenant_id": tenant_of(session),
            "code": span.code,
            "matter": matter.value,
            "from_day": from_day,
            "account_id": actor.account_id,
            "at": now(),
        }
        statement = insert(PeriodLock).values(values)
        changed = {name: statement.excluded[name] for name in ("from_day", "account_id", "at")}
        session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "code", "matter"], set_=changed))
    record(session, actor, "lock.set", f"period:{span.code}", {"matter": matter, "from": from_day})


def ask(session: Session, actor: Actor, wanted: Wanted) -> UUID:
    """Ask for something locked to be opened once more; a second person approves. Returns the request's id.

    For oneself and whoever one may see: anybody; for a unit or a whole period: whoever may close it.
    """
    _check(session, actor, wanted)
    row = Unlock(
        code=wanted.code,
        matter=wanted.matter.value,
        person_id=wanted.person_id,
        unit_id=wanted.unit_id,
        until=wanted.until,
        reason=wanted.reason.strip(),
        asked_by=actor.account_id,
        asked_at=now(),
    )
    session.add(row)
    session.flush()
    payload = {**_told(row), "reason": salted(session, row.reason)}
    record(session, actor, "unlock.ask", f"unlock:{row.id}", payload)
    return row.id


def _check(session: Session, actor: Actor, wanted: Wanted) -> None:
    if actor.account_id is None:
        raise Refused("unlock_in_person", "An unlock is asked for and approved in person.")
    if not REASON_LENGTH <= len(wanted.reason.strip()) <= LONGEST_REASON:
        raise Invalid(
            "unlock_reason",
            "Write in {least} to {most} characters why it must be opened.",
            least=REASON_LENGTH,
            most=LONGEST_REASON,
            field="reason",
        )
    if not now() < wanted.until <= now() + LONGEST:
        raise Invalid("unlock_until", "It ends after now and within {days} days.", days=LONGEST.days, field="until")
    refuse_set(session, period_span(wanted.code).code)
    if wanted.person_id is not None:
        person_for(session, actor, wanted.person_id)
        return
    actor.require_whole(Permission.CLOSE_PERIOD)
    if wanted.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == wanted.unit_id)) is None:
        raise NotFound("unit_unknown", "There is no such unit here.")


def refuse_set(session: Session, code: str) -> None:
    """`Conflict` where the period's results are ditetapkan, or about to be: then nothing of it is opened."""
    state = session.scalar(select(Period.state).where(Period.code == code).with_for_update(read=True))
    if state == "closed":
        raise Conflict(
            "unlock_set",
            "The results of {code} are set (ditetapkan), so nothing of it is opened. What is wrong is corrected by an "
            "objection, as a new revision that leaves the old one readable.",
            code=code,
        )
    if state == "closing":
        raise Conflict(
            "unlock_closing",
            "Period {code} is being closed, so nothing of it is opened. The performance manager can withdraw the close "
            "while it is not set.",
            code=code,
        )


def answer(session: Session, actor: Actor, unlock_id: UUID, *, approve: bool, reason: str = "") -> None:
    """A second person approves or refuses; neither the one who asked, nor the person it is for."""
    row = _of(session, actor, unlock_id)
    if actor.account_id == row.asked_by or (row.person_id is not None and actor.person_id == row.person_id):
        raise Refused("unlock_two", "Nobody approves what they asked for or what is for them: a second person does.")
    if row.answer is not None:
        raise Conflict("unlock_answered", "This request has been answered already. Reload the page.")
    if row.until <= now():
        raise Conflict("unlock_over", "The time that was asked for is over; it has to be asked for anew.")
    if approve:
        refuse_set(session, row.code)
    elif len(reason.strip()) < REASON_LENGTH or len(reason) > LONGEST_REASON:
        raise Invalid(
            "unlock_reason",
            "Write in {least} to {most} characters why it must be opened.",
            least=REASON_LENGTH,
            most=LONGEST_REASON,
            field="reason",
        )
    row.answer, row.answered_by, row.answered_at = ("approved" if approve else "refused"), actor.account_id, now()
    row.answer_reason = reason.strip() or None
    said = {"reason": salted(session, row.answer_reason)} if row.answer_reason else {}
    record(session, actor, f"unlock.{row.answer}", f"unlock:{row.id}", {**_told(row), **said})
    _tell(session, row, "unlocked" if approve else "unlock_refused")


def end(session: Session, actor: Actor, unlock_id: UUID) -> None:
    """Close again before its time what was opened."""
    row = _of(session, actor, unlock_id)
    if row.answer != "approved" or row.ended_at is not None or row.until <= now():
        raise Conflict("unlock_not_open", "This is not open (any more). Reload the page.")
    row.ended_by, row.ended_at = actor.account_id, now()
    record(session, actor, "unlock.end", f"unlock:{row.id}", _told(row))
    _tell(session, row, "unlock_ended")


def tell_ended(session: Session) -> int:
    """Tell, once, of what was opened and has closed by itself, and whoever asked, of what nobody answered in time.

    Returns how many there were of both.
    """
    unsettled = or_(Unlock.answer.is_(None), Unlock.answer == "approved")
    over = unsettled, Unlock.ended_at.is_(None), Unlock.until <= now(), Unlock.over_told_at.is_(None)
    rows = session.scalars(select(Unlock).where(*over).order_by(Unlock.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.over_told_at = now()
        what = "over" if row.answer else "lapsed"
        record(session, system(tenant_of(session)), f"unlock.{what}", f"unlock:{row.id}", _told(row))
        _tell(session, row, f"unlock_{what}", everybody=bool(row.answer))
    return len(rows)


def _of(session: Session, actor: Actor, unlock_id: UUID) -> Unlock:
    if not any(actor.holds_whole(one) for one in APPROVERS):
        actor.require_whole(Permission.CLOSE_PERIOD)
    row = session.scalar(select(Unlock).where(Unlock.id == unlock_id).with_for_update())
    if row is None or actor.account_id is None:
        raise NotFound("unlock_unknown", "There is no such request here.")
    return row


def _told(row: Unlock) -> Mapping[str, object]:
    whom = {"person": row.person_id} if row.person_id else {"unit": row.unit_id} if row.unit_id else {}
    return {"period": row.code, "matter": row.matter, "until": row.until.isoformat(), **whom}


# Whom an unlock concerns: the person; whoever serves in the unit or below; everybody who serves; and who asked.
_CONCERNED = text(
    """
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params, created_at)
    SELECT :tenant, whom.id, :code, :unlock, CAST(:params AS jsonb), :at FROM selaras.person whom
    WHERE whom.tenant_id = :tenant AND (
        whom.id = CAST(:person AS uuid) OR whom.account_id = CAST(:asked AS uuid)
        OR (CAST(:person AS uuid) IS NULL AND EXISTS (
            SELECT FROM selaras.appointment held WHERE held.tenant_id = :tenant AND held.person_id = whom.id
              AND held.kind = 'definitive' AND held.during @> CAST(:day AS date)
              AND (CAST(:units AS uuid[]) IS NULL OR held.unit_id = ANY(CAST(:units AS uuid[])))))
    )
    ON CONFLICT (tenant_id, person_id, code, subject_id) DO UPDATE
      SET params = excluded.params, created_at = excluded.created_at, read_at = NULL
    """
)


def _tell(session: Session, row: Unlock, code: str, *, everybody: bool = True) -> None:
    """Tell whom an unlock concerns, or (not `everybody`) only whoever asked and the person it was for."""
    day = legal_clock(session).today()
    values = {
        "tenant": tenant_of(session),
        "code": code,
        "unlock": row.id,
        "params": f'{{"of": "{row.code}", "matter": "{row.matter}"}}',
        "at": now(),
        "person": row.person_id or (None if everybody else NOBODY),
        "asked": row.asked_by,
        "day": day,
        "units": list(below(session, [row.unit_id], day)) if row.unit_id else None,
    }
    session.execute(_CONCERNED, values)
