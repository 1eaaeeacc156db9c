"""Endpoints: the action plan (rencana aksi) of a period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow.validate import Length

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.errors import Invalid
from selaras.evaluation.locking import Matter
from selaras.evaluation.rules import period_span
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.monitoring.actions import LONGEST, MOST, Span, Step, action_plan, write_actions
from selaras.planning.access import planner_for

endpoints = endpoints_of("actions", "Action plans (rencana aksi): steps of a period for each result")

_ACTIONS = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/actions/<period>"


@dataclass(frozen=True)
class ActionStep:
    """What is done, what it delivers, until when (a day of the period), and since when it is done."""

    content: str = field(metadata={"validate": Length(min=1, max=LONGEST)})
    target: str | None = field(default=None, metadata={"validate": Length(max=LONGEST)})
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class ItemActions:
    """The steps for one result, in order."""

    item_id: UUID
    steps: list[ActionStep] = field(metadata={"validate": Length(max=MOST)})


@dataclass(frozen=True)
class ActionPlan:
    """All steps of a period; `version` is sent back in `If-Match` when it is written again."""

    period: str
    version: str
    items: list[ItemActions]


@dataclass(frozen=True)
class ActionPlanRequest:
    """The steps of the named results; those of others stay."""

    items: list[ItemActions] = field(metadata={"validate": Length(max=60)})


@endpoints.route(_ACTIONS)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(ActionPlan))
def show_actions(person_id: UUID, year: int, period: str) -> Response:
    """The steps of a period."""
    planner_for(session(), actor(), person_id)
    return _shown(person_id, year, _span(year, period))


@endpoints.route(_ACTIONS, methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(ActionPlanRequest))
@endpoints.response(200, schema_of(ActionPlan))
def put_actions(body: dict[str, Any], person_id: UUID, year: int, period: str) -> Response:
    """Write one's own steps; with `If-Match: <version>` nothing that was written elsewhere is overwritten."""
    planner_for(session(), actor(), person_id)
    span = _span(year, period)
    for code in (span.code, str(year)):
        refuse_settled(session(), code, person_id, Matter.PROGRESS)
    steps = {one["item_id"]: [Step(**step) for step in one["steps"]] for one in body["items"]}
    seen = request.headers.get("If-Match", "").strip('"') or None
    write_actions(session(), actor(), person_id, year, span, steps, seen)
    return _shown(person_id, year, span)


def _span(year: int, code: str) -> Span:
    found = period_span(code)
    if found.ends.year != year:
        raise Invalid("action_period", "Period {code} is not of the year {year}.", code=found.code, year=year)
    return Span(found.code, found.starts, found.ends)


def _shown(person_id: UUID, year: int, span: Span) -> Response:
    found = action_plan(session(), person_id, year, span.code)
    items = [
        ItemActions(item, [ActionStep(one.content, one.target, one.due_on, one.done_on) for one in steps])
        for item, steps in found.steps.items()
    ]
    return encoded(ActionPlan(span.code, found.seen, items))
