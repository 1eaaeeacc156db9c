"""The briefing for appraisers: read and confirmed section by section; who has read it."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import DomainError, Invalid
from selaras.evaluation import briefing as service
from selaras.identity.permissions import Permission
from selaras.organisation.inspecting import note
from selaras.organisation.reach import reach
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/briefing")
@needs(Permission.RATE_TEAM)
def briefing() -> Response:
    """The ten minutes before the first rating of a year."""
    return _page()


@pages.post("/briefing")
@needs(Permission.RATE_TEAM)
def confirm_briefing() -> BaseResponse:
    """Every section was read."""
    try:
        service.complete(session(), actor(), request.form.getlist("read"), rules(day()))
    except Invalid as error:
        return _page(error)
    return see("web.briefing", "briefing-read")


@pages.get("/briefing/readers")
@needs(Permission.SEE_PEOPLE)
def briefing_readers() -> Response:
    """Who appraises, and who of them has read this year's briefing."""
    within = reach(session(), actor(), Permission.SEE_PEOPLE, day())
    found = service.readers(session(), day(), within)
    note(session(), actor(), [one.person_id for one in found])
    return render("briefing_readers.html", active="web.people", readers=found, year=day().year)


def _page(error: DomainError | None = None) -> Response:
    person = actor().person_id
    return render(
        "briefing.html",
        error.status if error else 200,
        active="web.team",
        parts=service.parts(rules(day())),
        read_at=service.read_on(session(), person, day().year) if person else None,
        ticked=request.form.getlist("read"),
        error=error,
        year=day().year,
    )
