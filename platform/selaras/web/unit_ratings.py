"""Ratings of units in a period: what the offices recommend, and what the leader one level above decides."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, instance, rules, session
from selaras.edge.downloads import kept_file
from selaras.errors import Invalid, NotFound
from selaras.evaluation import unit_ratings as service
from selaras.evaluation.queries import period_by_code
from selaras.files.service import keep
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

SHOWN = 50


@pages.get("/periods/<period>/units")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
def unit_ratings(period: str) -> Response:
    """The units whose rating one gives (the performance manager: all), those without a rating first if asked."""
    found = period_by_code(session(), period)
    search, only = request.args.get("search", "").strip(), request.args.get("only") == "unrated"
    start = max(request.args.get("start", 0, type=int), 0)
    every = service.rateable_units(session(), actor(), found)
    chosen = [one for one in every if search.lower() in one.unit.name.lower() and not (only and one.rating is not None)]
    return render(
        "unit_ratings.html",
        active=_place(),
        period=found,
        rules=rules(found.ends),
        rated=sum(one.rating is not None for one in every),
        units=len(every),
        found=len(chosen),
        lines=chosen[start : start + SHOWN],
        start=start,
        shown=SHOWN,
        search=search,
        only=only,
    )


@pages.get("/periods/<period>/units/<uuid:unit_id>")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
def unit_rating(period: str, unit_id: UUID) -> Response:
    """One unit: the rating, who gives it, and the recommendations with their papers."""
    return _unit_page(period, unit_id)


@pages.post("/periods/<period>/units/<uuid:unit_id>")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
def set_unit_rating(period: str, unit_id: UUID) -> BaseResponse:
    """Save the unit's rating, or take it back."""
    chosen = rules(period_by_code(session(), period).ends)
    if "remove" in request.form:
        service.remove_unit_rating(session(), actor(), period, unit_id, chosen)
        return see("web.unit_rating", "rated", period=period, unit_id=unit_id)
    try:
        service.set_unit_rating(session(), actor(), period, unit_id, request.form.get("rating", ""), chosen)
    except Invalid as error:
        return _unit_page(period, unit_id, error=error)
    return see("web.unit_rating", "rated", period=period, unit_id=unit_id)


@pages.post("/periods/<period>/units/<uuid:unit_id>/recommendations")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
def recommend(period: str, unit_id: UUID) -> BaseResponse:
    """Attach what an office recommends, with its paper where there is one."""
    chosen = rules(period_by_code(session(), period).ends)
    file = request.files.get("file")
    try:
        service.check_may(session(), actor(), period, unit_id)
        kept = None
        if file is not None and file.filename:
            kept = keep(
                session(),
                instance().store,
                actor(),
                file.filename,
                file.mimetype or "application/octet-stream",
                file.read(),
                service.PURPOSE,
                unit_id,
            )
        given = service.Recommendation(
            request.form.get("office", ""), request.form.get("rating") or None, request.form.get("reason", ""), kept
        )
        service.recommend(session(), actor(), period, unit_id, given, chosen)
    except Invalid as error:
        return _unit_page(period, unit_id, error=error)
    return see("web.unit_rating", "recommended", period=period, unit_id=unit_id)


@pages.get("/periods/<period>/units/<uuid:unit_id>/recommendations/<office>")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
def recommendation_paper(period: str, unit_id: UUID, office: str) -> Response:
    """The paper behind a recommendation."""
    view = _unit(period, unit_id)
    files = [one.file_id for one in view.recommendations if one.office == office and one.file_id]
    if not files:
        raise NotFound("file_unknown", "There is no such file. Go back and open it from its page.")
    return kept_file(files[0])


def _place() -> str:
    return "web.periods_page" if Permission.SET_ORGANISATION_RATING in actor().permissions else "web.team"


def _unit(period: str, unit_id: UUID) -> service.UnitRatingView:
    found = period_by_code(session(), period)
    for one in service.rateable_units(session(), actor(), found):
        if one.unit.unit_id == unit_id:
            return one
    raise NotFound("unit_unknown", "There is no such unit here.")


def _unit_page(period: str, unit_id: UUID, *, error: Invalid | None = None) -> Response:
    found = period_by_code(session(), period)
    return render(
        "unit_rating.html",
        422 if error else 200,
        active=_place(),
        period=found,
        rules=rules(found.ends),
        view=_unit(period, unit_id),
        offices=service.OFFICES,
        form=request.form,
        error=error,
    )
