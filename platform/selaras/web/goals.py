"""Goals of a year as a tree, one goal with what hangs on it, and how far people's results serve them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.fields import decimal_of_field, uuid_of_field
from selaras.errors import Conflict, Invalid
from selaras.identity.permissions import Permission
from selaras.organisation.queries import units
from selaras.planning.alignment import out_of_line, uneven_shares, unit_alignment
from selaras.planning.goals import DOCUMENTS, GoalDraft, copy_goals, remove_goal, version_of, write_goal
from selaras.planning.tree import Node, branch, goal_years, hung_on, tree, walk
from selaras.web.blueprint import pages
from selaras.web.pages import fragment, render, see

WHOLE = 400
"""A tree of more goals is sent by its two upper levels; a branch comes when it is opened."""
SHOWN = 100
_YEAR = "/goals/<int(min=2000,max=2100):year>"


@pages.get("/goals")
@needs(Permission.SEE_AGENCY)
def goals_now() -> BaseResponse:
    """The tree of this year, or of the newest that has one."""
    years = goal_years(session())
    return see("web.goals", year=day().year if day().year in years or not years else years[0])


@pages.get(_YEAR)
@needs(Permission.SEE_AGENCY)
def goals(year: int) -> Response:
    """The performance tree: every goal below the one it serves, with how much hangs on it."""
    found = tree(session(), year)
    every = list(walk(found))
    return render(
        "goals.html",
        active="web.goals_now",
        year=year,
        years=sorted({day().year, year, *goal_years(session())}, reverse=True),
        nodes=found,
        every=len(every),
        empty=sum(one.nobody for one in every),
        results=sum(one.results for one in every),
        depth=9 if len(every) <= WHOLE else 2,
    )


@pages.get(f"{_YEAR}/<uuid:goal_id>/branch")
@needs(Permission.SEE_AGENCY)
def goal_branch(year: int, goal_id: UUID) -> Response:
    """What lies below a goal, for a tree that is open already."""
    return fragment("_goals.html", year=year, nodes=branch(tree(session(), year), goal_id)[-1].children, depth=1)


@pages.get(f"{_YEAR}/<uuid:goal_id>")
@needs(Permission.SEE_AGENCY)
def goal(year: int, goal_id: UUID) -> Response:
    """One goal: the way down to it, what serves it, whose results hang on it, and its form."""
    return _goal_page(year, goal_id)


@pages.post(f"{_YEAR}/<uuid:goal_id>")
@needs(Permission.MANAGE_GOALS)
def change_goal(year: int, goal_id: UUID) -> BaseResponse:
    """Save the goal, or remove it; what is refused comes back as written."""
    try:
        if "remove" in request.form:
            remove_goal(session(), actor(), year, goal_id)
            return see("web.goals", "goal-removed", year=year)
        write_goal(session(), actor(), year, _draft(), goal_id, request.form.get("seen"))
    except (Invalid, Conflict) as error:
        return _goal_page(year, goal_id, error)
    return see("web.goal", "goal-saved", year=year, goal_id=goal_id)


@pages.get(f"{_YEAR}/new")
@needs(Permission.MANAGE_GOALS)
def new_goal(year: int) -> Response:
    """The empty form of a goal, below another one where asked."""
    return _new_page(year)


@pages.post(f"{_YEAR}/new")
@needs(Permission.MANAGE_GOALS)
def add_goal(year: int) -> BaseResponse:
    """Write a new goal."""
    try:
        made = write_goal(session(), actor(), year, _draft())
    except (Invalid, Conflict) as error:
        return _new_page(year, error)
    return see("web.goal", "goal-saved", year=year, goal_id=made)


@pages.post(f"{_YEAR}/copy")
@needs(Permission.MANAGE_GOALS)
def copy_last_year(year: int) -> BaseResponse:
    """The goals of the year before, again; codes that are there already stay."""
    copy_goals(session(), actor(), year - 1, year)
    return see("web.goals", "goals-copied", year=year)


@pages.get(f"{_YEAR}/alignment")
@needs(Permission.SEE_AGENCY)
def alignment(year: int) -> Response:
    """How far results serve the goals: by unit, and what is out of line."""
    on = day()
    lines = unit_alignment(session(), year, on)
    what = request.args.get("what", "")
    unit = uuid_of_field(request.args.get("unit", ""), "unit")
    every = sum(one.results for one in lines)
    return render(
        "alignment.html",
        active="web.goals_now",
        year=year,
        lines=lines,
        results=every,
        percent=Decimal(100 * sum(one.aligned for one in lines)) / every if every else None,
        loose=sum(one.results - one.aligned for one in lines),
        activities=sum(one.activities for one in lines),
        empty=[one for one in walk(tree(session(), year)) if one.nobody],
        out=out_of_line(session(), year, on, what=what, unit_id=unit, limit=SHOWN) if _sees_results() else [],
        what=what,
        unit=unit,
        shown=SHOWN,
        uneven=uneven_shares(session(), year) if _sees_results() else [],
    )


def _sees_results() -> bool:
    return actor().holds_whole(Permission.SEE_RESULTS) and actor().inspection is None


def _draft() -> GoalDraft:
    form = request.form
    unit = uuid_of_field(form.get("unit_id", ""), "unit_id")
    if unit is None:
        raise Invalid("goal_unit", "Choose the unit whose goal this is.", field="unit_id")
    return GoalDraft(
        code=form.get("code", "").strip(),
        unit_id=unit,
        title=form.get("title", "").strip(),
        indicator=form.get("indicator", "").strip(),
        target=decimal_of_field(form.get("target", ""), "target"),
        measure=form.get("measure", "").strip() or None,
        parent_id=uuid_of_field(form.get("parent_id", ""), "parent_id"),
        document=form.get("document") or None,
    )


def _form(year: int, error: Invalid | Conflict | None, nodes: tuple[Node, ...]) -> dict[str, Any]:
    """What the form of a goal needs: the choices, and what was written where it was refused."""
    return {
        "active": "web.goals_now",
        "year": year,
        "units": units(session(), day()),
        "above": list(walk(nodes)),
        "documents": DOCUMENTS,
        "error": error,
        "form": request.form if error else None,
    }


def _goal_page(year: int, goal_id: UUID, error: Invalid | Conflict | None = None) -> Response:
    nodes = tree(session(), year)
    way = branch(nodes, goal_id)
    return render(
        "goal.html",
        422 if error else 200,
        way=way,
        node=way[-1],
        hung=hung_on(session(), goal_id, SHOWN) if _sees_results() else [],
        shown=SHOWN,
        seen=version_of(session(), goal_id),
        **_form(year, error, nodes),
    )


def _new_page(year: int, error: Invalid | Conflict | None = None) -> Response:
    parent = uuid_of_field(request.args.get("parent", ""), "parent")
    values = _form(year, error, tree(session(), year))
    return render("new_goal.html", 422 if error else 200, parent=parent, **values)
