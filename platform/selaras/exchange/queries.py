"""Reads: the files that were uploaded, what each changed, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.exchange.models import ImportBatch
from selaras.exchange.report import Problem, problem_from


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


def recent(session: Session, limit: int = 20) -> list[BatchView]:
    """The newest uploads, the newest first."""
    rows = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def batch(session: Session, batch_id: UUID) -> BatchView:
    """One upload, or `NotFound`."""
    found = known_batch(session, batch_id)
    if found is None:
        raise NotFound("import_unknown", "There is no such import here.")
    return found


def known_batch(session: Session, batch_id: UUID) -> BatchView | None:
    """One upload, or None."""
    row = session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id))
    return _view(row) if row else None


def _view(row: ImportBatch) -> BatchView:
    problems = tuple(problem_from(one) for one in row.problems)
    return BatchView(row.id, row.kind, row.file_name, row.state, row.rows, row.changed, problems, row.created_at)
