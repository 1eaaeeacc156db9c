"""Feedback (umpan_balik.csv): a word from superior, peer or subordinate on a result or a behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, holders, refuse_duplicates, resolve_people
from selaras.monitoring.service import take_feedback
from selaras.planning.service import items_on_day, known_items

_KEY = ["number", "giver_number", "relation", "code", "behaviour", "on_day", "content"]


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The feedback of the file that is not here yet."""
    filled = table.with_columns(pl.col("code", "behaviour").fill_null(""))
    refuse_duplicates(intake, filled, _KEY, "ISI", "feedback")
    held = holders(intake)
    dated = table.with_columns(day=pl.col("on_day"), year=pl.col("on_day").dt.year().cast(pl.Int64))
    found = resolve_people(intake, dated, held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "giver_number", "NIP PEMBERI", "giver_id")
    oneself = found.filter(pl.col("person_id") == pl.col("giver_id"))
    intake.problems.add_rows("feedback_to_oneself", oneself, column="NIP PEMBERI", value="giver_number")
    intake.problems.refuse_errors()
    years = found.get_column("year").unique().to_list()
    joined = items_on_day(found, known_items(intake.session, years))
    unknown = joined.filter(pl.col("code").is_not_null() & pl.col("item_id").is_null())
    intake.problems.add_rows("unknown_item", unknown, column="KODE RHK", value="code", year="=year")
    intake.problems.refuse_errors()
    return {"feedback": take_feedback(intake.session, joined)}
