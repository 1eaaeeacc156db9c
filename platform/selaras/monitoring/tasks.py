"""What waits for a person in monitoring: surveys in which they are asked."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from selaras.identity.permissions import Permission
from selaras.monitoring.survey.ballots import questions
from selaras.organisation.tasks import Asked, Source, Task


def surveys_to_answer(session: Session, asked: Asked) -> Iterator[Task]:
    """Everybody about whom the person has not answered yet is one task, due on the first last day."""
    if asked.vault is None:
        return
    left = [one for one in questions(session, asked.actor, asked.vault, asked.day) if not one.answered]
    if left:
        yield Task("surveys_to_answer", asked.person_id, due=min(one.closes for one in left), count=len(left))


SOURCES = (Source(frozenset({"surveys_to_answer"}), frozenset({Permission.SEE_OWN}), surveys_to_answer),)
