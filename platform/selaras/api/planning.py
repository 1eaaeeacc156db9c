"""Endpoints: a person's plan in its form, from draft to agreement; matrices, assignments, and how far plans are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.api import shapes_planning as shapes
from selaras.api.acknowledgements import shown
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes import Label as ApiLabel
from selaras.api.shapes import Word
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.evaluation.rules import period_span
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.organisation.inspecting import note
from selaras.organisation.reach import reach
from selaras.planning import copying, drafting
from selaras.planning.access import assignments_seen, matrix_seen, plan_seen, planner_for
from selaras.planning.assignments import AssignmentView, give_input
from selaras.planning.choices import choices
from selaras.planning.drafts import (
    AnnexDraft,
    ExpectationDraft,
    ItemDraft,
    MeasureDraft,
    PlanDraft,
    StrategyDraft,
)
from selaras.planning.forms import AskedForm, asked_form, due
from selaras.planning.handing_in import handed_in_before
from selaras.planning.matrix import ShareView
from selaras.planning.queries import ItemView, PlanView, TextView, last_day, told
from selaras.planning.readiness import open_plans, readiness
from selaras.planning.versions import version
from selaras.regulation import Column, Label

endpoints = endpoints_of("planning", "Plans (SKP), matrices, assignments")

_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"


@endpoints.route(_PLAN)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.PersonPlan))
def show_plan(person_id: UUID, year: int) -> Response:
    """A person's plan of a year with the form that it has; `plan` is null where there is none."""
    return encoded(_person_plan(person_id, year))


