"""Credit points of one functional official, with what is missing and the first day by the arithmetic."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import NotFound
from selaras.followup.credits import credit_points
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.web.blueprint import pages
from selaras.web.pages import render


@pages.get("/people/<uuid:person_id>/credit-points")
@needs(Permission.SEE_PEOPLE, Permission.SEE_TEAM, Permission.SEE_OWN)
def credit_points_page(person_id: UUID) -> Response:
    """Every conversion with its receipt, what is gathered, and the next rank and level under a supposed predikat."""
    supposed = request.args.get("supposed") or None
    person = person_for(session(), actor(), person_id)
    try:
        found = credit_points(session(), actor(), instance().registry, person_id, supposed)
    except NotFound as error:
        return render("credit_points_none.html", active="web.people", person=person, error=error)
    labels = next(one.labels for one in found.rules.item_columns if one.name == "outcome")
    levels = next(one.labels for one in found.rules.item_columns if one.name == "jenjang")
    own = actor().person_id == person_id
    return render(
        "credit_points.html",
        active="web.own_results" if own else "web.people",
        found=found,
        outcome_labels=labels,
        level_labels=levels,
    )
