"""Commands on messages; a close writes them in bulk itself."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.session import tenant_of
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


def tell(session: Session, person_id: UUID, code: str, subject_id: UUID, params: Mapping[str, object]) -> None:
    """Send one message; the same code about the same subject again replaces what was said, as unread."""
    values = {
        "tenant_id": tenant_of(session),
        "person_id": person_id,
        "code": code,
        "subject_id": subject_id,
        "params": dict(params),
        "created_at": now(),
    }
    statement = insert(Notice).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "person_id", "code", "subject_id"],
            set_={
                "params": statement.excluded.params,
                "created_at": statement.excluded.created_at,
                "read_at": None,
                "settled_at": None,
            },
        )
    )
