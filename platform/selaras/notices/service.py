"""Commands on messages; a close writes them in bulk itself."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.notices.models import Notice


def mark_read(session: Session, person_id: UUID, code: str, subject_id: UUID) -> None:
    """The person has read one message; reading it again, or one that is not there, changes nothing."""
    session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.code == code,
            Notice.subject_id == subject_id,
            Notice.read_at.is_(None),
        )
        .values(read_at=now())
    )
