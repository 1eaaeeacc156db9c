"""The same people under two rules: who changes, from what to what, and by which step first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from selaras.regulation.appraisal import Appraisal
from selaras.regulation.rules import Rules
from selaras.regulation.types import TOLERANCE, StepInfo

_LAST = 3


@dataclass(frozen=True)
class Side:
    """One rule and what it says of the people."""

    rules: Rules
    appraisal: Appraisal

    @property
    def outcomes(self) -> pl.DataFrame:
        """`person`, `outcome` (the last step's value where the rule has no outcomes) and `score`."""
        if self.rules.outcomes:
            return self.appraisal.outcomes
        last = pl.col(self.rules.person_steps[-1].name).cast(pl.String)
        return self.appraisal.person_steps.select("person", outcome=last, score=pl.lit(None, dtype=pl.Float64))


@dataclass(frozen=True)
class Difference:
    """What two rules say of the same people.

    people: `person`, `outcome_a`, `outcome_b`, `score_a`, `score_b`, `changed` (the outcome or the score differs), and
    `step`, `item`, `value_a`, `value_b`: the first step whose value differs, with its item if it is a step per item;
    between two regulations, which share no steps, the last steps of each as text, `step` and `item` null.
    moves: `from`, `to`, `people`, in the order of the scales.
    """

    people: pl.DataFrame
    moves: pl.DataFrame


def difference(a: Side, b: Side) -> Difference:
    """Compare what two rules say of the same people, in the order of `a`."""
    pairs = a.outcomes.join(b.outcomes, on="person", suffix="_b", maintain_order="left").select(
        "person", outcome_a="outcome", outcome_b="outcome_b", score_a="score", score_b="score_b"
    )
    by_step = _first_steps(a, b) if a.rules.code == b.rules.code else _last_steps(a, b)
    moved = ~pl.col("outcome_a").eq_missing(pl.col("outcome_b"))
    if a.rules.code == b.rules.code:
        moved |= _differs(pl.col("score_a"), pl.col("score_b"))
    people = pairs.join(by_step, on="person", how="left", maintain_order="left").with_columns(changed=moved)
    columns = (
        "person",
        "outcome_a",
        "outcome_b",
        "score_a",
        "score_b",
        "changed",
        "step",
        "item",
        "value_a",
        "value_b",
    )
    return Difference(people.select(columns), _moves(people, a, b))


def _moves(people: pl.DataFrame, a: Side, b: Side) -> pl.DataFrame:
    counted = people.group_by(pl.col("outcome_a").alias("from"), pl.col("outcome_b").alias("to")).agg(people=pl.len())
    orders = [{level.code: level.order for level in side.rules.outcomes} for side in (a, b)]
    keys = [
        pl.col(name).replace_strict(order, default=len(order) + 1, return_dtype=pl.Int64)
        for name, order in zip(("from", "to"), orders, strict=True)
    ]
    return counted.sort(*keys, "from", "to", nulls_last=True)


def _first_steps(a: Side, b: Side) -> pl.DataFrame:
    """Per person the first step, in the order of the rule, whose value is not the same."""
    found = [
        *_differing(a.appraisal.item_steps, b.appraisal.item_steps, _shared(a.rules.item_steps, b.rules.item_steps)),
        *_differing(
            a.appraisal.person_steps, b.appraisal.person_steps, _shared(a.rules.person_steps, b.rules.person_steps)
        ),
    ]
    ordered = [frame.with_columns(order=pl.lit(n)) for n, frame in enumerate(found)]
    if not ordered:
        return _nothing()
    return pl.concat(ordered).sort("order", "person", maintain_order=True).unique("person", keep="first").drop("order")


def _shared(one: Sequence[StepInfo], other: Sequence[StepInfo]) -> list[StepInfo]:
    kinds = {step.name: step.kind for step in other}
    return [step for step in one if kinds.get(step.name) == step.kind]


def _differing(a: pl.DataFrame, b: pl.DataFrame, steps: Sequence[StepInfo]) -> list[pl.DataFrame]:
    keys = ["person", "item"] if "item" in a.columns else ["person"]
    both = a.join(b, on=keys, suffix="§b", maintain_order="left")
    item = pl.col("item") if "item" in a.columns else pl.lit(None, dtype=pl.String)
    found = []
    for step in steps:
        old, new = pl.col(step.name), pl.col(f"{step.name}§b")
        changed = _differs(old, new) if step.kind == "number" else ~old.eq_missing(new)
        found.append(
            both.filter(changed).select(
                "person",
                step=pl.lit(step.name),
                item=item,
                value_a=_text(old, step),
                value_b=_text(new, step),
            )
        )
    return [frame for frame in found if frame.height]


def _last_steps(a: Side, b: Side) -> pl.DataFrame:
    return (
        _told(a, "value_a")
        .join(_told(b, "value_b"), on="person", maintain_order="left")
        .select(
            "person",
            pl.lit(None, dtype=pl.String).alias("step"),
            item=pl.lit(None, dtype=pl.String),
            value_a="value_a",
            value_b="value_b",
        )
    )


def _told(side: Side, name: str) -> pl.DataFrame:
    named = (side.rules.scale.score_step, side.rules.scale.step)
    steps = [step for step in side.rules.person_steps if step.name in named] or side.rules.person_steps[-_LAST:]
    texts = [pl.format(f"{step.name}={{}}", _text(pl.col(step.name), step).fill_null("-")) for step in steps]
    return side.appraisal.person_steps.select("person", pl.concat_str(texts, separator="; ").alias(name))


def _text(value: pl.Expr, step: StepInfo) -> pl.Expr:
    if step.kind != "number":
        return value
    return value.round(6).cast(pl.String)


def _differs(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return ((one - other).abs() > TOLERANCE).fill_null(False) | (one.is_null() != other.is_null())


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(("person", "step", "item", "value_a", "value_b"), pl.String()))
