"""Imports: what was uploaded, what was wrong with it row by row, what it changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

import selaras.identity.models  # noqa: F401  # the table of accounts, which a batch refers to
from selaras.db.base import TenantModel, within
from selaras.exchange.national import models as national  # noqa: F401  # tables are found through this module


class ImportBatch(TenantModel):
    """One uploaded file of one kind: all of it was taken, or none of it and `problems` tells why."""

    __tablename__ = "import_batch"

    kind: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[str]
    rows: Mapped[int]
    changed: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    problems: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("account_id", "account"),
        CheckConstraint("state IN ('taken', 'refused', 'previewed')", name="state"),
    )
