"""Endpoints: continuous feedback, requests for it, links for people who were served, and reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, url_for

from selaras.api import shapes_feedback as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import NotFound
from selaras.evaluation.service import refuse_settled_day
from selaras.identity.permissions import Permission
from selaras.monitoring import giving, served
from selaras.monitoring.queries import feedback_for

endpoints = endpoints_of("feedback", "Continuous feedback")


@endpoints.route("/feedback")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.OwnFeedback))
def show_feedback() -> Response:
    """What one received in the last year, what one is asked, and to whom one may say something."""
    person = actor().person_id
    received = feedback_for(session(), person, day() - timedelta(days=366), day()) if person else []
    return encoded(
        shapes.OwnFeedback(
            [shapes.FeedbackShown(**vars(one)) for one in received],
            [shapes.FeedbackRequest(**vars(one)) for one in giving.requests_to(session(), actor())],
            [shapes.FeedbackColleague(**vars(one)) for one in giving.colleagues(session(), actor(), day())],
            [shapes.FeedbackLink(**vars(one)) for one in served.links_of(session(), person)] if person else [],
        )
    )


@endpoints.route("/people/<uuid:person_id>/feedback", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.FeedbackGiven))
@endpoints.response(201, schema_of(shapes.Made))
def post_feedback(body: dict[str, Any], person_id: UUID) -> Response:
    """Say something about a colleague; the same words on one day are one feedback."""
    refuse_settled_day(session(), day())
    word = giving.Word(body["content"], body["item_id"], body["behaviour"] or "", body["tone"] or "")
    return encoded(shapes.Made(giving.give(session(), actor(), person_id, word, _codes(), day())), 201)


@endpoints.route("/feedback/requests", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.FeedbackAsked))
@endpoints.response(201, schema_of(shapes.Made))
def post_request(body: dict[str, Any]) -> Response:
    """Ask a colleague; the same request that waits already is returned."""
    about = body["person_id"] or actor().person_id
    if about is None:
        raise NotFound("person_unknown", "There is no such person here.")
    word = giving.Word(body["note"] or "", body["item_id"], body["behaviour"] or "")
    made = giving.ask(session(), actor(), about, body["giver_id"], word, _codes(), day())
    return encoded(shapes.Made(made), 201)


@endpoints.route("/feedback/links", methods=["POST"])
@needs(Permission.PLAN_OWN)
@endpoints.arguments(schema_of(shapes.FeedbackLinkRequest))
@endpoints.response(201, schema_of(shapes.MadeLink))
def post_feedback_link(body: dict[str, Any]) -> Response:
    """Make a link for people who were served; its address is told this once."""
    made = served.make_link(session(), actor(), body["label"], body["uses"], body["days"], body["item_id"], day())
    return encoded(shapes.MadeLink(made.link_id, url_for("web.served_form", token=made.token, _external=True)), 201)


@endpoints.route("/feedback/links/<uuid:link_id>", methods=["DELETE"])
@needs(Permission.PLAN_OWN)
@endpoints.response(204)
def delete_feedback_link(link_id: UUID) -> Response:
    """Take a link back; what was said by it stays."""
    served.revoke_link(session(), actor(), link_id)
    return Response(status=204)


@endpoints.route("/feedback/<uuid:feedback_id>/report", methods=["POST"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(shapes.FeedbackReport))
@endpoints.response(204)
def report_feedback(body: dict[str, Any], feedback_id: UUID) -> Response:
    """Report what is abusive or was meant for somebody else; the performance manager decides."""
    giving.report(session(), actor(), feedback_id, body["reason"], day())
    return Response(status=204)


def _codes() -> set[str]:
    known = rules(day()).behaviours
    return {one.code for one in known.behaviours} if known else set()
