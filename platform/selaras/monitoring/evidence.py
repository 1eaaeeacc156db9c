"""Evidence (bukti dukung) of a line of the log: files that were looked at, and addresses; who sees them."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.errors import Conflict, Invalid, NotFound
from selaras.files.kinds import evidence_type
from selaras.files.models import StoredFile
from selaras.files.scanning import Scanner, Verdict
from selaras.files.service import forget, keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.monitoring.access import sees_record
from selaras.monitoring.log import own
from selaras.monitoring.models import Activity, Evidence

PURPOSE = "evidence"
MOST_PIECES = 10
LONGEST_URL = 1_000


def attach_file(  # the file, and what the caller's process has at hand
    session: Session,
    store: FileStore,
    scanner: Scanner | None,
    actor: Actor,
    activity_id: UUID,
    name: str,
    data: bytes,
    quota: int,
) -> Evidence:
    """Keep a file as evidence of a line of one's own; `quota` in bytes, for all evidence of the agency.

    What the scanner finds infected is refused; what it does not answer about is kept and not shown.
    """
    row = _room(session, actor, activity_id)
    media = evidence_type(data)
    _within_quota(session, len(data), quota)
    verdict = scanner.scan(data) if scanner else Verdict.CLEAN
    if verdict is Verdict.INFECTED:
        raise Invalid(
            "evidence_infected",
            "The virus scanner found something in this file; it was not kept. Tell those who look after your computer.",
            field="file",
        )
    kept = keep(session, store, actor, name, media, data, PURPOSE, row.id)
    state = "ready" if verdict is Verdict.CLEAN else "quarantined"
    made = Evidence(activity_id=row.id, file_id=kept, state=state)
    session.add(made)
    session.flush()
    return made


def attach_link(session: Session, actor: Actor, activity_id: UUID, url: str) -> UUID:
    """Keep an address as evidence; nothing is fetched from there."""
    row = _room(session, actor, activity_id)
    made = Evidence(activity_id=row.id, url=sound_address(url), state="ready")
    session.add(made)
    session.flush()
    return made.id


def remove_evidence(session: Session, actor: Actor, evidence_id: UUID) -> None:
    """Take a piece of evidence of one's own away; the file's bytes go with the next sweep."""
    row = session.scalar(select(Evidence).where(Evidence.id == evidence_id))
    if row is None:
        raise _unknown()
    own(session, actor, row.activity_id)
    file_id = row.file_id
    session.delete(row)
    session.flush()
    if file_id is not None:
        forget(session, file_id)


def evidence_for(session: Session, actor: Actor, evidence_id: UUID) -> UUID:
    """The kept file of a piece of evidence for whoever may see the person's record; what is not ready is not shown."""
    found = session.execute(
        select(Evidence.file_id, Evidence.state, Activity.person_id)
        .join(Activity, (Activity.id == Evidence.activity_id) & (Activity.tenant_id == Evidence.tenant_id))
        .where(Evidence.id == evidence_id)
    ).one_or_none()
    if found is None or found.file_id is None:
        raise _unknown()
    try:
        sees_record(session, actor, found.person_id)
    except NotFound:
        raise _unknown() from None
    if found.state != "ready":
        raise Conflict(
            "evidence_quarantined",
            "This file waits for the virus scanner, which does not answer. It can be opened once it was looked at.",
        )
    kept: UUID = found.file_id
    return kept


def day_of(session: Session, evidence_id: UUID) -> Activity | None:
    """The line that a piece of evidence belongs to."""
    return session.scalar(
        select(Activity)
        .join(Evidence, (Evidence.activity_id == Activity.id) & (Evidence.tenant_id == Activity.tenant_id))
        .where(Evidence.id == evidence_id)
    )


def sound_address(url: str) -> str:
    """An address that a browser can be sent to, or `Invalid`."""
    text = url.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    sound = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not sound or len(text) > LONGEST_URL or not text.isprintable() or " " in text:
        raise Invalid("evidence_url", "Write an address that begins with https://.", field="url")
    return text


def _room(session: Session, actor: Actor, activity_id: UUID) -> Activity:
    row = own(session, actor, activity_id)
    held = session.scalar(select(func.count()).select_from(Evidence).where(Evidence.activity_id == row.id)) or 0
    if held >= MOST_PIECES:
        raise Conflict("evidence_many", "A line takes at most {most} pieces of evidence.", most=MOST_PIECES)
    return row


def _within_quota(session: Session, size: int, quota: int) -> None:
    used = session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.purpose == PURPOSE)) or 0
    if int(used) + size > quota:
        raise Conflict(
            "evidence_quota",
            "Your agency has used up its {most} MB for evidence. Give the address where the file lies, and tell your "
            "agency's administrator.",
            most=quota // (1024 * 1024),
        )


def _unknown() -> NotFound:
    return NotFound("evidence_unknown", "There is no such evidence here.")
