"""Reads about messages: what one person has not read yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.notices.models import Notice


@dataclass(frozen=True)
class NoticeView:
    """One message; it is worded at the edge from `code` and `params`. Times in UTC."""

    code: str
    subject_id: UUID
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


def unread(session: Session, person_id: UUID, limit: int = 50) -> tuple[NoticeView, ...]:
    """The messages that a person has not read, the newest first, at most `limit`."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .order_by(Notice.created_at.desc(), Notice.code, Notice.subject_id)
        .limit(limit)
    )
    return tuple(NoticeView(row.code, row.subject_id, row.params, row.created_at, row.read_at) for row in rows)


def latest(session: Session, person_id: UUID, limit: int = 100) -> tuple[NoticeView, ...]:
    """The last messages of a person, read or not, the newest first, at most `limit`."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.person_id == person_id)
        .order_by(Notice.created_at.desc(), Notice.code, Notice.subject_id)
        .limit(limit)
    )
    return tuple(NoticeView(row.code, row.subject_id, row.params, row.created_at, row.read_at) for row in rows)


def count_unread(session: Session, person_id: UUID) -> int:
    """How many messages a person has not read."""
    query = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0
