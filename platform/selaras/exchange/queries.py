"""Reads: the files that were uploaded, what each changed, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.exchange.access import kinds_for
from selaras.exchange.models import ImportBatch
from selaras.exchange.report import Problem, problem_from
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission


@dataclass(frozen=True)
class BatchView:
    """One uploaded file. `changed`: `<thing>.new|changed|ended` → how many."""

    id: UUID
    kind: str
    file_name: str
    state: str
    rows: int
    changed: dict[str, int]
    problems: tuple[Problem, ...]
    created_at: datetime


def recent(session: Session, actor: Actor, limit: int = 20) -> list[BatchView]:
    """The newest uploads, the newest first; whoever imports for a part of the agency sees their own."""
    rows = session.scalars(select(ImportBatch).where(_seen(actor)).order_by(ImportBatch.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def batch(session: Session, actor: Actor, batch_id: UUID) -> BatchView:
    """One upload that the actor may see, or `NotFound`."""
    row = session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id, _seen(actor)))
    if row is None:
        raise NotFound("import_unknown", "There is no such import here.")
    return _view(row)


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Files of the kinds that one may import oneself; whoever imports for a part of the agency sees their own."""
    mine = ImportBatch.kind.in_([kind.value for kind in kinds_for(actor)])
    return mine if actor.roots(Permission.IMPORT) is None else mine & (ImportBatch.account_id == actor.account_id)


def known_batch(session: Session, batch_id: UUID) -> BatchView | None:
    """One upload, or None."""
    row = session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id))
    return _view(row) if row else None


def _view(row: ImportBatch) -> BatchView:
    problems = tuple(problem_from(one) for one in row.problems)
    return BatchView(row.id, row.kind, row.file_name, row.state, row.rows, row.changed, problems, row.created_at)
