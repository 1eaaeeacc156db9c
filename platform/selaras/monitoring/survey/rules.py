"""What becomes of opened ballots: figures of enough answers, comments in no order, and nothing of anybody's own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from selaras.monitoring.survey.sealing import Ballot
from selaras.monitoring.survey.terms import Terms

# How far answers lie apart, as the standard deviation in parts of the whole scale. Three words and no figure: of three
# answers, a mean and an exact deviation would tell each.
CLOSE: Final = 0.15
APART: Final = 0.3

FIGURES: Final[dict[str, type[pl.DataType]]] = {
    "subject": pl.String,
    "perspective": pl.String,
    "behaviour": pl.String,
    "answer": pl.Int64,
}


@dataclass
class Tally:
    """Ballots taken apart as they are opened: answers without their ballot, comments without their answers."""

    terms: Terms
    answers: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in FIGURES})
    ballots: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, ballot: Ballot) -> None:
        """Take one ballot in."""
        subject = str(ballot.subject)
        self.ballots.append((subject, ballot.perspective))
        for behaviour, answer in ballot.answers.items():
            for name, value in zip(FIGURES, (subject, ballot.perspective, behaviour, answer), strict=True):
                self.answers[name].append(value)
        if ballot.comment:
            self.comments.append((subject, ballot.perspective, ballot.comment))

    def figures(self) -> pl.DataFrame:
        """`subject`, `perspective`, `behaviour`, `answers`, `mean`, `spread`: of enough answers each, nothing below."""
        every = pl.DataFrame(self.answers, schema=FIGURES)
        grouped = every.group_by("subject", "perspective", "behaviour").agg(
            pl.len().alias("answers"), pl.col("answer").mean().alias("mean"), pl.col("answer").std(ddof=0).alias("std")
        )
        return (
            grouped.filter(pl.col("answers") >= self._least())
            .with_columns(spread=_spread(self.terms))
            .drop("std")
            .sort("subject", "perspective", "behaviour")
        )

    def perspectives(self) -> pl.DataFrame:
        """`subject`, `perspective`, `answered` of those perspectives that have enough ballots."""
        schema = {"subject": pl.String, "perspective": pl.String}
        every = pl.DataFrame(self.ballots, schema=schema, orient="row")
        counted = every.group_by("subject", "perspective").agg(pl.len().alias("answered"))
        return counted.filter(pl.col("answered") >= self._least()).sort("subject", "perspective")

    def shown_comments(self) -> list[tuple[str, str, str]]:
        """The comments of perspectives with enough ballots, shuffled: (subject, perspective, words)."""
        enough = set(self.perspectives().select("subject", "perspective").iter_rows())
        return shuffled(one for one in self.comments if one[:2] in enough)

    def _least(self) -> pl.Expr:
        least = {one.code: self.terms.least(one.code) for one in self.terms.perspectives}
        return pl.col("perspective").replace_strict(least, default=10**6, return_dtype=pl.Int64)


def in_full_tenths(arrived: int, asked: int) -> int:
    """The percent that answered, in full tenths: whoever watches it does not see one answer come in.

    >>> in_full_tenths(7, 8), in_full_tenths(0, 0)
    (80, 0)
    """
    return arrived * 10 // asked * 10 if asked else 0


def shuffled(found: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """In an order that the system's own randomness gives."""
    mixed = list(found)
    secrets.SystemRandom().shuffle(mixed)
    return mixed


def inputs_of(figures: pl.DataFrame, subjects: Iterable[str], terms: Terms) -> dict[str, dict[str, float | None]]:
    """Subject → person column → mean, of every column that the survey fills; None where there were too few answers."""
    named = {
        (asked.code, value.code): column
        for asked in terms.asked
        for value in terms.values
        if (column := asked.perspective().column_of(value.code))
    }
    empty: Mapping[str, float | None] = dict.fromkeys(named.values())
    found = {subject: dict(empty) for subject in subjects}
    for subject, perspective, behaviour, mean in figures.select(
        "subject", "perspective", "behaviour", "mean"
    ).iter_rows():
        filled = named.get((perspective, behaviour))
        if filled and subject in found:
            found[subject][filled] = mean
    return found


def _spread(terms: Terms) -> pl.Expr:
    values = [one.value for one in terms.answers]
    share = pl.col("std") / max(max(values) - min(values), 1)
    return (
        pl.when(share <= CLOSE)
        .then(pl.lit("close"))
        .when(share <= APART)
        .then(pl.lit("apart"))
        .otherwise(pl.lit("far"))
    )
