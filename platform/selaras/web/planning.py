"""A person's plan (SKP) in the form's own order, to read and to print; and what of it stands beside a rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, rules, session
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.monitoring.log_queries import log_of
from selaras.organisation.access import person_for
from selaras.organisation.delegation import acting_for
from selaras.organisation.queries import superior_of
from selaras.planning import drafting
from selaras.planning.access import assignments_seen, matrix_seen, plan_seen, planner_for
from selaras.planning.amending import amendment
from selaras.planning.assignments import assignments_of
from selaras.planning.dialogue import dialogue
from selaras.planning.forms import AskedForm, asked_form
from selaras.planning.handing_in import handed_in_before
from selaras.planning.moving import moved_on
from selaras.planning.queries import ItemView, PlanView, last_day, plan, plans_of, writable_years
from selaras.planning.versions import version
from selaras.regulation import Rules, Section
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@dataclass(frozen=True)
class Part:
    """A section of the form with the items that stand in it."""

    section: Section
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class PlanPage:
    """A plan laid out in its form. `late`: it was not agreed by the day on which plans are to be set."""

    asked: AskedForm
    plan: PlanView | None
    parts: tuple[Part, ...]
    late: bool


# Lines of the log that stand beside a rating; the log's own page has them all.
LINES_BESIDE = 40
_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"


@pages.get(_PLAN)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def plan_page(person_id: UUID, year: int) -> Response:
    """The whole plan of a year, its matrix and the assignments of the year; who may act on it finds how."""
    return plan_page_with(person_id, year)


@pages.post(f"{_PLAN}/agreement")
@needs(Permission.AGREE_PLANS)
def agree_to_plan(person_id: UUID, year: int) -> BaseResponse:
    """The appraiser agrees to the plan as it was read."""
    refuse_settled(session(), str(year), person_id)
    person_for(session(), actor(), person_id)
    form = rules(last_day(year, plan(session(), person_id, year))).form
    try:
        drafting.agree(session(), actor(), person_id, year, (form, request.form.get("seen", "")))
    except Conflict as error:
        return plan_page_with(person_id, year, error)
    return see("web.plan_page", "plan-agreed", person_id=person_id, year=year)


@pages.post(f"{_PLAN}/return")
@needs(Permission.AGREE_PLANS)
def return_plan(person_id: UUID, year: int) -> BaseResponse:
    """The appraiser gives the plan back to be changed, and says why."""
    refuse_settled(session(), str(year), person_id)
    person_for(session(), actor(), person_id)
    try:
        drafting.give_back(session(), actor(), person_id, year, request.form.get("note", "").replace("\0", ""))
    except (Invalid, Conflict) as error:
        return plan_page_with(person_id, year, error)
    return see("web.plan_page", "plan-returned", person_id=person_id, year=year)


def plan_page_with(person_id: UUID, year: int, error: Invalid | Conflict | NotFound | None = None) -> Response:
    """The plan's page, with what was refused on it."""
    person = planner_for(session(), actor(), person_id)
    spans = plans_of(session(), person_id, year)
    latest = spans[-1].segment if spans else None
    asked = request.args.get("segment", type=int) if request.method == "GET" else None
    earlier = asked is not None and asked != latest and asked in {one.segment for one in spans}
    found = plan_seen(session(), actor(), person_id, year, segment=asked if earlier else None)
    members, own_shares = matrix_seen(session(), actor(), person_id, year)
    own = actor().person_id == person_id
    chosen = rules(last_day(year, found))
    return render(
        "plan.html",
        error.status if error else 200,
        active="web.own_results" if own else "web.people",
        person=person,
        year=year,
        page=_page(person_id, year, found, chosen),
        members=members,
        own_shares=own_shares,
        assignments=assignments_seen(session(), actor(), person_id, date(year, 1, 1), date(year, 12, 31)),
        spans=spans,
        next_year=year + 1 if own and year + 1 in writable_years(day()) else None,
        latest=latest,
        earlier=earlier,
        own=own and not earlier,
        appraises=not earlier and _appraises(person_id),
        change=amendment(session(), found.plan_id) if found and found.state == "agreed" else None,
        moved=moved_on(session(), person_id, found, day()) if found and own and not earlier else None,
        seen=version(found, chosen.form),
        talk=dialogue(session(), actor(), person_id, year),
        acknowledgement=handed_in_before(session(), person_id, found.plan_id) if own and found else None,
        error=error,
        reason_length=drafting.REASON_LENGTH,
    )


def _appraises(person_id: UUID) -> bool:
    """Whether whoever is here agrees to this person's plans, or acts for who does."""
    here = actor()
    allowed = Permission.AGREE_PLANS in here.permissions and here.person_id is not None
    if not allowed:
        return False
    own = superior_of(session(), person_id, day()) == here.person_id
    return own or acting_for(session(), here, Permission.AGREE_PLANS, person_id, day()) is not None


def planned(person_id: UUID, period: PeriodView, last: date) -> dict[str, Any]:
    """What a rating form shows of the plan for the day `last`, and of assignments in the period; already allowed."""
    found = plan(session(), person_id, period.ends.year, last)
    asked = rules(last_day(period.ends.year, found)) if found else None
    return {
        "plan": _page(person_id, period.ends.year, found, asked) if asked else None,
        "assignments": assignments_of(session(), person_id, period.starts, period.ends),
        "log": log_of(session(), person_id, period.starts, period.ends, LINES_BESIDE),
    }


def _page(person_id: UUID, year: int, found: PlanView | None, chosen: Rules) -> PlanPage:
    asked = asked_form(session(), person_id, year, found, chosen, day())
    items = found.items if found else ()
    placed = [(asked.section_of(item), item) for item in items]
    parts = tuple(
        Part(section, tuple(item for own, item in placed if own == section)) for section in asked.form.sections
    )
    return PlanPage(asked, found, parts, _late(found, asked.due))


def _late(found: PlanView | None, due: date | None) -> bool:
    if due is None or found is None:
        return False
    zone = ZoneInfo(agency().time_zone)
    return (found.agreed_at.astimezone(zone).date() if found.agreed_at else day()) > due
