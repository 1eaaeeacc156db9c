"""A row for every stored file; its bytes lie under the agency's uuid, named by their hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, within


class StoredFile(TenantModel):
    """One file: its content hash (sha256), size in bytes, media type, and what it was kept for."""

    __tablename__ = "stored_file"

    sha256: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str]
    subject_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("account_id", "account"),
        Index("ix_stored_file_subject", "tenant_id", "subject_id"),
        Index("ix_stored_file_purpose", "tenant_id", "purpose"),
    )
