"""Endpoints of survey campaigns for whoever runs them; counts only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.api.shapes_surveys import (
    Campaign,
    CampaignRequest,
    Campaigns,
    Moderation,
    OpenedCampaign,
    SurveyExclusion,
    SurveyPhrase,
    SurveyReason,
    WaitingComment,
    WaitingComments,
)
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, rules, session
from selaras.evaluation.queries import period_by_code
from selaras.followup.desk.parties import running_parties
from selaras.identity.permissions import Permission
from selaras.monitoring.survey import access, campaigns
from selaras.monitoring.survey.queries import CampaignView

endpoints = endpoints_of("survey_campaigns", "Surveys for whoever runs them, in counts")
_ONE = "/survey-campaigns/<uuid:campaign_id>"


@endpoints.route("/survey-campaigns")
@needs(Permission.MANAGE_SURVEY)
@endpoints.response(200, schema_of(Campaigns))
def list_survey_campaigns() -> Response:
    """Every campaign."""
    return encoded(Campaigns([_shown(one) for one in access.campaigns_seen(session(), actor())]))


@endpoints.route("/survey-campaigns", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.arguments(schema_of(CampaignRequest))
@endpoints.response(201, schema_of(Campaign))
def plan_survey_campaign(body: dict[str, Any]) -> Response:
    """Plan a campaign; nobody is asked yet."""
    period = period_by_code(session(), body["period"])
    wanted = campaigns.Planned(period.id, body["unit_id"], body["opens"], body["closes"], body["moderated"])
    made = campaigns.plan(session(), actor(), rules(period.ends), wanted, day())
    return encoded(_shown(access.campaign_seen(session(), actor(), made)), 201)


@endpoints.route(_ONE)
@needs(Permission.MANAGE_SURVEY)
@endpoints.response(200, schema_of(Campaign))
def show_survey_campaign(campaign_id: UUID) -> Response:
    """One campaign."""
    return encoded(_shown(access.campaign_seen(session(), actor(), campaign_id)))


@endpoints.route(f"{_ONE}/conflicts", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.arguments(schema_of(SurveyExclusion))
@endpoints.response(204)
def exclude_from_campaign(body: dict[str, Any], campaign_id: UUID) -> Response:
    """Two people are not asked about each other."""
    campaigns.exclude(session(), actor(), campaign_id, body["one_id"], body["other_id"], body["reason"])
    return Response(status=204)


@endpoints.route(f"{_ONE}/opening", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.response(200, schema_of(OpenedCampaign))
def open_survey_campaign(campaign_id: UUID) -> Response:
    """Draw the raters and ask; the phrase is in this answer only. Repeated, it is refused: the first one holds."""
    ends = access.campaign_seen(session(), actor(), campaign_id).period_ends
    parties = running_parties(session())
    opened = campaigns.open_campaign(session(), actor(), instance().vault, campaign_id, rules(ends), day(), parties)
    answer = encoded(OpenedCampaign(opened.phrase, opened.subjects, opened.asked))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@endpoints.route(f"{_ONE}/reminder", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.response(204)
def remind_of_survey_campaign(campaign_id: UUID) -> Response:
    """Remind everybody who was asked."""
    campaigns.remind(session(), actor(), campaign_id)
    return Response(status=204)


@endpoints.route(f"{_ONE}/closing", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.arguments(schema_of(SurveyPhrase))
@endpoints.response(202, schema_of(Campaign))
def close_survey_campaign(body: dict[str, Any], campaign_id: UUID) -> Response:
    """Unlock the answers and have them counted by a job."""
    campaigns.order_close(session(), actor(), instance().vault, campaign_id, body["phrase"], day())
    return encoded(_shown(access.campaign_seen(session(), actor(), campaign_id)), 202)


@endpoints.route(f"{_ONE}/withdrawal", methods=["POST"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.arguments(schema_of(SurveyReason))
@endpoints.response(204)
def withdraw_survey_campaign(body: dict[str, Any], campaign_id: UUID) -> Response:
    """End it without a result."""
    campaigns.withdraw(session(), actor(), campaign_id, body["reason"])
    return Response(status=204)


@endpoints.route(f"{_ONE}/comments")
@needs(Permission.MANAGE_SURVEY)
@endpoints.response(200, schema_of(WaitingComments))
def list_waiting_comments(campaign_id: UUID) -> Response:
    """The comments that wait for a moderator, each alone."""
    found = access.waiting_comments(session(), actor(), campaign_id)
    return encoded(WaitingComments([WaitingComment(*one) for one in found]))


@endpoints.route(f"{_ONE}/comments/<uuid:comment_id>", methods=["PUT"])
@needs(Permission.MANAGE_SURVEY)
@endpoints.arguments(schema_of(Moderation))
@endpoints.response(204)
def moderate_survey_comment(body: dict[str, Any], campaign_id: UUID, comment_id: UUID) -> Response:
    """Let a comment be shown, or withhold it."""
    access.moderate(session(), actor(), campaign_id, comment_id, shown=body["shown"])
    return Response(status=204)


def _shown(one: CampaignView) -> Campaign:
    return Campaign(
        one.id,
        one.period,
        one.unit,
        one.opens,
        one.closes,
        one.state,
        one.moderated,
        one.subjects,
        one.asked,
        one.share,
        one.waiting,
        one.closed_on,
    )
