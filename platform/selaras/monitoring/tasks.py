"""What waits for a person in monitoring: surveys in which they are asked, and surveys whose answers may be counted."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.identity.permissions import Permission
from selaras.monitoring.survey.ballots import questions
from selaras.monitoring.survey.models import SurveyCampaign
from selaras.organisation.tasks import Asked, Source, Task


def surveys_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Everybody about whom the person has not answered yet is one task, due on the first last day."""
    if asked.vault is None:
        return
    left = [one for one in questions(session, asked.actor, asked.vault, asked.day) if not one.answered]
    if left:
        yield Task("surveys_to_answer", asked.person_id, due=min(one.closes for one in left), count=len(left))


def surveys_to_close(session: Session, asked: Asked) -> Iterator[Task]:
    """Surveys whose last day is over and whose answers nobody has had counted, as one task, since the first of them."""
    over = SurveyCampaign.state == "open", SurveyCampaign.closes < asked.day
    count = session.scalar(select(func.count()).select_from(SurveyCampaign).where(*over))
    if count and asked.actor.holds_whole(Permission.MANAGE_SURVEY):
        yield Task("surveys_to_close", asked.person_id, count=count)


SOURCES = (
    Source(frozenset({"surveys_to_answer"}), frozenset({Permission.SEE_OWN}), surveys_to_answer),
    Source(frozenset({"surveys_to_close"}), frozenset({Permission.MANAGE_SURVEY}), surveys_to_close, office=True),
)
