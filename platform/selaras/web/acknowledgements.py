"""Acknowledgements of what one handed in: the list, and one with the server's time, the last day and its seal."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.calendar.days import day_in
from selaras.edge.access import needs
from selaras.edge.context import actor, agency, session
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.notices.acknowledging import acknowledgement, acknowledgements
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/acknowledgements")
@needs(Permission.SEE_OWN)
def acknowledgements_page() -> BaseResponse:
    """What one handed in, the newest first; a reference that was typed leads to its own page."""
    person = actor().person_id
    wanted = request.args.get("reference", "").strip()
    if wanted and person:
        return see("web.acknowledgement_page", reference=acknowledgement(session(), person, wanted).reference)
    found = acknowledgements(session(), person) if person else []
    return render("acknowledgements.html", active="web.home", found=found)


@pages.get("/acknowledgements/<reference>")
@needs(Permission.SEE_OWN)
def acknowledgement_page(reference: str) -> Response:
    """One acknowledgement, to keep or to print."""
    person = actor().person_id
    if person is None:
        raise NotFound("acknowledgement_unknown", "There is no acknowledgement of yours with this reference.")
    one = acknowledgement(session(), person, reference)
    zone = agency().time_zone
    days_late = (day_in(one.at, zone) - one.due).days if one.due and one.is_late(zone) else 0
    return render("acknowledgement.html", active="web.home", one=one, days_late=days_late)
