"""A person's plan (SKP) in the form's own order, to read and to print; and what of it stands beside a rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, rules, session
from selaras.evaluation.queries import PeriodView
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.planning.access import assignments_seen, matrix_seen, plan_seen
from selaras.planning.assignments import assignments_of
from selaras.planning.forms import AskedForm, asked_form
from selaras.planning.queries import ItemView, PlanView, last_day, plan
from selaras.regulation import Rules, Section
from selaras.web.blueprint import pages
from selaras.web.pages import render


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


@pages.get("/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def plan_page(person_id: UUID, year: int) -> Response:
    """The whole plan of a year, its matrix and the assignments of the year."""
    person = person_for(session(), actor(), person_id)
    found = plan_seen(session(), actor(), person_id, year)
    members, own_shares = matrix_seen(session(), actor(), person_id, year)
    own = actor().person_id == person_id
    return render(
        "plan.html",
        active="web.own_results" if own else "web.people",
        person=person,
        year=year,
        page=_page(person_id, year, found, rules(last_day(year, found))),
        members=members,
        own_shares=own_shares,
        assignments=assignments_seen(session(), actor(), person_id, date(year, 1, 1), date(year, 12, 31)),
    )


def planned(person_id: UUID, period: PeriodView, last: date) -> dict[str, Any]:
    """What a rating form shows of the plan for the day `last`, and of assignments in the period; already allowed."""
    found = plan(session(), person_id, period.ends.year, last)
    asked = rules(last_day(period.ends.year, found)) if found else None
    return {
        "plan": _page(person_id, period.ends.year, found, asked) if asked else None,
        "assignments": assignments_of(session(), person_id, period.starts, period.ends),
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
