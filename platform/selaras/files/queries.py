"""Reads about stored files: what is kept within one agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.files.models import StoredFile


@dataclass(frozen=True)
class FileView:
    """One stored file; `size` in bytes, `created_at` in UTC."""

    id: UUID
    sha256: str
    name: str
    media_type: str
    size: int
    purpose: str
    subject_id: UUID | None
    created_at: datetime


def stored_file(session: Session, file_id: UUID) -> FileView:
    """One file of this agency; NotFound if there is none, or it is another agency's."""
    row = session.scalar(select(StoredFile).where(StoredFile.id == file_id))
    if row is None:
        raise NotFound("file_unknown", "There is no such file. Go back and open it from its page.")
    return _view(row)


def files_of(session: Session, subject_id: UUID) -> tuple[FileView, ...]:
    """Everything that was kept about one subject, the newest first."""
    rows = session.scalars(select(StoredFile).where(StoredFile.subject_id == subject_id).order_by(StoredFile.id.desc()))
    return tuple(_view(row) for row in rows)


def agency_uuid(session: Session) -> UUID:
    """The uuid under which this session's agency keeps its files."""
    found: UUID = session.execute(
        text("SELECT uuid FROM selaras.agency WHERE tenant_id = :tenant"), {"tenant": tenant_of(session)}
    ).scalar_one()
    return found


def _view(row: StoredFile) -> FileView:
    return FileView(row.id, row.sha256, row.name, row.media_type, row.size, row.purpose, row.subject_id, row.created_at)
