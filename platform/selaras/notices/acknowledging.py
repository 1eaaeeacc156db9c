"""Acknowledgements: whoever hands something in is given the server's time of it, and a reference to find it again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calendar.days import day_in
from selaras.clock import now
from selaras.errors import NotFound
from selaras.notices.models import Acknowledgement
from selaras.notices.service import tell

CODE = "acknowledged"
LETTERS = 12


@dataclass(frozen=True)
class HandedIn:
    """What is acknowledged: a kind, what it is about, how it reads, and the last day that the law names for it."""

    kind: str
    subject_id: UUID
    content: str
    params: Mapping[str, str | int]
    due: date | None = None
    article: str | None = None


@dataclass(frozen=True)
class AcknowledgementView:
    """An acknowledgement; `at` in UTC, `content` and `seal` as SHA-256 in hexadecimal."""

    id: UUID
    person_id: UUID
    kind: str
    subject_id: UUID
    params: dict[str, Any]
    content: str
    at: datetime
    due: date | None
    article: str | None
    seal: str
    reference: str

    def is_late(self, zone: str) -> bool:
        """Whether it came after the last day had ended in the agency's zone, be it by a second."""
        return self.due is not None and day_in(self.at, zone) > self.due


def acknowledge(session: Session, person_id: UUID, what: HandedIn) -> AcknowledgementView:
    """Acknowledge by the server's clock, and tell the person; kept with what is handed in, or not at all."""
    at = now()
    content = hashlib.sha256(what.content.encode()).hexdigest()
    sealed = sealed_of(person_id, what, content, at)
    row = Acknowledgement(
        person_id=person_id,
        kind=what.kind,
        subject_id=what.subject_id,
        params=dict(what.params),
        content=content,
        at=at,
        due=what.due,
        article=what.article,
        seal=sealed,
        reference=reference_of(sealed),
    )
    session.add(row)
    session.flush()
    tell(session, person_id, CODE, row.id, {"kind": what.kind, "reference": row.reference})
    return _view(row)


def sealed_of(person_id: UUID, what: HandedIn, content: str, at: datetime) -> str:
    """The hash over everything an acknowledgement says; whoever has that can work it out again."""
    said = (person_id, what.kind, what.subject_id, content, at.isoformat(), what.due, what.article)
    return hashlib.sha256("\n".join(str(one) for one in said).encode()).hexdigest()


def reference_of(seal: str) -> str:
    """The beginning of a seal as XXXX-XXXX-XXXX, in letters and digits that are not mistaken for one another."""
    letters = base64.b32encode(bytes.fromhex(seal)).decode()[:LETTERS]
    return "-".join(letters[n : n + 4] for n in range(0, LETTERS, 4))


def acknowledgement(session: Session, person_id: UUID, reference: str) -> AcknowledgementView:
    """One of a person's acknowledgements by its reference (case and dashes do not matter), or `NotFound`."""
    plain = reference.replace("-", "").replace(" ", "").upper()
    wanted = "-".join(plain[n : n + 4] for n in range(0, LETTERS, 4))
    row = session.scalar(
        select(Acknowledgement).where(Acknowledgement.person_id == person_id, Acknowledgement.reference == wanted)
    )
    if row is None or len(plain) != LETTERS:
        raise NotFound("acknowledgement_unknown", "There is no acknowledgement of yours with this reference.")
    return _view(row)


def acknowledgements(session: Session, person_id: UUID, limit: int = 100) -> list[AcknowledgementView]:
    """A person's acknowledgements, the newest first, at most `limit`."""
    rows = session.scalars(
        select(Acknowledgement)
        .where(Acknowledgement.person_id == person_id)
        .order_by(Acknowledgement.at.desc(), Acknowledgement.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def latest_of(session: Session, person_id: UUID, kind: str, subject_id: UUID) -> AcknowledgementView | None:
    """The last acknowledgement of a kind about one thing, or None."""
    row = session.scalars(
        select(Acknowledgement)
        .where(
            Acknowledgement.person_id == person_id,
            Acknowledgement.kind == kind,
            Acknowledgement.subject_id == subject_id,
        )
        .order_by(Acknowledgement.at.desc(), Acknowledgement.id.desc())
        .limit(1)
    ).first()
    return _view(row) if row else None


def _view(row: Acknowledgement) -> AcknowledgementView:
    return AcknowledgementView(**{name: getattr(row, name) for name in AcknowledgementView.__dataclass_fields__})
