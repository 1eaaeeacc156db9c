"""Amending an agreed plan: beginning, withdrawing, deciding; its versions; and the plan for a new post."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.planning import amending
from selaras.planning.access import planner_for
from selaras.planning.choices import choices
from selaras.planning.forms import asked_form
from selaras.planning.history import versions
from selaras.planning.moving import begin_part
from selaras.planning.queries import last_day, plan
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.planning import plan_page_with

_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"
_CHANGE = f"{_PLAN}/amendment"


@pages.get(f"{_PLAN}/history")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def plan_history(person_id: UUID, year: int) -> Response:
    """Every agreed version of the plan with its differences."""
    person = planner_for(session(), actor(), person_id)
    found = plan(session(), person_id, year)
    asked = asked_form(session(), person_id, year, found, rules(last_day(year, found)), day())
    return render(
        "plan_history.html",
        active="web.own_results" if actor().person_id == person_id else "web.people",
        person=person,
        year=year,
        plan=found,
        asked=asked,
        found=versions(session(), found.plan_id) if found else [],
    )


@pages.post(_CHANGE)
@needs(Permission.PLAN_OWN)
def begin_amendment(person_id: UUID, year: int) -> BaseResponse:
    """Begin, with the reason."""
    person_for(session(), actor(), person_id)
    refuse_settled(session(), str(year), person_id)
    try:
        amending.begin(session(), actor(), person_id, year, request.form.get("reason", "").replace("\0", "")[:2000])
    except (Conflict, Invalid, NotFound) as error:
        return plan_page_with(person_id, year, error)
    return see("web.amend_plan", "amendment-begun", person_id=person_id, year=year)


@pages.post(f"{_CHANGE}/withdrawal")
@needs(Permission.PLAN_OWN)
def withdraw_amendment(person_id: UUID, year: int) -> BaseResponse:
    """The owner gives it up."""
    person_for(session(), actor(), person_id)
    try:
        amending.withdraw(session(), actor(), person_id, year)
    except (Conflict, NotFound) as error:
        return plan_page_with(person_id, year, error)
    return see("web.plan_page", "amendment-withdrawn", person_id=person_id, year=year)


@pages.post(f"{_CHANGE}/agreement")
@needs(Permission.AGREE_PLANS)
def agree_to_amendment(person_id: UUID, year: int) -> BaseResponse:
    """The appraiser agrees to the amendment as it was read."""
    refuse_settled(session(), str(year), person_id)
    person_for(session(), actor(), person_id)
    chosen = rules(last_day(year, plan(session(), person_id, year)))
    try:
        amending.agree(session(), actor(), person_id, year, chosen, request.form.get("seen", ""))
    except (Conflict, NotFound) as error:
        return plan_page_with(person_id, year, error)
    return see("web.plan_page", "amendment-agreed", person_id=person_id, year=year)


@pages.post(f"{_CHANGE}/return")
@needs(Permission.AGREE_PLANS)
def return_amendment(person_id: UUID, year: int) -> BaseResponse:
    """The appraiser gives the amendment back, and says why."""
    refuse_settled(session(), str(year), person_id)
    person_for(session(), actor(), person_id)
    try:
        amending.give_back(session(), actor(), person_id, year, request.form.get("note", "").replace("\0", ""))
    except (Conflict, Invalid, NotFound) as error:
        return plan_page_with(person_id, year, error)
    return see("web.plan_page", "plan-returned", person_id=person_id, year=year)


@pages.post(f"{_PLAN}/parts")
@needs(Permission.PLAN_OWN)
def begin_plan_part(person_id: UUID, year: int) -> BaseResponse:
    """A plan for the new post, from its first day on."""
    person = person_for(session(), actor(), person_id)
    refuse_settled(session(), str(year), person_id)
    chosen = rules(last_day(year))
    asked = asked_form(session(), person_id, year, None, chosen, day())
    offered = choices(session(), person_id, person.line.unit_id, year, day())
    try:
        begin_part(session(), actor(), person_id, year, asked, offered, chosen)
    except (Conflict, NotFound) as error:
        return plan_page_with(person_id, year, error)
    return see("web.write_plan", "part-begun", person_id=person_id, year=year)
