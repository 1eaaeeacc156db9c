"""The action plan (rencana aksi) of a period: steps for each result, written by the employee, read by the appraiser."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.errors import Conflict, Fault, Invalid
from selaras.identity.actor import Actor
from selaras.monitoring.models import ActionStep
from selaras.planning.drafting import plan_row, require_own
from selaras.planning.models import Plan, PlanItem

MOST = 12
"""Steps of one result in one period."""
LONGEST = 1_000


@dataclass(frozen=True)
class Span:
    """The period that the steps are for, both days included."""

    code: str
    starts: date
    ends: date


@dataclass(frozen=True)
class Step:
    """One step: what is done, what it delivers, until when, and since when it is done."""

    content: str
    target: str | None = None
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class ActionPlan:
    """The steps of a period by result, in order; `seen` is the version of all of them."""

    steps: Mapping[UUID, tuple[Step, ...]]

    @property
    def seen(self) -> str:
        """It changes with every step."""
        said = sorted((str(item), [repr(one) for one in steps]) for item, steps in self.steps.items())
        return hashlib.sha256(repr(said).encode()).hexdigest()[:24]

    @property
    def count(self) -> int:
        """How many steps there are."""
        return sum(map(len, self.steps.values()))

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(one.done_on is not None for steps in self.steps.values() for one in steps)


def action_plan(session: Session, person_id: UUID, year: int, code: str) -> ActionPlan:
    """The person's steps in a period of the year, over all plans of it; one statement."""
    rows = session.scalars(
        select(ActionStep)
        .join(PlanItem, PlanItem.id == ActionStep.item_id)
        .join(Plan, Plan.id == PlanItem.plan_id)
        .where(Plan.person_id == person_id, Plan.year == year, ActionStep.period_code == code)
        .order_by(ActionStep.item_id, ActionStep.place)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Step]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(Step(row.content, row.target, row.due_on, row.done_on))
    return ActionPlan({item: tuple(steps) for item, steps in found.items()})


def write_actions(
    session: Session,
    actor: Actor,
    person_id: UUID,
    year: int,
    span: Span,
    steps: Mapping[UUID, Sequence[Step]],
    seen: str | None = None,
) -> None:
    """One's own steps of a period as a whole: what is not named of the named results is gone.

    `seen` is the version that was read; what was written elsewhere since then is not overwritten.
    """
    require_own(actor, person_id)
    plan_row(session, person_id, year)
    known = action_plan(session, person_id, year, span.code)
    wanted = ActionPlan({item: tuple(ones) for item, ones in steps.items() if ones})
    if wanted.steps == {item: ones for item, ones in known.steps.items() if item in steps}:
        return
    if seen is not None and seen != known.seen:
        raise Conflict(
            "actions_changed",
            "The action plan was changed elsewhere meanwhile, perhaps on another device of yours. Nothing was "
            "overwritten: open it again in a new window, compare, then send this again.",
        )
    _refuse(session, person_id, year, span, steps)
    session.execute(delete(ActionStep).where(ActionStep.item_id.in_(list(steps)), ActionStep.period_code == span.code))
    session.add_all(
        ActionStep(
            item_id=item,
            period_code=span.code,
            place=place,
            content=one.content.strip(),
            target=one.target,
            due_on=one.due_on,
            done_on=one.done_on,
        )
        for item, ones in steps.items()
        for place, one in enumerate(ones, 1)
    )
    session.flush()
    payload = {"period": span.code, "steps": wanted.count, "done": wanted.done}
    record(session, actor, "actions.written", f"person:{person_id}", payload)


def _refuse(session: Session, person_id: UUID, year: int, span: Span, steps: Mapping[UUID, Sequence[Step]]) -> None:
    """Results of one's own plan of the year only; every step says what is done, on days of the period."""
    mine = select(PlanItem.id).join(Plan, Plan.id == PlanItem.plan_id)
    own = set(session.scalars(mine.where(Plan.person_id == person_id, Plan.year == year)))
    found: list[Fault] = []
    for item, ones in steps.items():
        if item not in own:
            found.append(Fault("action_item", "This is no result of your plan of {year}.", field=f"{item}", year=year))
        if len(ones) > MOST:
            found.append(Fault("action_many", "A result can have at most {most} steps.", field=f"{item}", most=MOST))
        for n, one in enumerate(ones):
            found += _faults(f"{item}.{n}", one, span)
    if found:
        raise Invalid(
            "actions_form", "The action plan was not saved: {count} fields are to be corrected.", faults=found,
            count=len(found),
        )  # fmt: skip


def _faults(place: str, one: Step, span: Span) -> list[Fault]:
    found = []
    if not one.content.strip():
        found.append(Fault("action_blank", "Say what is done in this step.", field=f"{place}.content"))
    for name in ("content", "target"):
        if len(getattr(one, name) or "") > LONGEST:
            found.append(
                Fault("action_long", "Write at most {most} characters.", field=f"{place}.{name}", most=LONGEST)
            )
    if one.due_on is not None and not span.starts <= one.due_on <= span.ends:
        found.append(
            Fault(
                "action_day",
                "Choose a day from {starts} to {ends}.",
                field=f"{place}.due_on",
                starts=span.starts,
                ends=span.ends,
            )
        )
    return found
