"""Whose progress, log, evidence and feedback an actor may read: who sees the person, and who reviews the rating."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.monitoring.log_queries import LineView, log_of
from selaras.monitoring.queries import FeedbackView, ProgressView, feedback_for, progress_for
from selaras.organisation.access import agency_day, person_for
from selaras.organisation.queries import superior_of


def sees_record(session: Session, actor: Actor, person_id: UUID, day: date | None = None) -> None:
    """Return if the actor sees what the person did (who sees the person, who reviews the rating), else `NotFound`.

    `day`: the agency's today unless given.
    """
    on = day or agency_day(session, actor)
    try:
        person_for(session, actor, person_id, on)
    except NotFound:
        superior = superior_of(session, person_id, on) if actor.person_id else None
        if superior is None or superior_of(session, superior, on) != actor.person_id:
            raise


def log_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> tuple[LineView, ...]:
    """The person's log of some days, if the actor may see it, else `NotFound`."""
    sees_record(session, actor, person_id)
    return log_of(session, person_id, starts, ends)


def progress_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[ProgressView]:
    """The person's progress in a period, if the actor may see the person on its last day, else `NotFound`."""
    person_for(session, actor, person_id, ends)
    return progress_for(session, person_id, starts, ends)


def feedback_seen(session: Session, actor: Actor, person_id: UUID, starts: date, ends: date) -> list[FeedbackView]:
    """The feedback a person received in a period, if the actor may see the person, else `NotFound`."""
    person_for(session, actor, person_id, ends)
    return feedback_for(session, person_id, starts, ends)
