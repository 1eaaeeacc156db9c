"""The appraisal engine: facts as columns in, every step's value and the outcome out; no loop over people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from selaras.errors import Invalid
from selaras.regulation.steps import Compiled
from selaras.regulation.types import Column, OutcomeScale

# Up to this many rows planning a query costs more than it saves; only what several steps share is computed once.
_SMALL = 1_000
_BARELY_PLANNED = pl.QueryOptFlags.none().update(simplify_expression=True, comm_subexpr_elim=True)


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
        return _computed(frame, self._item_names, items.height)

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
        steps = _computed(frame, self._person_names, max(people.height, scored.height))
        return Appraisal(self._outcomes(steps), steps, scored)

    @cached_property
    def _item_names(self) -> tuple[str, ...]:
        return ("person", "item", *(step.name for step, _ in self.steps.item))

    @cached_property
    def _person_names(self) -> tuple[str, ...]:
        return ("person", *(step.name for step, _ in self.steps.person))

    def _outcomes(self, steps: pl.DataFrame) -> pl.DataFrame:
        wanted = (("outcome", self.scale.step, pl.String()), ("score", self.scale.score_step, pl.Float64()))
        found = [
            (steps.get_column(step) if step else pl.repeat(None, steps.height, dtype=dtype, eager=True)).alias(name)
            for name, step, dtype in wanted
        ]
        return pl.DataFrame([steps.get_column("person"), *found])

    def _scored(self, items: pl.DataFrame | None, scored: pl.DataFrame | None, partial: bool) -> pl.DataFrame:
        if scored is not None:
            missing = [name for name in self._item_names if name not in scored.columns]
            if missing:
                raise _missing_column("scored items", missing)
            return scored.select(self._item_names)
        return self._no_items if items is None else self.score_items(items, partial=partial)

    @cached_property
    def _no_items(self) -> pl.DataFrame:
        names = ["person", "item", *(column.name for column in self.item_columns)]
        return self.score_items(pl.DataFrame(schema=dict.fromkeys(names, pl.String())))

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
    types = {**dict.fromkeys(keys, pl.String()), **{column.name: column.dtype for column in columns}}
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in types.items() if name not in frame.columns]
    chosen = (frame.with_columns(empty) if empty else frame)[[*types, *sorted(keep)]]
    given = dict(zip(chosen.columns, chosen.dtypes, strict=True))
    other = [pl.col(name).cast(dtype) for name, dtype in types.items() if given[name] != dtype]
    try:
        prepared = chosen.with_columns(other) if other else chosen
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
    """Whether every row has its own key; rows in the order of their keys, as a database gives them, show it at once.

    Otherwise different hashes prove different keys at a third of the cost; only a repeated hash needs the exact answer.
    """
    if frame.height <= _SMALL:
        return len(set(frame[list(keys)].iter_rows())) == frame.height
    if _rising(frame.head(_SMALL), keys) and _rising(frame, keys):
        return True
    if frame.select(pl.struct(keys).hash().n_unique()).item() == frame.height:
        return True
    return bool(frame.select(pl.struct(keys).n_unique()).item() == frame.height)


def _rising(frame: pl.DataFrame, keys: tuple[str, ...]) -> bool:
    """Whether each row's key comes after the one before it, and none is empty."""
    rises, same = pl.lit(False), pl.lit(True)
    for key in keys:
        rises |= same & (pl.col(key) > pl.col(key).shift())
        same &= pl.col(key) == pl.col(key).shift()
    return bool(frame.select(rises.slice(1).all(ignore_nulls=False)).item())


def _computed(frame: pl.LazyFrame, names: tuple[str, ...], height: int) -> pl.DataFrame:
    if height > _SMALL:
        return frame.select(names).collect()
    return frame.collect(optimizations=_BARELY_PLANNED)[list(names)]


def _missing_column(table: str, names: list[str]) -> Invalid:
    return Invalid(
        "regulation.missing_column",
        "The {table} lack the column {columns}; add it, with one value per row.",
        table=table,
        columns=", ".join(names),
    )
