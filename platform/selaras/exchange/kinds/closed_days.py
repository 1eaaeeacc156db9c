"""Days on which offices are closed (libur.csv): the year's decree, joint leave, and an agency's local holidays."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, refuse_duplicates
from selaras.organisation.office_days import take_days


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The days of the file; those of other days stay."""
    refuse_duplicates(intake, table, ["day"], "TANGGAL", "day")
    intake.problems.refuse_errors()
    return {"closed_days": take_days(intake.session, table.select("day", "kind", "name", "source"))}
