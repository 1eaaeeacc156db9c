"""Keeping and opening files within the agency's wall."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.files.models import StoredFile
from selaras.files.queries import FileView, agency_uuid, stored_file
from selaras.files.store import FileStore

LONGEST_NAME = 200
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
UNKNOWN_TYPE = "application/octet-stream"
SWEEP_LOCK = "hashtextextended('selaras.files.' || CAST(:tenant AS text), 0)"


class Keeper(Protocol):
    """Who keeps the file: an account, or the system (None)."""

    @property
    def account_id(self) -> UUID | None:
        """The account that acts."""
        ...


def keep(
    session: Session,
    store: FileStore,
    actor: Keeper,
    name: str,
    media_type: str,
    data: bytes | BinaryIO,
    purpose: str,
    subject_id: UUID | None = None,
) -> UUID:
    """Keep a file and return its id. `name` is only ever shown; the bytes lie under their hash.

    A `media_type` that is none, which a browser may send, becomes `UNKNOWN_TYPE`.

    The bytes are safe before the row is; a transaction that rolls back leaves bytes that no row names, which a sweep
    removes. Until the transaction ends no sweep of this agency begins.
    """
    check_name(name)
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    content = store.put(_held_against_sweeps(session), source)
    row = StoredFile(
        sha256=content.sha256,
        size=content.size,
        name=name,
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else UNKNOWN_TYPE,
        purpose=purpose,
        subject_id=subject_id,
        account_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    return row.id


def keep_also(session: Session, actor: Keeper, file_id: UUID, purpose: str, subject_id: UUID) -> UUID:
    """Keep a stored file's bytes for a second purpose, under a row of its own; they stay until both rows are gone."""
    _held_against_sweeps(session)
    held = stored_file(session, file_id)
    row = StoredFile(
        sha256=held.sha256,
        size=held.size,
        name=held.name,
        media_type=held.media_type,
        purpose=purpose,
        subject_id=subject_id,
        account_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    return row.id


def check_name(name: str, **where: Any) -> None:
    """`Invalid` for a name that is empty, too long or not printable; `field=…` names the input that holds it."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "file_name_unusable",
            "The file's name must have 1 to {longest} printable characters. Rename it and try again.",
            longest=LONGEST_NAME,
            **where,
        )


def forget(session: Session, file_id: UUID) -> None:
    """Remove the row of a file; its bytes go with the next sweep, unless another row names them."""
    session.execute(delete(StoredFile).where(StoredFile.id == file_id))


def assign(session: Session, file_id: UUID, subject_id: UUID) -> None:
    """Say afterwards what a file is about."""
    session.execute(update(StoredFile).where(StoredFile.id == file_id).values(subject_id=subject_id))


def _held_against_sweeps(session: Session) -> UUID:
    """The agency's uuid, with its sweeps kept waiting until the transaction ends."""
    statement = text(
        f"SELECT a.uuid, pg_advisory_xact_lock_shared({SWEEP_LOCK}) FROM selaras.agency a WHERE a.tenant_id = :tenant"  # noqa: S608  # our own constant
    )
    found: UUID = session.execute(statement, {"tenant": tenant_of(session)}).scalar_one()
    return found


def open_file(session: Session, store: FileStore, file_id: UUID) -> tuple[FileView, Iterator[bytes]]:
    """A file's row and its bytes in blocks, checked against the hash; the blocks need no transaction."""
    view = stored_file(session, file_id)
    return view, store.read(agency_uuid(session), view.sha256)
