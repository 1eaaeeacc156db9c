"""Endpoints: what follows a result, its improvement plan, and how many results nothing follows, by unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow.validate import Length

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.evaluation.queries import period_by_code
from selaras.followup.access import receipt_person
from selaras.followup.improvement_plans import service
from selaras.followup.improvement_plans.queries import follow_figures, improvement_plan, what_follows
from selaras.followup.improvement_plans.rules import Step
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reach

endpoints = endpoints_of("what follows", "What follows results: improvement plans, and figures by unit")

_HERE = "/people/<uuid:person_id>/follow-ups/<period>"


@dataclass(frozen=True)
class ImprovementStep:
    """One step; without `done_on` it is still to be done."""

    id: UUID
    what: str
    until: date
    responsible_id: UUID
    responsible_name: str
    done_on: date | None


@dataclass(frozen=True)
class ImprovementPlan:
    """Why a result was not reached and what is done about it; `version` is sent back in `If-Match`."""

    analysis: str
    writer_name: str
    edited_at: datetime
    version: str
    closed_on: date | None
    came_of: str | None
    steps: list[ImprovementStep]


@dataclass(frozen=True)
class ResultFollowUp:
    """What follows a result.

    `state`: `improve_missing`, `improving`, `improving_late`, `improved`, `formal` (the path of PP 30/2019),
    `next_missing`, `led_on` (a year leads to the next plan), `talk_missing`, `talked`; null without a result.
    """

    state: str | None
    plan: ImprovementPlan | None


@dataclass(frozen=True)
class ImprovementStepRequest:
    """A step as it is written; `id` names one that is there already."""

    what: str = field(metadata={"validate": Length(max=500)})
    until: date
    responsible_id: UUID
    id: UUID | None = None


@dataclass(frozen=True)
class ImprovementRequest:
    """The whole plan; a step that is left out is taken away unless it is done."""

    analysis: str = field(metadata={"validate": Length(max=4000)})
    steps: list[ImprovementStepRequest]


@dataclass(frozen=True)
class ImprovementEnd:
    """What came of it."""

    came_of: str = field(metadata={"validate": Length(max=4000)})


@dataclass(frozen=True)
class FollowUpUnit:
    """One unit: how many results are in each state; `nothing`: results that nothing follows yet."""

    unit_id: UUID
    unit_name: str
    people: int
    nothing: int
    states: dict[str, int]


@dataclass(frozen=True)
class FollowUpFigures:
    """The units within reach that have results of the period."""

    items: list[FollowUpUnit]


@endpoints.route(_HERE)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(ResultFollowUp))
def show_follow_up(person_id: UUID, period: str) -> Response:
    """What follows one person's result."""
    return _shown(person_id, period)


@endpoints.route(_HERE, methods=["PUT"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(ImprovementRequest))
@endpoints.response(200, schema_of(ResultFollowUp))
def put_improvement(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Whoever appraises writes the plan; with `If-Match: <version>` (none: `none`) nothing newer is overwritten."""
    _seen(person_id, period)
    steps = [Step(**{**one, "what": one["what"].replace("\0", "")}) for one in body["steps"]]
    seen = request.headers.get("If-Match", "").strip('"') or None
    service.write_plan(session(), actor(), person_id, period, body["analysis"].replace("\0", ""), steps, seen=seen)
    return _shown(person_id, period)


@endpoints.route(f"{_HERE}/steps/<uuid:action_id>/done", methods=["POST"])
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
@endpoints.response(200, schema_of(ResultFollowUp))
def do_improvement_step(person_id: UUID, period: str, action_id: UUID) -> Response:
    """Whoever is responsible, or appraises, says that a step is done; again, it changes nothing."""
    _seen(person_id, period)
    service.done(session(), actor(), person_id, period, action_id)
    return _shown(person_id, period)


@endpoints.route(f"{_HERE}/end", methods=["POST"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(ImprovementEnd))
@endpoints.response(200, schema_of(ResultFollowUp))
def close_improvement(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Say what came of it; then it stays as it is."""
    _seen(person_id, period)
    service.close_plan(session(), actor(), person_id, period, body["came_of"].replace("\0", ""))
    return _shown(person_id, period)


@endpoints.route("/periods/<period>/follow-ups/figures")
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(FollowUpFigures))
def show_follow_figures(period: str) -> Response:
    """How many results of a period lead to what, by unit."""
    within = reach(session(), actor(), Permission.SEE_AGENCY, day())
    lines = follow_figures(session(), period_by_code(session(), period), day(), within)
    return encoded(
        FollowUpFigures(
            [
                FollowUpUnit(
                    one.unit_id,
                    one.unit_name,
                    one.people,
                    one.nothing,
                    {state.value: n for state, n in one.counts.items()},
                )
                for one in lines
            ]
        )
    )


def _seen(person_id: UUID, period: str) -> None:
    receipt_person(session(), actor(), instance().registry, person_id, period)


def _shown(person_id: UUID, code: str) -> Response:
    _seen(person_id, code)
    session().flush()
    period = period_by_code(session(), code)
    state, plan = what_follows(session(), person_id, period, day()), improvement_plan(session(), person_id, period.id)
    made = None
    if plan is not None:
        steps = [ImprovementStep(**vars(one)) for one in plan.actions]
        made = ImprovementPlan(
            plan.analysis, plan.writer_name, plan.edited_at, plan.version, plan.closed_on, plan.came_of, steps
        )
    return encoded(ResultFollowUp(state, made))
