"""The potential axis: where the agency's own assessment places people, dated."""

from __future__ import annotations

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.merge import Merged, change_dated


def take_potential(session: Session, found: pl.DataFrame) -> Merged:
    """What the agency's assessment found of people (`person_id`, `level`, `source`, `since`), each from its day on."""
    wanted = found.with_columns(first=pl.col("since"))
    return change_dated(session, "potential", wanted, key="person_id", values=["level", "source"], day=None)
