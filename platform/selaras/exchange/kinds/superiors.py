"""Superiors (penilai.csv): who appraises a person against the unit's head; an empty appraiser takes that back."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, holders, refuse_duplicates, resolve_people
from selaras.organisation.reporting import circles, recompute
from selaras.organisation.service import known_people, state_superiors, unstate_superiors


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The stated superiors of the file; those it does not name stay as they are."""
    refuse_duplicates(intake, table, ["number"], "NIP", "person")
    held = holders(intake)
    dated = table.with_columns(since=pl.col("since").fill_null(intake.day)).with_columns(day=pl.col("since"))
    found = resolve_people(intake, dated, held, "number", "NIP", "person_id")
    found = resolve_people(intake, found, held, "superior_number", "NIP PENILAI", "superior_id")
    oneself = found.filter(pl.col("person_id") == pl.col("superior_id"))
    intake.problems.add_rows("own_superior", oneself, column="NIP PENILAI", value="number")
    intake.problems.refuse_errors()
    stated = found.filter(pl.col("superior_id").is_not_null())
    lines = state_superiors(intake.session, stated)
    taken_back = found.filter(pl.col("superior_id").is_null()).select("person_id", "since")
    lines += unstate_superiors(intake.session, taken_back)
    lines += recompute(intake.session, intake.day)
    refuse_circles(intake, found)
    return {"reporting_lines": lines}


def refuse_circles(intake: Intake, table: pl.DataFrame | None = None) -> None:
    """Refuse the import if people would appraise each other in a circle; names the rows (`person_id`) in it."""
    found = circles(intake.session)
    if not found:
        return
    names = dict(known_people(intake.session).select("person_id", "name").iter_rows())
    rows = {} if table is None else dict(table.select("person_id", "row").iter_rows())
    for circle in found:
        path = " → ".join(names[person] for person in [*circle, circle[0]])
        row = min((rows[person] for person in circle if person in rows), default=None)
        intake.problems.add("appraisal_circle", row=row, column=None if row is None else "NIP PENILAI", path=path)
    intake.problems.refuse_errors()
