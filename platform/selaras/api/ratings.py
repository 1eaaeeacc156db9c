"""Endpoints: one's team, its ratings from draft to what counts, reviews, changes, and the agency's procedure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.api import shapes_ratings as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.evaluation import period_of
from selaras.api.schemas import schema_of
from selaras.api.shapes import Label
from selaras.closing.queries import current_period
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, rules, session
from selaras.evaluation import briefing, giving, reviewing, talks
from selaras.evaluation.access import Rateable, rateable
from selaras.evaluation.board import board, exceptions, preview
from selaras.evaluation.changes import changes_of
from selaras.evaluation.giving import Given, given
from selaras.evaluation.procedure import Procedure, choose_procedure, procedure_on, procedures
from selaras.evaluation.queries import history, period_by_code
from selaras.evaluation.rules import OutcomeState
from selaras.followup.access import receipt_person
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.delegation import team_of
from selaras.organisation.queries import person as person_on

endpoints = endpoints_of("ratings", "Ratings: drafts, what counts, reviews, changes")


@endpoints.route("/team")
@needs(Permission.SEE_TEAM)
@endpoints.arguments(schema_of(shapes.TeamQuery), location="query")
@endpoints.response(200, schema_of(shapes.Team))
def show_team(query: dict[str, Any]) -> Response:
    """Those whom one appraises, with their ratings."""
    wanted, person_id = query["period"], actor().person_id
    period = period_by_code(session(), wanted) if wanted else current_period(session())
    if period is None or person_id is None:
        return encoded(shapes.Team(None, []))
    people = team_of(session(), actor(), period.ends)
    standing = given(session(), period.id, [one.person_id for one in people])
    items = [
        shapes.Rating(
            one.person_id,
            one.name,
            period.code,
            dict(held.inputs) if held.inputs is not None else None,
            held.edited_at,
            state=held.state,
            version=held.version,
        )
        for one in people
        for held in [standing[one.person_id]]
    ]
    return encoded(shapes.Team(period_of(period), items))


@endpoints.route("/people/<uuid:person_id>/ratings/<period>")
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.SegmentQuery), location="query")
@endpoints.response(200, schema_of(shapes.Rating))
def show_rating(query: dict[str, Any], person_id: UUID, period: str) -> Response:
    """How far the rating of one of one's team is; its version is also the ETag."""
    found = rateable(session(), actor(), person_id, period, query["segment"])
    return _rating(person_id, found, given(session(), found.period.id, [person_id], found.segment)[person_id])


