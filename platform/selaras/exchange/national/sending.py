"""Telling what is ready: one result at a time, written down before the next; nothing twice, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.exchange.national.border import Halted, Line, Rejected, Result
from selaras.exchange.national.rules import again_at

# What was on its way when a worker died is taken up again, when its lease is over, as one that may have arrived.
LEASE = timedelta(minutes=5)
_NEXT = text(
    """
    WITH due AS MATERIALIZED (
        SELECT id FROM selaras.national_item
        WHERE tenant_id = :tenant AND state IN ('ready', 'sending') AND due_at <= :now
        ORDER BY due_at, id LIMIT 1 FOR UPDATE
    )
    UPDATE selaras.national_item i SET state = 'sending', attempts = i.attempts + 1,
        unsure = i.state = 'sending' OR i.unsure, due_at = :lease
    FROM due
    WHERE i.tenant_id = :tenant AND i.id = due.id
    RETURNING i.id, i.revision, i.remote_id, i.unsure, i.attempts, i.content_hash
    """
)
_SENT = text(
    """
    UPDATE selaras.national_item SET state = 'sent', remote_id = :remote, sent_hash = :hash, sent_at = :now,
        unsure = false, said = NULL, causes = '{}'
    WHERE tenant_id = :tenant AND id = :item AND revision = :revision AND state = 'sending'
    """
)
# A correction came while it was on its way: what was told is kept, and the newer one goes in its place.
_OVERTAKEN = text(
    "UPDATE selaras.national_item SET remote_id = :remote, sent_hash = :hash, unsure = false"
    " WHERE tenant_id = :tenant AND id = :item AND revision <> :revision"
)
_REJECTED = text(
    """
    UPDATE selaras.national_item SET state = 'rejected', causes = ARRAY[CAST(:cause AS text)], said = :said,
        unsure = false
    WHERE tenant_id = :tenant AND id = :item AND state = 'sending'
    """
)
_BACK = text(
    """
    UPDATE selaras.national_item SET state = 'ready', unsure = unsure OR :unsure, said = :said, due_at = :due
    WHERE tenant_id = :tenant AND id = :item AND state = 'sending'
    """
)


@dataclass(frozen=True)
class Claimed:
    """The result that goes next."""

    id: UUID
    revision: int
    remote_id: str | None
    unsure: bool
    attempts: int
    content_hash: bytes


def claim(session: Session, moment: datetime) -> Claimed | None:
    """The next result that is due, marked as on its way; kept before anything is sent."""
    row = session.execute(_NEXT, {"tenant": tenant_of(session), "now": moment, "lease": moment + LEASE}).first()
    return Claimed(*row) if row else None


def tell(line: Line, result: Result, one: Claimed) -> str:
    """Tell it; its id there. What may have arrived already is looked up first, so that nothing stands there twice."""
    remote = one.remote_id
    if remote is None and one.unsure:
        there = line.held(result)
        remote = there[0].remote_id if there else None
        if there and not there[0].differs:
            return there[0].remote_id
    return line.save(result, remote)


def sent(session: Session, one: Claimed, remote_id: str, moment: datetime) -> None:
    """It was told, and is known there by this id."""
    values = _of(session, one) | {"remote": remote_id, "hash": one.content_hash, "now": moment}
    if not session.execute(_SENT, values).rowcount:  # type: ignore[attr-defined]  # a cursor result
        session.execute(_OVERTAKEN, values)


def rejected(session: Session, one: Claimed, error: Rejected) -> None:
    """The other side will not take it: somebody must look."""
    session.execute(_REJECTED, _of(session, one) | {"cause": error.cause, "said": error.said})


def halted(session: Session, one: Claimed, error: Halted, moment: datetime) -> None:
    """It could not go now; it waits, at the head of the others unless this result itself was in the way."""
    due = again_at(moment, one.attempts) if error.unsure else moment
    session.execute(_BACK, _of(session, one) | {"unsure": error.unsure, "said": error.said or None, "due": due})


def _of(session: Session, one: Claimed) -> dict[str, Any]:
    return {"tenant": tenant_of(session), "item": one.id, "revision": one.revision}