@endpoints.route(_PLAN, methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.PlanRequest))
@endpoints.response(200, schema_of(shapes.PersonPlan))
def put_plan(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """Write one's own draft; what the form does not know is refused field by field, what is missing is not yet.

    With `If-Match: <version>` (`none` where there is no plan) nothing that was written elsewhere is overwritten.
    """
    found = plan_seen(session(), actor(), person_id, year)
    refuse_settled(session(), str(year), person_id)
    chosen = rules(last_day(year, found))
    drafting.save_draft(session(), actor(), person_id, year, draft_in(body), chosen, seen=_read())
    return encoded(_person_plan(person_id, year))


@endpoints.route(f"{_PLAN}/copy", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(201, schema_of(shapes.PersonPlan))
def copy_plan(person_id: UUID, year: int) -> Response:
    """Begin one's own plan with that of the year before, as far as this year's form knows it."""
    person = planner_for(session(), actor(), person_id)
    refuse_settled(session(), str(year), person_id)
    chosen = rules(last_day(year))
    asked = asked_form(session(), person_id, year, None, chosen, day())
    offered = choices(session(), person_id, person.line.unit_id, year, day())
    copying.copy_plan(session(), actor(), person_id, year, asked, offered, chosen)
    return encoded(_person_plan(person_id, year), 201)


@endpoints.route(f"{_PLAN}/submission", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.response(200, schema_of(shapes.PersonPlan))
def submit_plan(person_id: UUID, year: int) -> Response:
    """Hand one's own plan to the appraiser; every field that is still open is named."""
    found = plan_seen(session(), actor(), person_id, year)
    refuse_settled(session(), str(year), person_id)
    drafting.submit(session(), actor(), person_id, year, rules(last_day(year, found)))
    return encoded(_person_plan(person_id, year))


@endpoints.route(f"{_PLAN}/agreement", methods=["POST"])
@needs(Permission.AGREE_PLANS)
@endpoints.response(200, schema_of(shapes.PersonPlan))
def agree_plan(person_id: UUID, year: int) -> Response:
    """The appraiser agrees to a submitted plan; with `If-Match: <version>` only to what was read."""
    refuse_settled(session(), str(year), person_id)
    seen = _read()
    form = rules(last_day(year, plan_seen(session(), actor(), person_id, year))).form if seen else None
    drafting.agree(session(), actor(), person_id, year, (form, seen) if form and seen else None)
    return encoded(_person_plan(person_id, year))


@endpoints.route(f"{_PLAN}/return", methods=["POST"])
@needs(Permission.AGREE_PLANS)
@endpoints.arguments(schema_of(shapes.PlanReturn))
@endpoints.response(200, schema_of(shapes.PersonPlan))
def return_plan(body: dict[str, Any], person_id: UUID, year: int) -> Response:
    """The appraiser gives a plan back to be changed, and says why."""
    refuse_settled(session(), str(year), person_id)
    drafting.give_back(session(), actor(), person_id, year, body["note"])
    return encoded(_person_plan(person_id, year))


@endpoints.route("/people/<uuid:person_id>/matrix/<int(min=2000,max=2100):year>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Matrix))
def show_matrix(person_id: UUID, year: int) -> Response:
    """Who takes which part in the person's results, and the person's own part in those of others."""
    members, own = matrix_seen(session(), actor(), person_id, year)
    return encoded(shapes.Matrix([_share(one) for one in members], [_share(one) for one in own]))


@endpoints.route("/people/<uuid:person_id>/assignments")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.AssignmentsQuery), location="query")
@endpoints.response(200, schema_of(shapes.Assignments))
def list_assignments(query: dict[str, Any], person_id: UUID) -> Response:
    """The person's assignments to teams in a year, with what the team leaders said."""
    year = query["year"] or day().year
    on = (date(year, 1, 1), date(year, 12, 31))
    found = assignments_seen(session(), actor(), person_id, *on)
    return encoded(shapes.Assignments([_assignment(one) for one in found]))


@endpoints.route("/assignments/<uuid:assignment_id>/inputs/<period>", methods=["PUT"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.InputRequest))
@endpoints.response(204)
def put_input(body: dict[str, Any], assignment_id: UUID, period: str) -> Response:
    """The team leader tells the appraiser about one assigned person; it is read beside the rating and rates nothing."""
    span = period_span(period)
    refuse_settled(session(), span.code)
    give_input(session(), actor(), assignment_id, span.code, body["content"], days=(span.starts, span.ends))
    return Response(status=204)


@endpoints.route("/plans/<int(min=2000,max=2100):year>/readiness")
@needs(Permission.SEE_AGENCY)
@endpoints.response(200, schema_of(shapes.PlanReadiness))
def show_readiness(year: int) -> Response:
    """How far the plans of a year are, over everybody in service today."""
    found = readiness(
        session(),
        year,
        day(),
        due(rules(last_day(year)), year),
        within=reach(session(), actor(), Permission.SEE_AGENCY, day()),
    )
    seen = reach(session(), actor(), Permission.SEE_PEOPLE, day())
    held = Permission.SEE_PEOPLE in actor().permissions
    people = open_plans(session(), year, day(), within=seen) if held else []
    note(session(), actor(), [one.person_id for one in people])
    listed = [shapes.OpenPlan(**vars(one)) for one in people]
    return encoded(shapes.PlanReadiness(**vars(found), items=listed))


def _read() -> str | None:
    """The version that the client has read, where it says so."""
    return request.headers.get("If-Match", "").strip('"') or None


def _person_plan(person_id: UUID, year: int) -> shapes.PersonPlan:
    found = plan_seen(session(), actor(), person_id, year)
    asked = asked_form(session(), person_id, year, found, rules(last_day(year, found)), day())
    own = actor().person_id == person_id and found is not None
    kept = handed_in_before(session(), person_id, found.plan_id) if own and found else None
    shaped = _plan(found, asked) if found else None
    return shapes.PersonPlan(_form(asked), shaped, shown(kept) if kept else None, version(found, asked.form))


def _form(asked: AskedForm) -> shapes.PlanForm:
    form, variant = asked.form, asked.variant
    return shapes.PlanForm(
        regulation=Word(asked.regulation, _label(asked.title)),
        variant=_word(variant.code, variant.label) if variant else None,
        superior_result=variant.superior_result if variant else "optional",
        least_indicators=form.least_indicators,
        sections=[shapes.FormSection(one.code, _label(one.label), one.kind) for one in form.sections],
        models=[shapes.FormModel(one.code, _label(one.label), one.measured) for one in form.models],
        aspects=[_word(one.code, one.label) for one in form.aspects],
        perspectives=[_word(one.code, one.label) for one in asked.perspectives],
        stages=[_word(one.code, one.label) for one in asked.stages],
        annexes=[_word(one.code, one.label) for one in asked.annexes],
        behaviours=[_word(one.code, one.label) for one in asked.behaviours],
        special=_label(form.special.label) if form.special else None,
        columns=[_column(one) for one in form.columns],
        due=asked.due,
    )


def _column(one: Column) -> shapes.FormColumn:
    allowed = [_word(code, one.labels.get(code, Label(id=code, en=code))) for code in one.allowed]
    return shapes.FormColumn(
        one.name, _label(one.label), one.type, one.unit, one.required, allowed, one.minimum, one.maximum, one.article
    )


def _plan(view: PlanView, asked: AskedForm) -> shapes.Plan:
    return shapes.Plan(
        id=view.plan_id,
        year=view.year,
        segment=view.segment,
        state=view.state,
        model=view.model,
        variant=view.variant,
        starts=view.starts,
        ends=view.ends,
        appraiser_id=view.appraiser_id,
        appraiser_name=view.appraiser_name,
        submitted_at=view.submitted_at,
        agreed_at=view.agreed_at,
        note=view.note,
        items=[_item(one, asked) for one in view.items],
        annexes=[_text(one) for one in view.annexes],
        expectations=[_text(one) for one in view.expectations],
    )


def _item(item: ItemView, asked: AskedForm) -> shapes.PlanItem:
    return shapes.PlanItem(
        id=item.item_id,
        code=item.code,
        kind=item.kind,
        section=item.section,
        title=item.title,
        perspective=item.perspective,
        origin=item.origin,
        special=asked.is_special(item.origin),
        expectation=item.expectation,
        parent_item_id=item.parent_item_id,
        parent_title=item.parent_title,
        goal_id=item.goal_id,
        goal_title=item.goal_title,
        assignment_id=item.assignment_id,
        measures=[shapes.PlanMeasure(**vars(one)) for one in item.measures],
        strategy=[_text(one) for one in item.strategy],
        detail=told(item.detail, asked.form) or {},
        stopped_on=item.stopped_on,
    )


def _share(one: ShareView) -> shapes.Share:
    return shapes.Share(**vars(one))


def _assignment(one: AssignmentView) -> shapes.Assignment:
    return shapes.Assignment(
        id=one.assignment_id,
        code=one.code,
        role=one.role,
        leader_id=one.leader_id,
        leader_name=one.leader_name,
        origin=one.origin,
        place_name=one.place_name,
        task=one.task,
        basis=one.basis,
        result=one.result,
        since=one.since,
        until=one.until,
        inputs=[
            shapes.TeamInput(said.period_code, said.giver_name, said.given_on, said.content) for said in one.inputs
        ],
    )


def draft_in(body: Mapping[str, Any]) -> PlanDraft:
    """The draft that a request holds."""
    return PlanDraft(
        model=body["model"],
        variant=body["variant"],
        items=tuple(_item_draft(one) for one in body["items"]),
        annexes=tuple(AnnexDraft(one["code"], one["content"]) for one in body["annexes"]),
        expectations=tuple(ExpectationDraft(one["code"], one["content"]) for one in body["expectations"]),
    )


def draft_shown(draft: PlanDraft) -> shapes.PlanDraft:
    """A draft as it is answered, in the shape in which it is sent."""
    items = [
        shapes.ItemDraft(
            **{
                **vars(one),
                "measures": [shapes.MeasureDraft(**vars(measure)) for measure in one.measures],
                "strategy": [shapes.PlanText(line.stage, line.content) for line in one.strategy],
            }
        )
        for one in draft.items
    ]
    annexes = [shapes.PlanText(one.kind, one.content) for one in draft.annexes]
    expectations = [shapes.PlanText(one.behaviour, one.content) for one in draft.expectations]
    return shapes.PlanDraft(draft.model, draft.variant, items, annexes, expectations)


def _item_draft(body: Mapping[str, Any]) -> ItemDraft:
    measures = (MeasureDraft(**one) for one in body["measures"])
    strategy = (StrategyDraft(one["code"], one["content"]) for one in body["strategy"])
    return ItemDraft(**{**body, "measures": tuple(measures), "strategy": tuple(strategy)})


def _text(one: TextView) -> shapes.PlanText:
    return shapes.PlanText(one.code, one.content)


def _word(code: str, label: Label) -> Word:
    return Word(code, _label(label))


def _label(label: Label) -> ApiLabel:
    return ApiLabel(label["id"], label["en"])
