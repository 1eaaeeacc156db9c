"""Endpoints: guidance and counselling talks, and one's private calendar address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from selaras.agenda import feed
from selaras.api import shapes_coaching as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.errors import NotFound
from selaras.evaluation.service import refuse_settled_day
from selaras.identity.permissions import Permission
from selaras.monitoring import coaching

endpoints = endpoints_of("coaching", "Guidance, counselling, calendar")


@endpoints.route("/talks")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Talks))
def list_talks() -> Response:
    """The talks that one had or held, the newest first."""
    return encoded(shapes.Talks([shapes.Talk(**vars(one)) for one in coaching.talks_of(session(), actor())]))


@endpoints.route("/people/<uuid:person_id>/talks", methods=["POST"])
@needs(Permission.SEE_TEAM)
@endpoints.arguments(schema_of(shapes.TalkRequest))
@endpoints.response(201, schema_of(shapes.Talk))
def post_talk(body: dict[str, Any], person_id: UUID) -> Response:
    """Record a talk with somebody whom one appraises; the same record twice is one."""
    on_day = body["on_day"] or day()
    refuse_settled_day(session(), on_day)
    talk = coaching.Talk(
        body["kind"],
        body["cause"],
        body["content"],
        on_day,
        body["agreed"] or "",
        body["follow_up_on"],
        body["item_id"],
    )
    made = coaching.hold(session(), actor(), person_id, talk, day())
    return encoded(_talk(made), 201)


@endpoints.route("/talks/<uuid:talk_id>")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.Talk))
def show_talk(talk_id: UUID) -> Response:
    """One talk, for the two; guidance also for whoever appraises the person today."""
    return encoded(_talk(talk_id))


@endpoints.route("/talks/<uuid:talk_id>/acknowledgement", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.Acknowledgement))
@endpoints.response(200, schema_of(shapes.Talk))
def post_acknowledgement(body: dict[str, Any], talk_id: UUID) -> Response:
    """The person has read it; again changes nothing."""
    coaching.acknowledge(session(), actor(), talk_id, body["answer"] or "")
    return encoded(_talk(talk_id))


@endpoints.route("/talks/<uuid:talk_id>/follow-up", methods=["POST"])
@needs(Permission.SEE_TEAM)
@endpoints.arguments(schema_of(shapes.FollowUp))
@endpoints.response(200, schema_of(shapes.Talk))
def post_follow_up(body: dict[str, Any], talk_id: UUID) -> Response:
    """What became of it; with `again`, a further day to look at it."""
    coaching.follow(session(), actor(), talk_id, body["follow_up"], body["again"], day())
    return encoded(_talk(talk_id))


@endpoints.route("/me/calendar", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.response(201, schema_of(shapes.CalendarAddress))
def post_calendar() -> Response:
    """A new private address, told this once; the one before ends."""
    address = url_for("web.calendar_feed", token=feed.renew(session(), _me()), _external=True)
    return encoded(shapes.CalendarAddress(address), 201)


@endpoints.route("/me/calendar", methods=["DELETE"])
@needs(Permission.SEE_OWN)
@endpoints.response(204)
def delete_calendar() -> Response:
    """The address opens nothing any more."""
    feed.revoke(session(), _me())
    return Response(status=204)


def _talk(talk_id: UUID) -> shapes.Talk:
    return shapes.Talk(**vars(coaching.talk_for(session(), actor(), talk_id, day())))


def _me() -> UUID:
    person = actor().person_id
    if person is None:
        raise NotFound("person_unknown", "There is no such person here.")
    return person
