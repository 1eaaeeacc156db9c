"""People and items made from the declared columns: properties that must hold for all of them, and speed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import polars as pl

from selaras.regulation.appraisal import Engine
from selaras.regulation.rules import Rules
from selaras.regulation.types import Column

_FIRST_DAY = date(2000, 1, 1)
_SHARE_EMPTY = 0.3
_HIGHEST = 100.0


def generated(rules: Rules, people: int, items: int, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`people` people with `items` items each, within the declared limits; optional columns are sometimes empty."""
    dice = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
    persons = [f"{n:07}" for n in range(people)]
    people_frame = _filled(dice, {"person": persons}, rules.person_columns, people)
    owners = [person for person in persons for _ in range(items)]
    keys = {"person": owners, "item": [str(n) for _ in persons for n in range(items)]}
    return people_frame, _filled(dice, keys, rules.item_columns, people * items)


def broken_properties(rules: Rules) -> list[str]:
    """What does not hold on generated people: no NaN, and neither order nor company changes an outcome."""
    people, items = generated(rules, 300, 3)
    problems = [f"the generated inputs are refused: {one}" for one in rules.validate(people, items, limit=3)]
    whole = rules.appraise(people, items)
    for frame in (whole.item_steps, whole.person_steps):
        for name, dtype in frame.schema.items():
            if dtype == pl.Float64 and not frame.get_column(name).drop_nulls().is_finite().all():
                problems.append(f"step {name} yields NaN or infinity for inputs within the declared limits")
    turned = rules.appraise(people.reverse(), items.sample(fraction=1.0, shuffle=True, seed=1))
    if not _same(turned.person_steps.reverse(), whole.person_steps):
        problems.append("the order of people or items changes a result")
    half = people.head(150)
    mine = items.filter(pl.col("person").is_in(half.get_column("person").implode()))
    if not _same(rules.appraise(half, mine).person_steps, whole.person_steps.head(150)):
        problems.append("the company of other people changes a result")
    return problems


def speed(rules: Rules, people: int = 20_000, items: int = 3) -> tuple[float, float]:
    """(people appraised per second, time relative to the same expressions run by Polars alone); best of three."""
    people_frame, item_frame = generated(rules, people, items)
    engine = rules.engine
    whole = min(_seconds(lambda: engine.appraise(people_frame, item_frame)) for _ in range(3))
    bare = min(_seconds(lambda: _bare(engine, people_frame, item_frame)) for _ in range(3))
    return people / whole, whole / bare


def _bare(engine: Engine, people: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    scored = items.lazy()
    for layer in engine.steps.item_layers:
        scored = scored.with_columns(layer.values())
    frame = people.lazy()
    if engine.steps.aggregates:
        per_person = scored.collect().lazy().group_by("person").agg(engine.steps.aggregates)
        frame = frame.join(per_person, on="person", how="left", maintain_order="left")
    for layer in engine.steps.person_layers:
        frame = frame.with_columns(layer.values())
    return frame.collect()


def _seconds(run: Any) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def _filled(dice: random.Random, keys: dict[str, list[str]], columns: tuple[Column, ...], height: int) -> pl.DataFrame:
    made: dict[str, list[Any]] = {}
    needed = {name for column in columns for name in column.requires}
    for column in columns:
        # What others require is always there: an empty one would contradict them.
        may_be_empty = not column.required and column.name not in needed and not column.requires
        made[column.name] = [
            None if may_be_empty and dice.random() < _SHARE_EMPTY else _value(dice, column) for _ in range(height)
        ]
    schema = {**dict.fromkeys(keys, pl.String()), **{column.name: column.dtype for column in columns}}
    return pl.DataFrame({**keys, **made}, schema=schema)


def _value(dice: random.Random, column: Column) -> Any:
    if column.type == "boolean":
        return dice.random() < 0.5
    if column.allowed:
        chosen = dice.choice(column.allowed)
        return chosen if column.type in ("code", "text") else (int if column.type == "integer" else float)(chosen)
    if column.type == "date":
        return _FIRST_DAY + timedelta(days=dice.randrange(9000))
    if column.type in ("code", "text"):
        return f"x{dice.randrange(9)}"
    low = column.minimum if column.minimum is not None else 0.0
    high = column.maximum if column.maximum is not None else max(_HIGHEST, low * 2)
    if column.type == "integer":
        return dice.randint(int(low) + column.above_minimum, max(int(high), int(low) + 1))
    return max(round(dice.uniform(low, high), 2), low + 0.01 * column.above_minimum)


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Equal but for the noise of sums taken in another order."""
    for name, dtype in one.schema.items():
        a, b = one.get_column(name), other.get_column(name)
        if dtype == pl.Float64:
            close = ((a - b).abs() <= 1e-9 * (1 + a.abs())).fill_null(value=True).all()
            if not close or not (a.is_null() == b.is_null()).all():
                return False
        elif not a.equals(b, null_equal=True):
            return False
    return True
