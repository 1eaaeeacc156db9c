"""Reads about jobs: how far one is, and what was done lately, within one agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.jobs.models import Job


@dataclass(frozen=True)
class JobView:
    """One job: `state` is waiting, running, done or failed; `error` has code, message (a message id) and params."""

    id: UUID
    kind: str
    state: str
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    account_id: UUID | None


def job(session: Session, job_id: UUID) -> JobView:
    """One job of this agency; NotFound if there is none, or it is another agency's."""
    row = session.scalar(select(Job).where(Job.id == job_id))
    if row is None:
        raise NotFound("job_unknown", "There is no such job.")
    return _view(row)


def latest_jobs(session: Session, limit: int = 20) -> tuple[JobView, ...]:
    """The newest jobs first, at most `limit`."""
    return tuple(_view(row) for row in session.scalars(select(Job).order_by(Job.created_at.desc()).limit(limit)))


def _view(row: Job) -> JobView:
    return JobView(
        row.id,
        row.kind,
        row.state,
        row.done,
        row.total,
        row.result,
        row.error,
        row.created_at,
        row.started_at,
        row.finished_at,
        row.account_id,
    )
