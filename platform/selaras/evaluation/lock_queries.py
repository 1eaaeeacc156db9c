"""Reads: what is locked, what was asked to be opened, and what is open now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.evaluation.locking import APPROVERS
from selaras.identity.actor import Actor

_UNLOCKS = text(
    """
    SELECT u.id, u.code, u.matter, u.person_id, person.name AS person_name, u.unit_id, unit.name AS unit_name, u.until,
           u.reason, asker.name AS asked_by, u.asked_by = :account AS own, u.asked_at, u.answer,
           answerer.name AS answered_by, u.answered_at, u.answer_reason, u.ended_at
    FROM selaras.unlock u
    LEFT JOIN selaras.person person ON person.tenant_id = :tenant AND person.id = u.person_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = u.unit_id
    JOIN selaras.account asker ON asker.tenant_id = :tenant AND asker.id = u.asked_by
    LEFT JOIN selaras.account answerer ON answerer.tenant_id = :tenant AND answerer.id = u.answered_by
    WHERE u.tenant_id = :tenant AND (:all OR u.asked_by = :account OR u.person_id = :person)
    ORDER BY u.id DESC LIMIT 200
    """
)
_LOCKS = text(
    "SELECT code, matter, from_day FROM selaras.period_lock WHERE tenant_id = :tenant ORDER BY code DESC, matter"
)


@dataclass(frozen=True)
class LockView:
    """From which day something of a period is locked."""

    code: str
    matter: str
    from_day: date


@dataclass(frozen=True)
class UnlockView:
    """One request with what became of it; `state`: waiting, open, refused, ended, over."""

    id: UUID
    code: str
    matter: str
    person_id: UUID | None
    person_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    until: datetime
    reason: str
    asked_by: str
    own: bool
    asked_at: datetime
    state: str
    answered_by: str | None
    answered_at: datetime | None
    answer_reason: str | None


def may_approve(actor: Actor) -> bool:
    """Whether the actor is an official who approves unlocks."""
    return any(actor.holds_whole(one) for one in APPROVERS)


def locks(session: Session) -> tuple[LockView, ...]:
    """Everything that is locked, or will be."""
    return tuple(LockView(*row) for row in session.execute(_LOCKS, {"tenant": tenant_of(session)}))


def unlocks(session: Session, actor: Actor) -> tuple[UnlockView, ...]:
    """The newest 200 requests: all of them for whoever approves, else one's own; one statement."""
    values = {
        "tenant": tenant_of(session),
        "account": actor.account_id,
        "person": actor.person_id,
        "all": may_approve(actor),
    }
    return tuple(_view(row) for row in session.execute(_UNLOCKS, values))


def _view(row: Row[Any]) -> UnlockView:
    return UnlockView(
        row.id,
        row.code,
        row.matter,
        row.person_id,
        row.person_name,
        row.unit_id,
        row.unit_name,
        row.until,
        row.reason,
        row.asked_by,
        bool(row.own),
        row.asked_at,
        _state(row),
        row.answered_by,
        row.answered_at,
        row.answer_reason,
    )


def _state(row: Row[Any]) -> str:
    if row.answer == "refused":
        return "refused"
    if row.ended_at is not None:
        return "ended"
    if row.until <= now():
        return "over"
    return "open" if row.answer == "approved" else "waiting"
