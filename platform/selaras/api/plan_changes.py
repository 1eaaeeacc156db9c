"""Endpoints: amending an agreed plan, its versions, and the plan for a new post."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow.validate import Length

from selaras.api import shapes_planning as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.planning import draft_in, draft_shown
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.planning import amending
from selaras.planning.access import plan_seen, planner_for
from selaras.planning.choices import choices
from selaras.planning.forms import asked_form
from selaras.planning.history import Difference, versions
from selaras.planning.moving import begin_part
from selaras.planning.queries import last_day
from selaras.regulation import Rules

endpoints = endpoints_of("amendments", "Amending an agreed plan, and its versions")

_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"
_CHANGE = f"{_PLAN}/amendment"


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else; `part` is a code of the form (aspect, stage, behaviour …)."""

    name: str
    part: str | None
    before: str
    after: str


@dataclass(frozen=True)
class PlanDifference:
    """A result (`code`), or the plan around them (null), that was added, stopped or changed."""

    kind: str
    code: str | None
    title: str
    fields: list[FieldChange]


@dataclass(frozen=True)
class PlanAmendment:
    """An amendment on its way: draft or submitted. `version` is sent back in `If-Match` when it is written again."""

    state: str
    reason: str
    note: str | None
    begun_at: datetime
    submitted_at: datetime | None
    version: str
    draft: shapes.PlanDraft
    differences: list[PlanDifference]


@dataclass(frozen=True)
class PlanAmendmentShown:
    """The amendment that is on its way, or null."""

    amendment: PlanAmendment | None


@dataclass(frozen=True)
class PlanVersion:
    """A plan as it was agreed, and how it differs from the version before."""

    number: int
    agreed_at: datetime
    agreed_by: str | None
    reason: str | None
    draft: shapes.PlanDraft
    differences: list[PlanDifference]


@dataclass(frozen=True)
class PlanVersions:
    """The newest first."""

    items: list[PlanVersion]


@dataclass(frozen=True)
class AmendmentBegin:
    """Why the plan is to be changed."""

    reason: str = field(metadata={"validate": Length(min=20, max=2000)})


@endpoints.route(f"{_PLAN}/versions")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(PlanVersions))
def list_plan_versions(person_id: UUID, year: int) -> Response:
    """Every agreed version of the plan."""
    found = plan_seen(session(), actor(), person_id, year)
    made = versions(session(), found.plan_id) if found else []
    shown = [
        PlanVersion(
            one.number, one.agreed_at, one.agreed_by, one.reason, draft_shown(one.draft), _told(one.differences)
        )
        for one in made
    ]
    return encoded(PlanVersions(shown))


@endpoints.route(_CHANGE)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(PlanAmendmentShown))
def show_amendment(person_id: UUID, year: int) -> Response:
    """What is being changed, and how it differs from the plan in force."""
    return _shown(person_id, year)


@endpoints.route(_CHANGE, methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(AmendmentBegin))
@endpoints.response(201, schema_of(PlanAmendmentShown))
def post_amendment(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Begin to amend one's own agreed plan; begun twice, it is begun once."""
    planner_for(session(), actor(), person_id)
    refuse_settled(session(), str(year), person_id)
    amending.begin(session(), actor(), person_id, year, body["reason"])
    return _shown(person_id, year, 201)


@endpoints.route(_CHANGE, methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.PlanRequest))
@endpoints.response(200, schema_of(PlanAmendmentShown))
def put_amendment(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Write the amendment; with `If-Match: <version>` nothing that was written elsewhere is overwritten."""
    chosen = _rules(person_id, year)
    seen = request.headers.get("If-Match", "").strip('"') or None
    amending.save(session(), actor(), person_id, year, draft_in(body), chosen, seen=seen)
    return _shown(person_id, year)


@endpoints.route(f"{_CHANGE}/submission", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(200, schema_of(PlanAmendmentShown))
def submit_amendment(person_id: UUID, year: int) -> Response:
    """Hand the amendment to the appraiser."""
    amending.submit(session(), actor(), person_id, year, _rules(person_id, year))
    return _shown(person_id, year)


@endpoints.route(f"{_CHANGE}/withdrawal", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(204)
def withdraw_amendment(person_id: UUID, year: int) -> Response:
    """Give the amendment up; the plan stays as it was agreed."""
    planner_for(session(), actor(), person_id)
    amending.withdraw(session(), actor(), person_id, year)
    return Response(status=204)


@endpoints.route(f"{_CHANGE}/agreement", methods=["POST"])
@needs(Permission.AGREE_PLANS)
@endpoints.response(200, schema_of(PlanVersions))
def agree_amendment(person_id: UUID, year: int) -> Response:
    """The appraiser agrees; with `If-Match: <version>` only to what was read."""
    seen = request.headers.get("If-Match", "").strip('"') or None
    amending.agree(session(), actor(), person_id, year, _rules(person_id, year), seen)
    return list_plan_versions(person_id=person_id, year=year)  # type: ignore[no-any-return]  # flask_smorest is not typed


@endpoints.route(f"{_CHANGE}/return", methods=["POST"])
@needs(Permission.AGREE_PLANS)
@endpoints.arguments(schema_of(shapes.PlanReturn))
@endpoints.response(200, schema_of(PlanAmendmentShown))
def return_amendment(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """The appraiser gives the amendment back, and says why."""
    _rules(person_id, year)
    amending.give_back(session(), actor(), person_id, year, body["note"])
    return _shown(person_id, year)


@endpoints.route(f"{_PLAN}/parts", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(204)
def post_plan_part(person_id: UUID, year: int) -> Response:
    """Begin the plan for one's new post; the agreed one ends the day before it."""
    person = person_for(session(), actor(), person_id)
    refuse_settled(session(), str(year), person_id)
    chosen = rules(last_day(year))
    asked = asked_form(session(), person_id, year, None, chosen, day())
    offered = choices(session(), person_id, person.line.unit_id, year, day())
    begin_part(session(), actor(), person_id, year, asked, offered, chosen)
    return Response(status=204)


def _rules(person_id: UUID, year: int) -> Rules:
    found = plan_seen(session(), actor(), person_id, year)
    refuse_settled(session(), str(year), person_id)
    return rules(last_day(year, found))


def _shown(person_id: UUID, year: int, status: int = 200) -> Response:
    found = plan_seen(session(), actor(), person_id, year)
    one = amending.amendment(session(), found.plan_id) if found else None
    made = None
    if one is not None:
        told = _told(one.differences)
        made = PlanAmendment(
            one.state, one.reason, one.note, one.begun_at, one.submitted_at, one.seen, draft_shown(one.draft), told
        )
    return encoded(PlanAmendmentShown(made), status)


def _told(found: tuple[Difference, ...]) -> list[PlanDifference]:
    return [
        PlanDifference(one.kind, one.code, one.title, [FieldChange(**vars(change)) for change in one.fields])
        for one in found
    ]
