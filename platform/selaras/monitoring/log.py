"""Commands on the log of one's own work: a line, changed while its period is open; never made twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.models import Activity, ActivityVersion, Evidence
from selaras.planning.models import Plan, PlanItem
from selaras.tenancy.queries import agency

LONGEST, LONGEST_MEASURE, LONGEST_KEY = 2_000, 50, 100
_MOST = Decimal(10) ** 15


@dataclass(frozen=True)
class Line:
    """What was done: in words, on a day, for which result of the plan, from when to when, and how much."""

    content: str
    on_day: date
    item_id: UUID | None = None
    amount: Decimal | None = None
    measure: str = ""
    starts: time | None = None
    ends: time | None = None


def add(session: Session, actor: Actor, line: Line, *, key: str = "", source: str = "page") -> UUID:
    """Write a line into one's own log; the same `key` again writes nothing and returns the line that is there."""
    person = own_person(actor)
    _check(session, person, line, key)
    values = _values(line) | {
        "tenant_id": tenant_of(session),
        "person_id": person,
        "request_key": key or uuid4().hex,
        "source": source,
        "made_at": now(),
    }
    statement = insert(Activity).values(values).on_conflict_do_nothing().returning(Activity.id)
    made: UUID | None = session.scalar(statement)
    if made is not None:
        return made
    held = select(Activity.id).where(Activity.person_id == person, Activity.request_key == values["request_key"])
    return session.execute(held).scalar_one()


def change(session: Session, actor: Actor, activity_id: UUID, line: Line, version: int) -> None:
    """Say it otherwise; what stood before is kept. `Conflict` where it was changed meanwhile on another device."""
    row = own(session, actor, activity_id)
    if row.version != version:
        raise Conflict(
            "log_changed", "This line was changed meanwhile, perhaps on another device. Read it anew, then change it."
        )
    _check(session, row.person_id, line, "")
    values = _values(line)
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    kept = {name: getattr(row, name) for name in ("item_id", "on_day", "content", "amount", "measure", "version")}
    session.add(ActivityVersion(activity_id=row.id, until=now(), **kept))
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.changed_at = row.version + 1, now()
    session.flush()


def remove(session: Session, actor: Actor, activity_id: UUID) -> None:
    """Take a line of one's own out of the log, with what it said before; its evidence has to go first."""
    row = own(session, actor, activity_id)
    if session.scalar(select(Evidence.id).where(Evidence.activity_id == row.id).limit(1)):
        raise Conflict("log_has_evidence", "Remove the evidence of this line first; then the line can go.")
    session.execute(delete(ActivityVersion).where(ActivityVersion.activity_id == row.id))
    session.delete(row)
    session.flush()


def own(session: Session, actor: Actor, activity_id: UUID) -> Activity:
    """A line of one's own log, held against a change at the same time; `NotFound` for anybody else's."""
    person = own_person(actor)
    found = select(Activity).where(Activity.id == activity_id, Activity.person_id == person).with_for_update()
    row = session.scalar(found)
    if row is None:
        raise NotFound("log_unknown", "There is no such line in your log.")
    return row


def own_person(actor: Actor) -> UUID:
    """Whose log and links the actor keeps: their own, if they have a plan at all."""
    actor.require(Permission.PLAN_OWN)
    if actor.person_id is None:
        raise Refused("log_nobodys", "This account belongs to nobody who has a plan, so it keeps no log.")
    return actor.person_id


def _values(line: Line) -> dict[str, object]:
    said = {name: getattr(line, name) for name in ("item_id", "on_day", "amount", "starts", "ends")}
    return said | {"content": line.content.strip(), "measure": line.measure.strip() or None}


def _check(session: Session, person: UUID, line: Line, key: str) -> None:
    faults = []
    if not 1 <= len(line.content.strip()) <= LONGEST:
        faults.append(Fault("log_content", "Write 1 to {most} characters.", field="content", most=LONGEST))
    if line.on_day > today(agency(session, tenant_of(session)).time_zone):
        faults.append(Fault("log_future", "This day has not come yet.", field="on_day"))
    if line.amount is not None and not 0 <= line.amount < _MOST:
        faults.append(Fault("log_amount", "Enter how much it was, not less than 0.", field="amount"))
    if len(line.measure.strip()) > LONGEST_MEASURE or len(key) > LONGEST_KEY:
        faults.append(Fault("log_measure", "Write it in at most {most} characters.", field="measure", most=50))
    if line.starts and line.ends and line.starts > line.ends:
        faults.append(Fault("log_hours", "It cannot end before it began.", field="ends"))
    if line.item_id and line.item_id not in items_on(session, person, line.on_day):
        faults.append(Fault("log_item", "Choose a result of your plan for that day.", field="item_id"))
    if faults:
        raise Invalid("log_unusable", "Some of this cannot be used; nothing was written.", faults=faults)


def items_on(session: Session, person_id: UUID, day: date) -> dict[UUID, str]:
    """The results of a person's plan, handed in or agreed, that is for a day: id → code and title."""
    rows = session.execute(
        select(PlanItem.id, PlanItem.code, PlanItem.title)
        .join(Plan, (Plan.id == PlanItem.plan_id) & (Plan.tenant_id == PlanItem.tenant_id))
        .where(
            Plan.person_id == person_id,
            Plan.year == day.year,
            Plan.state != "draft",
            or_(Plan.starts.is_(None), Plan.starts <= day),
            or_(Plan.ends.is_(None), Plan.ends >= day),
        )
        .order_by(PlanItem.kind.desc(), PlanItem.code)
    )
    return {row.id: f"{row.code} · {row.title}" for row in rows}
