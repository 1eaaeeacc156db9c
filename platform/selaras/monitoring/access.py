"""Whose progress and feedback an actor may read: the same people whose record they may see."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.monitoring.queries import FeedbackView, ProgressView, feedback_for, progress_for
from selaras.organisation.access import person_for


def progress_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[ProgressView]:
    """The person's progress in a period, if the actor may see the person on its last day, else `NotFound`."""
    person_for(session, actor, person_id, ends)
    return progress_for(session, person_id, starts, ends)


def feedback_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[FeedbackView]:
    """The feedback a person received in a period, if the actor may see the person, else `NotFound`."""
    person_for(session, actor, person_id, ends)
    return feedback_for(session, person_id, starts, ends)
