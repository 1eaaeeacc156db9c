"""Who reads what a survey came to: the subject and whoever appraises them. No permission opens it to anybody else."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.survey.models import SurveyComment
from selaras.monitoring.survey.queries import (
    CampaignView,
    SubjectView,
    campaign,
    campaigns,
    is_part_of,
    results,
    to_moderate,
)
from selaras.organisation.delegation import acting_for
from selaras.organisation.queries import superior_of


def results_seen(session: Session, actor: Actor, campaign_id: UUID, person_id: UUID) -> SubjectView:
    """The survey about somebody, if the actor is that person or appraises them on the period's last day."""
    if actor.person_id is None or actor.support_id:
        raise NotFound("survey_unknown", "There is no such survey.")
    found = results(session, campaign_id, person_id)
    if not _may_see(session, actor, person_id, found.campaign):
        raise NotFound("survey_unknown", "There is no such survey.")
    return found


def _may_see(session: Session, actor: Actor, person_id: UUID, found: CampaignView) -> bool:
    if actor.person_id == person_id:
        return Permission.SEE_OWN in actor.permissions
    if Permission.SEE_TEAM not in actor.permissions:
        return False
    if superior_of(session, person_id, found.period_ends) == actor.person_id:
        return True
    return acting_for(session, actor, Permission.SEE_TEAM, person_id, found.period_ends) is not None


def explained(session: Session, actor: Actor, campaign_id: UUID) -> CampaignView:
    """The campaign for whoever has to do with it (rater, subject, those who run surveys), without its counts."""
    mine = actor.person_id is not None and is_part_of(session, campaign_id, actor.person_id)
    if not mine and not actor.holds_whole(Permission.MANAGE_SURVEY):
        raise NotFound("survey_unknown", "There is no such survey.")
    return campaign(session, campaign_id)


def campaigns_seen(session: Session, actor: Actor) -> tuple[CampaignView, ...]:
    """Every campaign in counts, for whoever runs surveys."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    return campaigns(session)


def campaign_seen(session: Session, actor: Actor, campaign_id: UUID) -> CampaignView:
    """One campaign in counts, for whoever runs surveys."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    return campaign(session, campaign_id)


def waiting_comments(session: Session, actor: Actor, campaign_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """The comments that wait for a moderator, each without anything beside it."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    return to_moderate(session, campaign(session, campaign_id).id)


def moderate(session: Session, actor: Actor, campaign_id: UUID, comment_id: UUID, *, shown: bool) -> None:
    """Let a comment be shown, or withhold it for good; nobody changes its words."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    found = session.scalar(
        select(SurveyComment)
        .where(SurveyComment.campaign_id == campaign_id, SurveyComment.id == comment_id)
        .with_for_update()
    )
    if found is None or found.state != "waiting":
        raise NotFound("survey_comment_gone", "This comment does not wait any more.")
    found.state = "shown" if shown else "withheld"
    if not shown:
        found.content = ""
    session.flush()
    record(session, actor, "survey.moderate", f"survey:{campaign_id}", {"state": found.state})
