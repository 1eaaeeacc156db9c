"""The operators' own journal: what was done across agencies, by whom; appended only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from selaras.audit.models import OperatorEntry
from selaras.errors import Invalid

NAME_LENGTH = 200


def note(session: Session, actor_name: str, action: str, subject: str, payload: Mapping[str, object]) -> None:
    """Write an operator's act into the journal, in the transaction of the act itself (console role).

    `subject` is a uuid, never the number that is local to this server. Raises Invalid for a nameless operator.
    """
    name = actor_name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise Invalid("operator.nameless", "Say who does this: an operator's act is recorded with a name.")
    session.execute(insert(OperatorEntry).values(actor=name, action=action, subject=subject, payload=dict(payload)))


@dataclass(frozen=True)
class JournalEntry:
    """What an operator did; `at` in UTC, `payload` codes and numbers."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    payload: Mapping[str, object]


def entries(session: Session, limit: int, before: UUID | None = None) -> tuple[JournalEntry, ...]:
    """The newest entries of the operators' journal, at most `limit`, from before the entry `before` on."""
    query = select(OperatorEntry).order_by(OperatorEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(OperatorEntry.id < before)
    return tuple(
        JournalEntry(row.id, row.at, row.actor, row.action, row.subject, row.payload) for row in session.scalars(query)
    )
