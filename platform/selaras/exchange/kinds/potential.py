"""Potential (potensial.csv): each person's place on the potential axis, as the agency's assessment found it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from selaras.db.merge import Merged
from selaras.exchange.intake import Intake, holders, refuse_duplicates, resolve_people
from selaras.exchange.layouts import folded
from selaras.exchange.report import listed
from selaras.followup.potential import take_potential
from selaras.followup.rulebooks import demanded
from selaras.regulation import Column, load_registry

# The step of the talent rulebook that the axis is for; its column names the places on the axis.
_BOX, _AXIS = "box", "potential"


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The places of the file, each from its day on; the words are the talent rulebook's codes or labels."""
    refuse_duplicates(intake, table, ["number"], "NIP", "person")
    found = resolve_people(
        intake, table.with_columns(day=pl.col("since")), holders(intake), "number", "NIP", "person_id"
    )
    intake.problems.refuse_errors()
    parts = []
    for (since,), rows in found.group_by("since", maintain_order=True):
        assert isinstance(since, date)
        parts.append(_coded(intake, rows, _axis(intake, since)))
    intake.problems.refuse_errors()
    return {"potential": take_potential(intake.session, pl.concat(parts))}


def _axis(intake: Intake, day: date) -> Column:
    rules = demanded(intake.session, intake.registry or load_registry(), _BOX, day)
    return next(column for column in rules.person_columns if column.name == _AXIS)


def _coded(intake: Intake, rows: pl.DataFrame, axis: Column) -> pl.DataFrame:
    words = {folded(word): code for code in axis.allowed for word in _spoken(axis, code)}
    spoken = pl.col("level").str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    coded = rows.with_columns(code=spoken.replace_strict(words, default=None, return_dtype=pl.String))
    unknown = coded.filter(pl.col("code").is_null())
    intake.problems.add_rows("not_allowed", unknown, column="POTENSIAL", value="level", allowed=listed(axis.allowed))
    return coded.select("person_id", "since", "source", level="code")


def _spoken(axis: Column, code: str) -> tuple[str, str, str]:
    label = axis.labels[code]
    return code, label["id"], label["en"]
