"""Printing a document that can be checked: a code in a QR, and the hash of its bytes kept under that code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.documents.models import IssuedDocument
from selaras.documents.pdf import render

CODE_BYTES = 16


@dataclass(frozen=True)
class Issue:
    """What is printed: the template and kind, whose and what it is about, the version that it rests on.

    `origin`: the agency's own address (`https://…`), which the QR leads to.
    """

    kind: str
    about: str
    version: str
    origin: str
    person_id: UUID | None = None


@dataclass(frozen=True)
class Issued:
    """A printed document as it is known under its code."""

    kind: str
    sha256: str
    person_id: UUID | None
    about: str
    version: str
    issued_at: datetime


def qr_svg(words: str) -> str:
    """A QR code as an SVG picture."""
    return str(segno.make(words, micro=False, error="m").svg_inline(scale=4, border=2))


def issue(session: Session, wanted: Issue, template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template` with its QR; its code, kind and hash are kept, and nothing else of it."""
    code = secrets.token_urlsafe(CODE_BYTES)
    address = f"{wanted.origin}/verify/{code}"
    made = render(template, {**data, "verify": {"address": address, "qr": qr_svg(address)}})
    session.add(
        IssuedDocument(
            code=code,
            kind=wanted.kind,
            sha256=sha256(made).hexdigest(),
            person_id=wanted.person_id,
            about=wanted.about,
            version=wanted.version,
            issued_at=now(),
        )
    )
    session.flush()
    return made


def issued(session: Session, code: str) -> Issued | None:
    """What is known under a code of this agency; None for another's or a made-up one."""
    row = session.scalar(select(IssuedDocument).where(IssuedDocument.code == code))
    return Issued(row.kind, row.sha256, row.person_id, row.about, row.version, row.issued_at) if row else None
