"""Reported feedback: what the agency's performance manager reads and decides; each decision in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.errors import NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.models import Feedback
from selaras.notices.service import tell
from selaras.organisation.models import Person


@dataclass(frozen=True)
class Reported:
    """A feedback that was reported, and why; `giver` is empty for somebody served without a name."""

    feedback_id: UUID
    person_id: UUID
    person_name: str
    relation: str
    giver: str
    on_day: date
    content: str
    reported_at: datetime
    report: str


def reported(session: Session, actor: Actor) -> list[Reported]:
    """Everything that waits for a decision, the oldest first; needs CLOSE_PERIOD for the whole agency."""
    actor.require_whole(Permission.CLOSE_PERIOD)
    rows = session.execute(
        select(Feedback, Person.name)
        .join(Person, (Person.id == Feedback.person_id) & (Person.tenant_id == Feedback.tenant_id))
        .where(Feedback.reported_at.is_not(None), Feedback.removed_at.is_(None))
        .order_by(Feedback.reported_at)
        .limit(200)
    )
    return [
        Reported(
            one.id,
            one.person_id,
            name,
            one.relation,
            one.giver_label or "",
            one.on_day,
            one.content,
            one.reported_at or now(),
            one.report or "",
        )
        for one, name in rows
    ]


def decide(session: Session, actor: Actor, feedback_id: UUID, *, remove: bool) -> None:
    """Remove what was reported, or let it stand; the person is told, the ledger has it."""
    actor.require_whole(Permission.CLOSE_PERIOD)
    row = session.scalar(
        select(Feedback)
        .where(Feedback.id == feedback_id, Feedback.reported_at.is_not(None), Feedback.removed_at.is_(None))
        .with_for_update()
    )
    if row is None:
        raise NotFound("feedback_unknown", "There is no such feedback here.")
    if remove:
        row.removed_at = now()
    else:
        row.reported_at, row.report = None, None
    session.flush()
    record(session, actor, "feedback.remove" if remove else "feedback.keep", f"feedback:{row.id}", {})
    tell(session, row.person_id, "feedback_removed" if remove else "feedback_stays", row.id, {})
