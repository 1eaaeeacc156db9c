"""Input across agencies: offered and answered by the officials of both, written by the receiving agency's leader."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import day_of_field, uuid_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.evaluation.rules import period_span, quarter_of
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.planning.across import queries, service
from selaras.planning.across.queries import GrantView
from selaras.planning.across.rules import INPUT_LENGTH
from selaras.planning.assignments import assignment_for
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

MOST_QUARTERS = 8


@pages.get("/input-grants")
@needs(Permission.SHARE_INPUT)
def input_grants() -> Response:
    """Every grant of this agency on either side; offers of others wait here for an answer."""
    return _input_grants()


def _input_grants(error: DomainError | None = None) -> Response:
    found = queries.grants(session(), actor(), day())
    return render(
        "input_grants.html", error.status if error else 200, active="web.input_grants", found=found, error=error
    )


@pages.get("/input-grants/new")
@needs(Permission.SHARE_INPUT)
def new_input_grant() -> Response:
    """The form with which an assignment is opened to another agency's leader; it says what that agency will see."""
    return _form(uuid_of_field(request.args.get("assignment", ""), "assignment"))


def _form(assignment_id: UUID | None, error: DomainError | None = None) -> Response:
    if assignment_id is None:
        raise NotFound("assignment_not_here", "There is no such assignment here.")
    assignment = assignment_for(session(), assignment_id)
    return render(
        "input_grant_offer.html",
        error.status if error else 200,
        active="web.input_grants",
        assignment=assignment,
        person=person_for(session(), actor(), assignment.person_id).line,
        today=day(),
        form=request.form,
        error=error,
    )


@pages.post("/input-grants")
@needs(Permission.SHARE_INPUT)
def offer_input() -> BaseResponse:
    """Consent and offer it; what is refused comes back as written."""
    assignment = uuid_of_field(request.form.get("assignment", ""), "assignment")
    try:
        with session().begin_nested():
            service.offer(session(), actor(), _wanted(assignment), day())
    except (Conflict, Invalid) as error:
        return _form(assignment, error)
    return see("web.input_grants", "input-offered")


def _wanted(assignment: UUID | None) -> service.Offer:
    form = request.form
    last = day_of_field(form.get("last", ""), "last")
    if last is None or last >= date.max:
        raise Invalid("input_grant_last", "Name the last day on which input may be given.", field="last")
    return service.Offer(
        assignment_id=assignment or UUID(int=0),
        agency=form.get("agency", ""),
        leader_number=form.get("leader", ""),
        basis=form.get("basis", ""),
        since=day_of_field(form.get("since", ""), "since") or day(),
        until=last + timedelta(days=1),
    )


@pages.post("/input-grants/<uuid:grant_id>/answer")
@needs(Permission.SHARE_INPUT)
def answer_input_grant(grant_id: UUID) -> BaseResponse:
    """Accept or decline what another agency offers."""
    accepted = request.form.get("answer") == "accept"
    try:
        with session().begin_nested():
            service.answer(session(), actor(), grant_id, accepted=accepted, today=day())
    except (Conflict, NotFound) as error:
        return _input_grants(error)
    return see("web.input_grants", "input-accepted" if accepted else "input-declined")


@pages.post("/input-grants/<uuid:grant_id>/end")
@needs(Permission.SHARE_INPUT)
def end_input_grant(grant_id: UUID) -> BaseResponse:
    """End it today; the other agency learns of it."""
    try:
        with session().begin_nested():
            service.end(session(), actor(), grant_id, request.form.get("reason", ""), day())
    except (Conflict, Invalid, NotFound) as error:
        return _input_grants(error)
    return see("web.input_grants", "input-ended")


@pages.get("/granted-inputs")
@needs(Permission.PLAN_OWN)
def granted_inputs() -> Response:
    """The people of other agencies on whom one may give input today, and what one said."""
    return _granted_inputs()


def _granted_inputs(wrong: UUID | None = None, error: DomainError | None = None) -> Response:
    found = queries.own_grants(session(), actor(), day())
    return render(
        "granted_inputs.html",
        error.status if error else 200,
        active="web.home",
        found=[(one, _periods(one)) for one in found],
        wrong=wrong,
        form=request.form,
        most=INPUT_LENGTH,
        error=error,
    )


@pages.post("/granted-inputs/<uuid:grant_id>")
@needs(Permission.PLAN_OWN)
def write_granted_input(grant_id: UUID) -> BaseResponse:
    """Say it; it travels to the other agency's appraiser."""
    try:
        span = period_span(request.form.get("period", ""))
        with session().begin_nested():
            service.write(
                session(),
                actor(),
                grant_id,
                span.code,
                request.form.get("content", ""),
                days=(span.starts, span.ends),
            )
    except (Conflict, Invalid) as error:
        return _granted_inputs(grant_id, error)
    return see("web.granted_inputs", "input-written")


def _periods(grant: GrantView) -> list[str]:
    """The quarters and the year that the assignment touches up to today, the newest first."""
    last = min(day(), grant.work_until - timedelta(days=1)) if grant.work_until else day()
    at = max(last, grant.work_since)
    found: list[str] = []
    while at >= grant.work_since and len(found) < MOST_QUARTERS:
        found.append(quarter_of(at))
        at = period_span(found[-1]).starts - timedelta(days=1)
    first = period_span(quarter_of(grant.work_since))
    if first.code not in found and len(found) < MOST_QUARTERS:
        found.append(first.code)
    return [*found, found[0][:4]]
