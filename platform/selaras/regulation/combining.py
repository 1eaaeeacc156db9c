"""Combining: how a regulation makes one outcome of the segments of a period; the same engine, segments as items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from selaras.regulation import inputs
from selaras.regulation.appraisal import Appraisal, Engine
from selaras.regulation.describe import described_column
from selaras.regulation.types import Column, ColumnType, StepInfo

# What the core knows of a segment. Any other segment column is a column or a step of the segment's own appraisal by
# the same name, and empty where the segment's regulation has none.
SEGMENT_FACTS: Final[Mapping[str, ColumnType]] = {
    "regulation": "code",
    "outcome": "code",
    "score": "number",
    "days": "integer",
    "months": "number",
    "cause": "code",
    "starts": "date",
    "ends": "date",
}


@dataclass(frozen=True)
class Combination:
    """The combining rule of one regulation on one date: segments are the items, people have no columns of their own."""

    columns: tuple[Column, ...]
    engine: Engine

    @property
    def segment_steps(self) -> tuple[StepInfo, ...]:
        """The steps per segment, in order."""
        return tuple(step.info for step, _ in self.engine.steps.item)

    @property
    def steps(self) -> tuple[StepInfo, ...]:
        """The steps per person over the segments, in order."""
        return tuple(step.info for step, _ in self.engine.steps.person)

    def combine(self, segments: pl.DataFrame) -> Appraisal:
        """One outcome per person, in the order in which people first appear in `segments`.

        `segments`: `person`, `item` (the segment's number as text) and the declared columns; optional ones may be
        absent. The answer is an `Appraisal` whose item steps are those of the segments.
        """
        return self.engine.appraise(segments.select(pl.col("person").unique(maintain_order=True)), segments)

    def validate(self, segments: pl.DataFrame, *, limit: int = 1000) -> list[inputs.InputProblem]:
        """Every problem of the segments (at most `limit`; table `items`); columns may still be text, as from CSV."""
        people = segments.select(pl.col("person").unique(maintain_order=True))
        return inputs.validate(people, segments, (), self.columns, limit=limit)

    def typed(self, segments: pl.DataFrame) -> pl.DataFrame:
        """`person`, `item` and the declared columns in their types, from a frame that `validate` found good."""
        return inputs.typed(segments, ("person", "item"), self.columns)

    def describe(self) -> dict[str, Any]:
        """All that explains a combined result, JSON-able; part of the rule's description."""
        return {
            "columns": [described_column(one) for one in self.columns],
            "segment_steps": [asdict(one) for one in self.segment_steps],
            "steps": [asdict(one) for one in self.steps],
            "outcome_step": self.engine.scale.step,
            "score_step": self.engine.scale.score_step,
        }


def combined_description(description: Mapping[str, Any]) -> dict[str, Any]:
    """A rule's stored description as that of its combining rule: receipts of a combined outcome are read by it."""
    combining = description["combining"]
    return {
        **description,
        "person_columns": [],
        "item_columns": combining["columns"],
        "item_steps": combining["segment_steps"],
        "person_steps": combining["steps"],
        "outcome_step": combining["outcome_step"],
        "score_step": combining["score_step"],
    }
