"""Endpoints: ratings of units, and what is recommended for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_units as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, rules, session
from selaras.errors import NotFound
from selaras.evaluation import unit_ratings as service
from selaras.evaluation.queries import period_by_code
from selaras.identity.permissions import Permission

endpoints = endpoints_of("unit ratings", "Ratings of units and what is recommended for them")


@endpoints.route("/periods/<period>/units")
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
@endpoints.response(200, schema_of(shapes.UnitRatings))
def list_unit_ratings(period: str) -> Response:
    """The units whose rating one gives: all for the performance manager, else those right below one's own."""
    found = service.rateable_units(session(), actor(), period_by_code(session(), period))
    return encoded(shapes.UnitRatings([_shown(one) for one in found]))


@endpoints.route("/periods/<period>/units/<uuid:unit_id>/rating", methods=["PUT"])
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.UnitRatingRequest))
@endpoints.response(200, schema_of(shapes.UnitRating))
def put_unit_rating(body: dict[str, Any], period: str, unit_id: UUID) -> Response:
    """Rate a unit; the same rating twice changes nothing."""
    chosen = rules(period_by_code(session(), period).ends)
    service.set_unit_rating(session(), actor(), period, unit_id, body["rating"], chosen)
    return encoded(_one(period, unit_id))


@endpoints.route("/periods/<period>/units/<uuid:unit_id>/rating", methods=["DELETE"])
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
@endpoints.response(204)
def delete_unit_rating(period: str, unit_id: UUID) -> Response:
    """Take a unit's rating back, so that the one of the unit above holds again."""
    chosen = rules(period_by_code(session(), period).ends)
    service.remove_unit_rating(session(), actor(), period, unit_id, chosen)
    return Response(status=204)


@endpoints.route("/periods/<period>/units/<uuid:unit_id>/recommendations/<office>", methods=["PUT"])
@needs(Permission.SET_ORGANISATION_RATING, Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.RecommendationRequest))
@endpoints.response(200, schema_of(shapes.UnitRating))
def put_recommendation(body: dict[str, Any], period: str, unit_id: UUID, office: str) -> Response:
    """Attach an office's recommendation; a second one of the same office replaces the first."""
    chosen = rules(period_by_code(session(), period).ends)
    given = service.Recommendation(office, body["rating"], body["reason"])
    service.recommend(session(), actor(), period, unit_id, given, chosen)
    return encoded(_one(period, unit_id))


def _one(period: str, unit_id: UUID) -> shapes.UnitRating:
    session().flush()
    for one in service.rateable_units(session(), actor(), period_by_code(session(), period)):
        if one.unit.unit_id == unit_id:
            return _shown(one)
    raise NotFound("unit_unknown", "There is no such unit here.")


def _shown(view: service.UnitRatingView) -> shapes.UnitRating:
    return shapes.UnitRating(
        view.unit.unit_id,
        view.unit.name,
        view.setter.person_id,
        view.setter.name,
        view.rating,
        view.set_at,
        [shapes.Recommendation(one.office, one.rating, one.reason, one.at) for one in view.recommendations],
    )
