"""Endpoints of surveys for raters and subjects: whom one is asked about, the sealed ballot, what a survey came to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes_surveys import (
    AboutMe,
    BallotRequest,
    OwnSurveys,
    Question,
    Questionnaire,
    SurveyAnswerOption,
    SurveyFigure,
    SurveyPerspective,
    SurveyResults,
    SurveyValue,
)
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.identity.permissions import Permission
from selaras.monitoring.survey import access, ballots
from selaras.monitoring.survey.queries import PerspectiveView, about

endpoints = endpoints_of("surveys", "The closed 360° survey, for those who are asked and those it is about")
_BALLOT = "/surveys/<uuid:campaign_id>/ballots/<uuid:subject_id>"


@endpoints.route("/surveys")
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(OwnSurveys))
def list_surveys() -> Response:
    """Whom one is asked about today, and the surveys about oneself."""
    person = actor().person_id
    asked = ballots.questions(session(), actor(), instance().vault, day())
    mine = about(session(), person) if person else ()
    return encoded(
        OwnSurveys(
            [_question(one) for one in asked],
            [AboutMe(one.campaign_id, one.person_id, one.period, one.state, one.closes) for one in mine],
        )
    )


@endpoints.route(_BALLOT)
@needs(Permission.SEE_OWN)
@endpoints.response(200, schema_of(Questionnaire))
def show_questionnaire(campaign_id: UUID, subject_id: UUID) -> Response:
    """The questionnaire about one person, for whoever is asked; what was answered before cannot be read again."""
    found = ballots.paper(session(), actor(), instance().vault, campaign_id, subject_id, day())
    values = [SurveyValue(one.code, one.label, list(one.guides)) for one in found.terms.values]
    answers = [SurveyAnswerOption(one.value, one.label) for one in found.terms.answers]
    asked = _question(found.question)
    return encoded(Questionnaire(asked, found.closed, found.moderated, found.terms.minimum, values, answers))


@endpoints.route(_BALLOT, methods=["PUT"])
@needs(Permission.SEE_OWN)
@endpoints.arguments(schema_of(BallotRequest))
@endpoints.response(204)
def put_ballot(body: dict[str, Any], campaign_id: UUID, subject_id: UUID) -> Response:
    """Seal the answers; sent again they are replaced, so sending twice is as sending once."""
    written = ballots.Written(body["answers"], body["comment"], body["confirmed"])
    ballots.cast(session(), actor(), instance().vault, campaign_id, subject_id, written, day())
    return Response(status=204)


@endpoints.route("/surveys/<uuid:campaign_id>/results/<uuid:person_id>")
@needs(Permission.SEE_OWN, Permission.SEE_TEAM)
@endpoints.response(200, schema_of(SurveyResults))
def show_survey_results(campaign_id: UUID, person_id: UUID) -> Response:
    """What a survey came to, for its subject and whoever appraises them."""
    view = access.results_seen(session(), actor(), campaign_id, person_id)
    found = [_perspective(one) for one in view.perspectives]
    campaign = view.campaign
    return encoded(SurveyResults(campaign.id, person_id, campaign.period, campaign.state, view.terms.minimum, found))


def _question(one: ballots.Question) -> Question:
    return Question(one.campaign_id, one.subject_id, one.subject_name, one.perspective, one.closes, one.answered)


def _perspective(one: PerspectiveView) -> SurveyPerspective:
    figures = [SurveyFigure(f.behaviour, f.answers, f.mean, f.spread) for f in one.figures.values()]
    return SurveyPerspective(
        one.asked.code,
        one.asked.closed,
        one.invited,
        one.state,
        one.answered,
        figures,
        list(one.comments),
        one.disputed,
    )