@endpoints.route("/people/<uuid:person_id>/ratings/<period>", methods=["PUT"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.RatingRequest))
@endpoints.response(200, schema_of(shapes.Rating))
def put_rating(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Rate one of one's team; the same rating twice changes nothing. With If-Match only what was read is changed."""
    found = rateable(session(), actor(), person_id, period, body["segment"])
    command = giving.save_draft if body["draft"] else giving.rate
    seen = request.if_match.to_header().strip('"') or None if request.if_match else None
    said = {"seen": seen, "reason": body["reason"]}
    return _rating(
        person_id, found, command(session(), actor(), found, person_id, body["inputs"], rules(found.ends), **said)
    )


def _rating(person_id: UUID, found: Rateable, kept: Given) -> Response:
    name = person_on(session(), person_id, found.ends).line.name
    shape = shapes.Rating(
        person_id,
        name,
        found.period.code,
        dict(kept.inputs) if kept.inputs is not None else None,
        kept.edited_at,
        found.segment,
        kept.state,
        kept.version,
    )
    response = encoded(shape)
    response.set_etag(kept.version)
    return response


@endpoints.route("/team/board/<period>")
@needs(Permission.RATE_TEAM)
@endpoints.response(200, schema_of(shapes.Board))
def show_board(period: str) -> Response:
    """One's team with what each rating comes to, and what the distribution allows the team by itself."""
    return _board(period)


@endpoints.route("/team/ratings/<period>", methods=["POST"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.TeamRatingsRequest))
@endpoints.response(200, schema_of(shapes.Board))
def post_team_ratings(body: dict[str, Any], period: str) -> Response:
    """Rate several of one's team: all are taken or none. The same ratings twice change nothing."""
    command = giving.save_draft if body["draft"] else giving.rate
    for one in body["items"]:
        found = rateable(session(), actor(), one["person_id"], period)
        said = {"seen": one["version"], "reason": one["reason"]}
        command(session(), actor(), found, one["person_id"], one["inputs"], rules(found.ends), **said)
    return _board(period)


def _board(code: str) -> Response:
    seen = board(session(), actor(), period_by_code(session(), code))
    chosen = rules(seen.period.ends)
    made = preview(session(), seen, seen.inputs(), chosen)
    items = [
        shapes.BoardPerson(
            card.person_id,
            card.line.name,
            card.given.state,
            card.given.version,
            dict(card.given.inputs) if card.given.inputs is not None else None,
            made.outcomes.get(card.person_id),
            card.led,
            card.progress,
            card.evidence,
            card.feedback,
            list(exceptions(card, chosen, outcome=made.outcomes.get(card.person_id))),
        )
        for card in seen.cards
    ]
    said = [shapes.Advice(Label(label["id"], label["en"]), broken, article) for label, broken, article in made.advice]
    return encoded(shapes.Board(code, made.rating, dict(made.counts), said, items))


@endpoints.route("/reviews/<period>")
@needs(Permission.RATE_TEAM)
@endpoints.response(200, schema_of(shapes.Submissions))
def list_reviews(period: str) -> Response:
    """The ratings of a period that wait for one's review."""
    found = reviewing.submitted(session(), actor(), period_by_code(session(), period))
    return encoded(shapes.Submissions(period, [shapes.Submission(**vars(one)) for one in found]))


@endpoints.route("/people/<uuid:person_id>/ratings/<period>/review", methods=["POST"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.ReviewRequest))
@endpoints.response(204)
def post_review(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Confirm a submitted rating, which counts from then on, or give it back with a reason."""
    segment, version = body["segment"], body["version"]
    if body["confirmed"]:
        reviewing.confirm(session(), actor(), person_id, period, segment, version)
    else:
        reviewing.give_back(session(), actor(), person_id, period, segment, body["reason"], version)
    return Response(status=204)


@endpoints.route("/people/<uuid:person_id>/rating-changes")
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
@endpoints.response(200, schema_of(shapes.RatingChanges))
def list_rating_changes(person_id: UUID) -> Response:
    """Whose hand changed a person's ratings and results: who, why, what, and until when one may object."""
    person_for(session(), actor(), person_id)
    until = {
        one.period_code: one.objection_until
        for one in history(session(), person_id)
        if one.state == OutcomeState.DELIVERED
    }
    items = [
        shapes.RatingChange(**vars(one), objection_until=until.get(one.period))
        for one in changes_of(session(), person_id)
    ]
    return encoded(shapes.RatingChanges(items))


@endpoints.route("/rating-procedure")
@needs(Permission.CHOOSE_RULES)
@endpoints.response(200, schema_of(shapes.Procedures))
def show_rating_procedure() -> Response:
    """What the agency demands before a rating counts."""
    return _procedures()


@endpoints.route("/rating-procedure", methods=["PUT"])
@needs(Permission.CHOOSE_RULES)
@endpoints.arguments(schema_of(shapes.ProcedureRequest))
@endpoints.response(200, schema_of(shapes.Procedures))
def put_rating_procedure(body: dict[str, Any]) -> Response:
    """From a day on this is demanded; the same day again replaces the choice."""
    choose_procedure(
        session(),
        actor(),
        Procedure(review=body["review"], briefing=body["briefing"], reason=body["reason"]),
        body["start"],
    )
    return _procedures()


def _procedures() -> Response:
    today, *made = (_procedure(one) for one in (procedure_on(session(), day()), *procedures(session())))
    return encoded(shapes.Procedures(today, made))


def _procedure(one: Procedure) -> shapes.Procedure:
    return shapes.Procedure(one.review, one.briefing, one.since, one.reason)


@endpoints.route("/briefing")
@needs(Permission.RATE_TEAM)
@endpoints.response(200, schema_of(shapes.Briefing))
def show_briefing() -> Response:
    """The briefing for appraisers: its sections, whether it is due, and when one read this year's."""
    return _briefing()


@endpoints.route("/briefing", methods=["PUT"])
@needs(Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.BriefingRequest))
@endpoints.response(200, schema_of(shapes.Briefing))
def put_briefing(body: dict[str, Any]) -> Response:
    """Confirm that every section was read; again, nothing changes."""
    briefing.complete(session(), actor(), body["read"], rules(day()))
    return _briefing()


def _briefing() -> Response:
    person = actor().person_id
    read = briefing.read_on(session(), person, day().year) if person else None
    said = [
        shapes.BriefingPart(
            one.code,
            Label(one.title["id"], one.title["en"]),
            [Label(line["id"], line["en"]) for line in one.paragraphs],
        )
        for one in briefing.parts(rules(day()))
    ]
    return encoded(shapes.Briefing(day().year, briefing.is_due(session(), actor()), read, said))


@endpoints.route("/people/<uuid:person_id>/talks/<period>", methods=["PUT"])
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.ResultTalkRequest))
@endpoints.response(200, schema_of(shapes.ResultTalk))
def put_talk(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Record the talk about a result: its day and what was agreed; the other one is asked."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    said = (body["held_on"], body["agreed"])
    return encoded(_talk(talks.record_talk(session(), actor(), person_id, period, said, body["version"])))


@endpoints.route("/people/<uuid:person_id>/talks/<period>/answer", methods=["POST"])
@needs(Permission.SEE_OWN, Permission.RATE_TEAM)
@endpoints.arguments(schema_of(shapes.ResultTalkAnswer))
@endpoints.response(200, schema_of(shapes.ResultTalk))
def answer_talk(body: dict[str, Any], person_id: UUID, period: str) -> Response:
    """Say whether the record of the talk is right; whoever disagrees says why."""
    receipt_person(session(), actor(), instance().registry, person_id, period)
    answer = (body["agrees"], body["words"])
    return encoded(_talk(talks.answer_talk(session(), actor(), person_id, period, answer, body["version"])))


def _talk(one: talks.Talk) -> shapes.ResultTalk:
    return shapes.ResultTalk(**vars(one))
