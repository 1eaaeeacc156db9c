"""People: a list with search and paging, and one person with their history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.evaluation.briefing import read_on
from selaras.evaluation.handovers import handed_over
from selaras.evaluation.queries import history, periods
from selaras.evaluation.wording import descriptions
from selaras.followup.talent import talent_shown
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.inspecting import note
from selaras.organisation.queries import people as find_people
from selaras.organisation.reach import reach
from selaras.planning.queries import plan_years, writable_years
from selaras.web.blueprint import pages
from selaras.web.pages import fragment, render, wants_fragment

SIZE = 25


@pages.get("/people")
@needs(Permission.SEE_PEOPLE)
def people() -> Response:
    """People by name; a search is the beginning of a name or of a number."""
    search = request.args.get("search", "").strip()[:80]
    within = reach(session(), actor(), Permission.SEE_PEOPLE, day())
    page = find_people(session(), search=search, after=request.args.get("after"), limit=SIZE, day=day(), within=within)
    note(session(), actor(), [one.person_id for one in page.items])
    values: dict[str, Any] = {"page": page, "search": search, "first": not request.args.get("after")}
    if wants_fragment():
        return fragment("_people.html", **values)
    return render("people.html", active="web.people", **values)


@pages.get("/people/<uuid:person_id>")
@needs(Permission.SEE_PEOPLE, Permission.SEE_TEAM, Permission.SEE_OWN)
def person(person_id: UUID) -> Response:
    """One person: who, where, under whom, and every result so far."""
    view = person_for(session(), actor(), person_id)
    results = history(session(), person_id)
    earlier = handed_over(session(), person_id)
    rules = descriptions(session(), (one.rule_hash for one in results))
    own = actor().person_id == person_id
    return render(
        "person.html",
        active="web.own_results" if own else "web.people",
        person=view,
        results=results,
        earlier=earlier,
        rules=rules,
        talent_shown=talent_shown(session(), actor(), instance().registry, person_id),
        parted=[one for one in periods(session()) if one.state == "open"]
        if Permission.CLOSE_PERIOD in actor().permissions
        else [],
        briefed=read_on(session(), person_id, day().year) if view.team_size else None,
        plan_years=sorted({*writable_years(day()), *plan_years(session(), person_id)}, reverse=True),
    )
