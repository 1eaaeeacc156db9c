"""The appraisal engine: facts as columns in, every step's value and the outcome out; no loop over people."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from selaras.errors import Invalid
from selaras.regulation.steps import Compiled
from selaras.regulation.types import Column, OutcomeScale


@dataclass(frozen=True)
class Appraisal:
    """What the rule says of each person, in the order of the people frame.

    outcomes: `person`, `outcome` (code, null when the facts do not suffice), `score` (Float64, null without a score).
    person_steps: `person` and one column per person step. item_steps: `person`, `item`, one column per item step.
    """

    outcomes: pl.DataFrame
    person_steps: pl.DataFrame
    item_steps: pl.DataFrame


@dataclass(frozen=True)
class Engine:
    """The compiled steps of one regulation on one date with the columns that they read."""

    person_columns: tuple[Column, ...]
    item_columns: tuple[Column, ...]
    steps: Compiled
    scale: OutcomeScale

    def score_items(self, items: pl.DataFrame, *, partial: bool = False) -> pl.DataFrame:
        """Keys `person`, `item` and the item steps, in the order given.

        With `partial`, absent columns count as empty and a column named like a step stands in for that step
        (worked examples often give an intermediate result).
        """
        given = self._given(items, partial)
        frame = _prepared(items, self.item_columns, ("person", "item"), partial=partial, keep=given).lazy()
        for layer in self.steps.item_layers:
            frame = frame.with_columns(expr for name, expr in layer.items() if name not in given)
        return frame.select("person", "item", *(step.name for step, _ in self.steps.item)).collect()

    def appraise(
        self,
        people: pl.DataFrame,
        items: pl.DataFrame | None = None,
        *,
        scored_items: pl.DataFrame | None = None,
        partial: bool = False,
    ) -> Appraisal:
        """The outcome of each person. Items of people outside `people` are left out of it."""
        scored = self._scored(items, scored_items, partial)
        given = self._given(people, partial)
        frame = _prepared(people, self.person_columns, ("person",), partial=partial, keep=given).lazy()
        if self.steps.aggregates:
            per_person = scored.lazy().group_by("person").agg(self.steps.aggregates)
            frame = frame.join(per_person, on="person", how="left", maintain_order="left")
        for layer in self.steps.person_layers:
            frame = frame.with_columns(expr for name, expr in layer.items() if name not in given)
        steps = frame.select("person", *(step.name for step, _ in self.steps.person)).collect()
        outcome = pl.col(self.scale.step) if self.scale.step else pl.lit(None, dtype=pl.String)
        score = pl.col(self.scale.score_step) if self.scale.score_step else pl.lit(None, dtype=pl.Float64)
        outcomes = steps.select("person", outcome.alias("outcome"), score.alias("score"))
        return Appraisal(outcomes, steps, scored)

    def _scored(self, items: pl.DataFrame | None, scored: pl.DataFrame | None, partial: bool) -> pl.DataFrame:
        if scored is not None:
            wanted = ("person", "item", *(step.name for step, _ in self.steps.item))
            missing = [name for name in wanted if name not in scored.columns]
            if missing:
                raise _missing_column("scored items", missing)
            return scored.select(wanted)
        if items is None:
            names = ["person", "item", *(column.name for column in self.item_columns)]
            items = pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
        return self.score_items(items, partial=partial)

    def _given(self, frame: pl.DataFrame, partial: bool) -> frozenset[str]:
        if not partial:
            return frozenset()
        names = {step.name for step, _ in (*self.steps.item, *self.steps.person)}
        return frozenset(names & set(frame.columns))


def _prepared(
    frame: pl.DataFrame,
    columns: tuple[Column, ...],
    keys: tuple[str, ...],
    *,
    partial: bool,
    keep: frozenset[str],
) -> pl.DataFrame:
    missing = [key for key in keys if key not in frame.columns]
    if not partial:
        missing += [column.name for column in columns if column.required and column.name not in frame.columns]
    if missing:
        raise _missing_column("people" if keys == ("person",) else "items", missing)
    chosen = [pl.col(key).cast(pl.String) for key in keys]
    for column in columns:
        source = pl.col(column.name) if column.name in frame.columns else pl.lit(None)
        chosen.append(source.cast(column.dtype).alias(column.name))
    try:
        prepared = frame.select(*chosen, *sorted(keep))
    except pl.exceptions.InvalidOperationError as error:
        raise Invalid(
            "regulation.input_type",
            "A column holds values of the wrong type: {problem}. Run validate() to see each row.",
            problem=str(error).splitlines()[0],
        ) from error
    if not _unique(prepared, keys):
        raise Invalid(
            "regulation.repeated_key",
            "The same {keys} appears more than once; every row needs its own.",
            keys=" + ".join(keys),
        )
    return prepared


def _unique(frame: pl.DataFrame, keys: tuple[str, ...]) -> bool:
    """Different hashes prove different keys at a third of the cost; only a repeated hash needs the exact answer."""
    if frame.select(pl.struct(keys).hash().n_unique()).item() == frame.height:
        return True
    return bool(frame.select(pl.struct(keys).n_unique()).item() == frame.height)


def _missing_column(table: str, names: list[str]) -> Invalid:
    return Invalid(
        "regulation.missing_column",
        "The {table} lack the column {columns}; add it, with one value per row.",
        table=table,
        columns=", ".join(names),
    )
