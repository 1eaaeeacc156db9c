"""Commands on one goal: written or changed, and removed while nothing hangs on it; the session is never committed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import unit_for
from selaras.planning.models import Goal, PlanItem

DOCUMENTS = ("rpjmd", "renstra", "perjanjian_kinerja")
"""Where a goal stands written, from the long plan down to the yearly agreement of a unit's head."""
LONGEST = {"code": 100, "title": 4_000, "indicator": 4_000, "measure": 500}


@dataclass(frozen=True)
class GoalDraft:
    """A goal as somebody writes it: `target` in `measure` units; `parent_id` the goal that it serves."""

    code: str
    unit_id: UUID
    title: str
    indicator: str
    target: Decimal | None = None
    measure: str | None = None
    parent_id: UUID | None = None
    document: str | None = None


def write_goal(
    session: Session, actor: Actor, year: int, draft: GoalDraft, goal_id: UUID | None = None, seen: str | None = None
) -> UUID:
    """A new goal of the year, or `goal_id` changed; `seen` is the version that was read, else nobody is asked.

    `Invalid` names every field; `Conflict` when somebody else changed it meanwhile, or for a code that is taken.
    """
    actor.require(Permission.MANAGE_GOALS)
    unit_for(session, draft.unit_id)
    row = _locked(session, goal_id, year) if goal_id else Goal(year=year)
    if goal_id and seen is not None and seen != version(row):
        raise Conflict(
            "goal_changed", "Somebody else changed this goal while you were writing. Look at it again, then save."
        )
    found = [*_faults(draft), *_parent_faults(session, year, draft, goal_id)]
    if found:
        raise Invalid("goal_unusable", "The goal cannot be kept as it is: {first}", faults=found, first=str(found[0]))
    _refuse_taken(session, year, draft.code, goal_id)
    row.code, row.unit_id, row.title, row.indicator = draft.code.strip(), draft.unit_id, draft.title, draft.indicator
    row.target, row.measure, row.parent_id, row.document = (
        draft.target,
        draft.measure,
        draft.parent_id,
        draft.document,
    )
    session.add(row)
    session.flush()
    record(session, actor, "goal.written", f"goal:{row.id}", {"year": year, "new": goal_id is None})
    return row.id


def remove_goal(session: Session, actor: Actor, year: int, goal_id: UUID) -> None:
    """Take a goal away; `Conflict` says how many results or goals hang on it."""
    actor.require(Permission.MANAGE_GOALS)
    row = _locked(session, goal_id, year)
    below = session.scalar(select(func.count()).select_from(Goal).where(Goal.parent_id == goal_id)) or 0
    results = session.scalar(select(func.count()).select_from(PlanItem).where(PlanItem.goal_id == goal_id)) or 0
    if below or results:
        raise Conflict(
            "goal_used",
            "{goals} goals and {results} results hang on this goal; let them serve another one first.",
            goals=below,
            results=results,
        )
    session.delete(row)
    session.flush()
    record(session, actor, "goal.removed", f"goal:{goal_id}", {"year": year})


def copy_goals(session: Session, actor: Actor, from_year: int, to_year: int) -> int:
    """The goals of a year again in another one, each below its own parent; codes that are there already stay.

    Returns how many were made. `Conflict` where the year has none to copy.
    """
    actor.require(Permission.MANAGE_GOALS)
    rows = session.scalars(select(Goal).where(Goal.year == from_year).order_by(Goal.code)).all()
    if not rows:
        raise Conflict("goals_none", "There are no goals of {year} to copy.", year=from_year)
    names = ("code", "unit_id", "title", "indicator", "target", "measure", "document")
    values = [
        {"tenant_id": tenant_of(session), "year": to_year, **{name: getattr(row, name) for name in names}}
        for row in rows
    ]
    statement = insert(Goal).values(values).on_conflict_do_nothing(index_elements=["tenant_id", "year", "code"])
    made = set(session.scalars(statement.returning(Goal.code)))
    here = {row.code: row for row in session.scalars(select(Goal).where(Goal.year == to_year))}
    codes = {row.id: row.code for row in rows}
    for row in rows:
        if row.code in made and row.parent_id is not None:
            here[row.code].parent_id = here[codes[row.parent_id]].id
    session.flush()
    record(session, actor, "goals.copied", f"year:{to_year}", {"from": from_year, "goals": len(made)})
    return len(made)


def version(row: Goal) -> str:
    """What a form that was opened on the goal remembers of it; it changes with every field."""
    said = (row.code, row.unit_id, row.title, row.indicator, row.target, row.measure, row.parent_id, row.document)
    return hashlib.sha256(repr([str(one) for one in said]).encode()).hexdigest()[:32]


def version_of(session: Session, goal_id: UUID) -> str:
    """The version of a goal as it stands; `NotFound` where there is none."""
    row = session.get(Goal, (tenant_of(session), goal_id))
    if row is None:
        raise NotFound("goal_unknown", "There is no such goal here.")
    return version(row)


def _locked(session: Session, goal_id: UUID, year: int) -> Goal:
    row = session.scalars(select(Goal).where(Goal.id == goal_id, Goal.year == year).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("goal_unknown", "There is no such goal here.")
    return row


def _faults(draft: GoalDraft) -> list[Fault]:
    found = [
        Fault("goal_blank", "Write something here.", field=name)
        for name in ("code", "title", "indicator")
        if not getattr(draft, name).strip()
    ]
    found += [
        Fault("goal_long", "Write at most {most} characters.", field=name, most=most)
        for name, most in LONGEST.items()
        if len(getattr(draft, name) or "") > most
    ]
    if draft.document is not None and draft.document not in DOCUMENTS:
        found.append(Fault("goal_document", "Choose one of: {known}.", field="document", known=", ".join(DOCUMENTS)))
    return found


def _parent_faults(session: Session, year: int, draft: GoalDraft, goal_id: UUID | None) -> list[Fault]:
    """The goal above is one of the same year, and none that serves this one."""
    above, seen = draft.parent_id, set[UUID]()
    while above is not None:
        if above == goal_id or above in seen:
            return [Fault("goal_circle", "This goal would serve itself; choose another one above.", field="parent_id")]
        seen.add(above)
        row = session.execute(select(Goal.parent_id).where(Goal.id == above, Goal.year == year)).one_or_none()
        if row is None:
            return [Fault("goal_parent", "There is no such goal in {year}.", field="parent_id", year=year)]
        above = row[0]
    return []


def _refuse_taken(session: Session, year: int, code: str, goal_id: UUID | None) -> None:
    taken = select(Goal.id).where(Goal.year == year, Goal.code == code.strip())
    if session.scalar(taken) not in (None, goal_id):
        raise Conflict("goal_code", "There is another goal with the code {code} in {year}.", code=code, year=year)
