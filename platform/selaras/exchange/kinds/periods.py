"""The periods that rows of a file name, and the rules that govern them."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import select

from selaras.db.bulk import read_frame
from selaras.errors import DomainError
from selaras.evaluation.models import Period
from selaras.exchange.intake import Intake
from selaras.exchange.report import listed
from selaras.regulation.registry import load_registry
from selaras.regulation.rules import Rules
from selaras.tenancy.queries import agency, rules_on


def open_periods(intake: Intake, table: pl.DataFrame) -> pl.DataFrame:
    """With `period_id` and `ends` (its last day) of the period in the column `period`; it must be open.

    A close that begins now waits for this import, so that nothing changes behind its outcomes.
    """
    intake.session.execute(select(Period.id).where(Period.state == "open").with_for_update(read=True))
    query = "SELECT id, code, ends, state FROM selaras.period WHERE tenant_id = %(tenant)s"
    schema = {"period_id": pl.String, "period": pl.String, "ends": pl.Date, "state": pl.String}
    periods = read_frame(intake.session, query, {"tenant": intake.tenant}, schema)
    found = table.join(periods, on="period", how="left", maintain_order="left")
    unknown = found.filter(pl.col("period").is_not_null() & pl.col("period_id").is_null())
    known = listed(periods.get_column("period")) or "-"
    intake.problems.add_rows("unknown_period", unknown, column="PERIODE", value="period", known=known)
    closed = found.filter(pl.col("state") != "open")
    intake.problems.add_rows("period_closed", closed, column="PERIODE", value="period", state="=state")
    return found


def governed(intake: Intake, day: date) -> Rules | None:
    """The rules that the agency follows on `day`; None, with a problem, where there are none."""
    try:
        registry = intake.registry or load_registry()
        return rules_on(intake.session, agency(intake.session, intake.tenant), day, registry)
    except DomainError as error:
        intake.problems.add("regulation_silent", column="PERIODE", value=day.isoformat(), reason=str(error))
        return None
