"""The job that closes a campaign: opens the ballots, keeps figures of enough answers, and lets everything else go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from psycopg import sql
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import today
from selaras.config import settings
from selaras.db.bulk import connection_of, insert_frame, staged
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.actor import system
from selaras.identity.vault import Vault
from selaras.jobs.context import JobContext
from selaras.monitoring.survey.campaigns import forget_keys
from selaras.monitoring.survey.models import (
    SurveyBallot,
    SurveyCampaign,
    SurveyConflict,
    SurveyInvitation,
    SurveyOpening,
    SurveySubject,
)
from selaras.monitoring.survey.rules import Tally, inputs_of
from selaras.monitoring.survey.sealing import Opener, place
from selaras.monitoring.survey.terms import Terms, read
from selaras.tenancy.queries import AgencyView, agency

BATCH = 5_000

_STATES = """
    UPDATE selaras.survey_result r
    SET state = CASE WHEN n.person_id IS NULL THEN 'too_few_answers' ELSE 'shown' END, answered = n.answered
    FROM selaras.survey_result old
    LEFT JOIN {stage} n ON n.person_id = old.person_id AND n.perspective = old.perspective
    WHERE old.tenant_id = %(tenant)s AND old.campaign_id = %(campaign)s AND old.state = 'asked'
      AND r.tenant_id = old.tenant_id AND r.campaign_id = old.campaign_id
      AND r.person_id = old.person_id AND r.perspective = old.perspective
"""
_INPUTS = """
    UPDATE selaras.survey_subject s SET inputs = n.inputs FROM {stage} n
    WHERE s.tenant_id = %(tenant)s AND s.campaign_id = %(campaign)s AND s.person_id = n.person_id
"""
_TELL = text(
    """
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params, created_at)
    SELECT tenant_id, person_id, 'survey_closed', campaign_id, '{}', now() FROM selaras.survey_subject
    WHERE tenant_id = :tenant AND campaign_id = :campaign
    ON CONFLICT DO NOTHING
    """
)


def run(context: JobContext) -> dict[str, Any]:
    """Close one campaign in one transaction: killed at any moment, nothing has happened, and it is done anew.

    Done already, it does nothing more. A campaign whose key is gone (the database fell) is open again: the phrase is
    asked for once more.
    """
    campaign_id = UUID(context.args["campaign_id"])
    with context.transaction() as session:
        campaign = session.scalar(select(SurveyCampaign).where(SurveyCampaign.id == campaign_id).with_for_update())
        if campaign is None:
            raise NotFound("survey_unknown", "There is no such survey.")
        if campaign.state != "closing":
            return {"state": campaign.state}
        sealed = session.scalar(select(SurveyOpening.key).where(SurveyOpening.campaign_id == campaign_id))
        if sealed is None:
            campaign.state = "open"
            return {"state": "open", "problem": "survey_key_gone"}
        _close(session, campaign, sealed)
        return {"state": "closed", "answered": campaign.answered}


def _close(session: Session, campaign: SurveyCampaign, sealed: bytes) -> None:
    whose = agency(session, tenant_of(session))
    vault = Vault(settings().require("encryption_keys"))
    terms = read(campaign.terms)
    opener = Opener(vault.open(sealed, str(whose.uuid), "survey opening", str(campaign.id)), campaign.id)
    tally = Tally(terms)
    for one in _valid(session, campaign, vault, whose):
        tally.add(opener.open(one))
    _keep(session, campaign.id, tally, terms)
    _comments(session, campaign, tally)
    for gone in (SurveyBallot, SurveyInvitation, SurveyConflict):
        session.execute(delete(gone).where(gone.campaign_id == campaign.id))
    campaign.state, campaign.answered = "closed", len(tally.ballots)
    campaign.closed_on = today(whose.time_zone)
    forget_keys(session, campaign.id)
    session.execute(_TELL, {"tenant": whose.tenant_id, "campaign": campaign.id})
    payload = {"asked": campaign.asked, "answered": campaign.answered}
    record(session, system(whose.tenant_id), "survey.close", f"survey:{campaign.id}", payload)


def _valid(session: Session, campaign: SurveyCampaign, vault: Vault, whose: AgencyView) -> Iterator[bytes]:
    """The sealed ballots that lie in the place of somebody who was asked, in the order of their random places."""
    token = vault.open(campaign.token_key or b"", str(whose.uuid), "survey places", str(campaign.id))
    invited = session.execute(
        select(SurveyInvitation.rater_id, SurveyInvitation.subject_id).where(
            SurveyInvitation.campaign_id == campaign.id
        )
    )
    places = {place(token, rater, subject) for rater, subject in invited}
    rows = session.execute(
        select(SurveyBallot.id, SurveyBallot.sealed)
        .where(SurveyBallot.campaign_id == campaign.id)
        .order_by(SurveyBallot.id)
        .execution_options(yield_per=BATCH)
    )
    yield from (sealed for at, sealed in rows if at in places)


def _keep(session: Session, campaign_id: UUID, tally: Tally, terms: Terms) -> None:
    figures = tally.figures()
    subjects = session.scalars(select(SurveySubject.person_id).where(SurveySubject.campaign_id == campaign_id))
    frozen = inputs_of(figures, [str(one) for one in subjects], terms)
    shaped = figures.rename({"subject": "person_id"}).with_columns(campaign_id=pl.lit(str(campaign_id)))
    insert_frame(session, "survey_figure", shaped)
    names = {"tenant": tenant_of(session), "campaign": campaign_id}
    states = tally.perspectives().rename({"subject": "person_id"})
    _update(session, "survey_result", states, _STATES, names)
    columns = pl.DataFrame(
        {"person_id": list(frozen), "inputs": [_json(one) for one in frozen.values()]},
        schema={"person_id": pl.String, "inputs": pl.String},
    )
    _update(session, "survey_subject", columns, _INPUTS, names)


def _update(session: Session, table: str, frame: pl.DataFrame, query: str, names: dict[str, object]) -> None:
    with staged(session, table, frame) as stage, connection_of(session).cursor() as cursor:
        cursor.execute(sql.SQL(query).format(stage=stage), names)


def _comments(session: Session, campaign: SurveyCampaign, tally: Tally) -> None:
    """Written in the order of ids made at random, so that neither id nor place in the table tells who came when."""
    found = tally.shown_comments()
    ids = sorted(str(uuid4()) for _ in found)
    closed = {one.code: one.closed for one in tally.terms.perspectives}
    frame = pl.DataFrame(
        {
            "campaign_id": [str(campaign.id)] * len(found),
            "id": ids,
            "person_id": [subject for subject, _, _ in found],
            "perspective": [perspective for _, perspective, _ in found],
            "content": [words for _, _, words in found],
            "state": ["waiting" if campaign.moderated and closed.get(p, True) else "shown" for _, p, _ in found],
        },
        schema=dict.fromkeys(("campaign_id", "id", "person_id", "perspective", "content", "state"), pl.String),
    )
    insert_frame(session, "survey_comment", frame)


def _json(value: dict[str, float | None]) -> str:
    return json.dumps(value)
