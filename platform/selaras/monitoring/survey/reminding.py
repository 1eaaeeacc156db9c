"""Dated reminders of surveys: everybody who was asked, alike, so that no message tells who has not answered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.monitoring.survey.models import SurveyCampaign
from selaras.organisation.reminding import Reminded, remind, step_on

# Not only those who have not answered: a message, once it is a row, would tell whoever reads the database who they are.
_ASKED = """
    SELECT DISTINCT i.rater_id AS person_id, CAST('{}' AS jsonb) AS params
    FROM selaras.survey_invitation i WHERE i.tenant_id = :tenant AND i.campaign_id = :campaign
"""


def remind_of_surveys(session: Session, asked: Reminded) -> int:
    """Everybody who was asked in a survey that is about to end: some working days before, and on the eve of the end."""
    running = select(SurveyCampaign.id, SurveyCampaign.closes).where(
        SurveyCampaign.state == "open", SurveyCampaign.opens < asked.day, SurveyCampaign.closes >= asked.day
    )
    told = 0
    for row in session.execute(running).all():
        step = step_on(asked.day, row.closes, asked.calendar)
        if step is not None:
            told += remind(session, _ASKED, "survey_reminder", str(row.id), row.closes, step, campaign=row.id)
    return told
