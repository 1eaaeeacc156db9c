"""Handing out one plan as the beginning of many: whom, tried row by row, then the drafts."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import Conflict, DomainError, Invalid
from selaras.evaluation.locking import Matter, refuse_locked
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.organisation.queries import units
from selaras.organisation.reach import reach
from selaras.planning.access import planner_for
from selaras.planning.handing_out import AT_ONCE, MAY, Row, Template, Whom, hand_out, template_from, tried
from selaras.planning.queries import last_day, writable_years
from selaras.web.blueprint import pages
from selaras.web.pages import render

_HANDING = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/hand-out"
_NUMBERS = 20_000
"""How many characters of numbers are read."""


@pages.get(_HANDING)
@needs(*MAY)
def plan_handing_out(person_id: UUID, year: int) -> Response:
    """Which plan it is, and the question for whom."""
    return _page(_template(person_id, year, writable_years(day())[-1]))


@pages.post(_HANDING)
@needs(*MAY)
def hand_plan_out(person_id: UUID, year: int) -> Response:
    """Try it, or do it for those who are ticked; sent twice it does nothing twice."""
    template = _template(person_id, year, request.form.get("for", type=int))
    given = request.form.get("do") == "give"
    try:
        if template.year not in writable_years(day()):
            raise Invalid("year_unwritable", "Plans of {year} are not written now.", year=template.year, field="for")
        refuse_settled(session(), str(template.year))
        refuse_locked(session(), Matter.PLAN, str(template.year), None)
        whom = _whom()
        rows = hand_out(session(), actor(), template, whom, _ticked()) if given else None
        rows = tried(session(), actor(), template, whom) if rows is None else rows
    except (Conflict, Invalid) as error:
        return _page(template, error=error)
    return _page(template, rows, given=given)


def _template(person_id: UUID, year: int, wanted: int | None) -> Template:
    chosen = wanted if wanted is not None and 2000 <= wanted <= 2100 else year
    segment = request.args.get("segment", type=int)
    return template_from(session(), actor(), person_id, year, chosen, rules(last_day(chosen)), segment=segment)


def _whom() -> Whom:
    form = request.form
    numbers = form.get("numbers", "").replace("\0", "")[:_NUMBERS].replace(",", " ").replace(";", " ")
    try:
        unit = UUID(form["unit"]) if form.get("unit") else None
    except ValueError:
        raise Invalid("unit_unknown", "There is no such unit here.", field="unit") from None
    return Whom(
        unit_id=unit,
        title=form.get("title", "").replace("\0", "").strip() or None,
        kind=form.get("kind") or None,
        numbers=tuple(dict.fromkeys(numbers.split())),
        own_team="own_team" in form,
    )


def _ticked() -> frozenset[UUID]:
    try:
        return frozenset(UUID(one) for one in request.form.getlist("only"))
    except ValueError:
        raise Invalid("person_unknown", "There is no such person here.", field="only") from None


def _page(
    template: Template, rows: list[Row] | None = None, *, given: bool = False, error: DomainError | None = None
) -> Response:
    here, view = actor(), template.view
    manages = Permission.MANAGE_GOALS in here.permissions
    reached = reach(session(), here, Permission.MANAGE_GOALS, day()) if manages else frozenset[UUID]()
    return render(
        "plan_handing_out.html",
        error.status if error else 200,
        active="web.people" if Permission.SEE_PEOPLE in here.permissions else "web.team",
        owner=planner_for(session(), here, view.person_id),
        handed=template,
        years=writable_years(day()),
        units=[one for one in units(session(), day()) if reached is None or one.unit_id in reached],
        appraises=Permission.AGREE_PLANS in here.permissions and here.person_id is not None,
        rows=rows,
        gets=[one for one in rows or () if one.left_out is None],
        out=[one for one in rows or () if one.left_out is not None],
        given=given,
        most=AT_ONCE,
        form=request.form,
        error=error,
    )
