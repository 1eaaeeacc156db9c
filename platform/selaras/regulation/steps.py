"""Steps: a name, a Polars expression, its article and a label; and the namespaces that step functions read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from selaras.errors import Misconfigured
from selaras.regulation.parameters import Values
from selaras.regulation.telling import TABLE, is_told, table_name
from selaras.regulation.types import CERTAINTIES, Certainty, Label, StepInfo, StepKind

StepFunction = Callable[..., pl.Expr]
_DTYPES: dict[StepKind, pl.DataType] = {"number": pl.Float64(), "code": pl.String()}
_ARGUMENTS: dict[str, frozenset[str]] = {
    "item": frozenset({"item", "p"}),
    "person": frozenset({"person", "items", "p"}),
}


@dataclass(frozen=True)
class Step:
    """A step function with what the law says about it. `level` is the frame it runs on."""

    info: StepInfo
    level: Literal["item", "person"]
    function: StepFunction

    @property
    def name(self) -> str:
        return self.info.name

    def __call__(self, **namespaces: object) -> pl.Expr:
        """The expression, named after the step and cast to its kind."""
        wanted = {name: namespaces[name] for name in inspect.signature(self.function).parameters}
        return self.function(**wanted).cast(_DTYPES[self.info.kind]).alias(self.name)


def item_step(
    *,
    article: str,
    label: Label,
    kind: StepKind = "number",
    certainty: Certainty = "regulation",
    unit: str = "",
) -> Callable[[StepFunction], Step]:
    """Make a step per item of a function `(item, p)`; either argument may be left out."""
    return _decorator("item", article, label, kind, certainty, unit)


def person_step(
    *,
    article: str,
    label: Label,
    kind: StepKind = "number",
    certainty: Certainty = "regulation",
    unit: str = "",
    instead_of: str = "",
) -> Callable[[StepFunction], Step]:
    """Make a step per person of a function `(person, items, p)`; arguments may be left out.

    `items.<item step>` offers `.mean()`, `.sum()`, `.min()`, `.max()` and `.count()` over the person's items.
    `instead_of` names the input column in whose place the step's value counts (a table of two ratings is drawn so).
    """
    return _decorator("person", article, label, kind, certainty, unit, instead_of)


def _decorator(
    level: Literal["item", "person"],
    article: str,
    label: Label,
    kind: StepKind,
    certainty: Certainty,
    unit: str,
    instead_of: str = "",
) -> Callable[[StepFunction], Step]:
    def make(function: StepFunction) -> Step:
        name = function.__name__
        unknown = set(inspect.signature(function).parameters) - _ARGUMENTS[level]
        if unknown:
            raise Misconfigured(
                "regulation.step_arguments",
                "Step {step} asks for {unknown}; a step per {level} may ask for {known}.",
                step=name,
                unknown=", ".join(sorted(unknown)),
                level=level,
                known=", ".join(sorted(_ARGUMENTS[level])),
            )
        if not article.strip() or certainty not in CERTAINTIES or set(label) != {"id", "en"}:
            raise Misconfigured(
                "regulation.step_source",
                "Step {step} needs an article, a certainty (one of {certainties}) and a label in id and en.",
                step=name,
                certainties=", ".join(CERTAINTIES),
            )
        return Step(StepInfo(name, article, label, kind, certainty, unit, instead_of), level, function)

    return make


class Columns:
    """Attribute access to the columns that a step may see: declared inputs and earlier steps."""

    def __init__(self, owner: str, names: frozenset[str]) -> None:
        self._owner = owner
        self._names = names

    def __getattr__(self, name: str) -> pl.Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._names:
            raise _unseen(self._owner, name, self._names)
        return pl.col(name)


class ItemAggregates:
    """Attribute access to the item steps that a person step may aggregate; remembers what was asked for."""

    def __init__(self, owner: str, names: frozenset[str], asked: dict[str, pl.Expr]) -> None:
        self._owner = owner
        self._names = names
        self._asked = asked

    def __getattr__(self, name: str) -> Aggregate:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._names:
            raise _unseen(self._owner, f"items.{name}", frozenset(f"items.{known}" for known in self._names))
        return Aggregate(name, self._asked)


class Aggregate:
    """One item step over all items of a person. Nulls are left out; without items all but `count` are null."""

    def __init__(self, name: str, asked: dict[str, pl.Expr]) -> None:
        self._name = name
        self._asked = asked

    def mean(self) -> pl.Expr:
        """Sum of the values divided by their number."""
        return self._ask("mean", pl.col(self._name).mean())

    def sum(self) -> pl.Expr:
        """Sum of the values; null without any."""
        values = pl.col(self._name)
        return self._ask("sum", pl.when(values.count() > 0).then(values.sum()))

    def min(self) -> pl.Expr:
        """The smallest value."""
        return self._ask("min", pl.col(self._name).min())

    def max(self) -> pl.Expr:
        """The largest value."""
        return self._ask("max", pl.col(self._name).max())

    def count(self) -> pl.Expr:
        """The number of items that have a value."""
        return self._ask("count", pl.col(self._name).count()).fill_null(0)

    def missing(self) -> pl.Expr:
        """The number of items without a value."""
        return self._ask("missing", pl.col(self._name).null_count()).fill_null(0)

    def _ask(self, how: str, expr: pl.Expr) -> pl.Expr:
        column = f"items.{self._name}.{how}"
        self._asked[column] = expr.alias(column)
        return pl.col(column)


@dataclass(frozen=True)
class Compiled:
    """The expressions of one regulation on one date: item steps, aggregates of items, person steps, in order."""

    item: tuple[tuple[Step, pl.Expr], ...]
    aggregates: tuple[pl.Expr, ...]
    person: tuple[tuple[Step, pl.Expr], ...]

    @cached_property
    def item_layers(self) -> tuple[dict[str, pl.Expr], ...]:
        """The item steps in layers: none reads another of its own layer, so that a layer is computed at once."""
        return _layers(self.item)

    @cached_property
    def person_layers(self) -> tuple[dict[str, pl.Expr], ...]:
        """The person steps in layers."""
        return _layers(self.person)


def _layers(steps: tuple[tuple[Step, pl.Expr], ...]) -> tuple[dict[str, pl.Expr], ...]:
    depth: dict[str, int] = {}
    layers: list[dict[str, pl.Expr]] = []
    for step, expr in steps:
        depth[step.name] = max((depth[name] + 1 for name in expr.meta.root_names() if name in depth), default=0)
        if depth[step.name] == len(layers):
            layers.append({})
        layers[depth[step.name]][step.name] = expr
    return tuple(layers)


def compile_steps(
    item_inputs: frozenset[str],
    person_inputs: frozenset[str],
    item_steps: tuple[Step, ...],
    person_steps: tuple[Step, ...],
    p: Values,
) -> Compiled:
    """Call every step function once; refuses unseen columns, repeated names and steps on the wrong level."""
    _refuse_mixed(item_steps, "item")
    _refuse_mixed(person_steps, "person")
    asked: dict[str, pl.Expr] = {}
    item: list[tuple[Step, pl.Expr]] = []
    seen = item_inputs
    for step in item_steps:
        _refuse_repeated(step, seen)
        item.append((step, step(item=Columns(step.name, seen), p=p)))
        seen |= {step.name}
    item_names = frozenset(step.name for step in item_steps)
    person: list[tuple[Step, pl.Expr]] = []
    seen = person_inputs
    for step in person_steps:
        _refuse_repeated(step, seen)
        namespaces = {"person": Columns(step.name, seen), "items": ItemAggregates(step.name, item_names, asked)}
        person.append((step, step(**namespaces, p=p)))
        seen |= {step.name}
    return Compiled(tuple(item), tuple(asked.values()), tuple(person))


def lookup(table: Mapping[str, object], *keys: pl.Expr) -> pl.Expr:
    """The code that a (nested) parameter table holds for the keys' codes; null where the table has no such cell."""
    if is_told():
        return pl.coalesce(*keys).alias(TABLE + table_name(table))
    cells: dict[str, str] = {}

    def flatten(node: object, path: tuple[str, ...]) -> None:
        if isinstance(node, Mapping):
            for key, below in node.items():
                flatten(below, (*path, str(key)))
        else:
            cells["\x1f".join(path)] = str(node)

    flatten(table, ())
    joined = pl.concat_str(keys, separator="\x1f")
    return joined.replace_strict(cells, default=None, return_dtype=pl.String())


def _refuse_mixed(steps: tuple[Step, ...], level: str) -> None:
    for step in steps:
        if step.level != level:
            raise Misconfigured(
                "regulation.step_level",
                "Step {step} is a step per {actual} but was given among the steps per {level}.",
                step=step.name,
                actual=step.level,
                level=level,
            )


def _refuse_repeated(step: Step, seen: frozenset[str]) -> None:
    if step.name in seen or step.name in {"person", "item", "inputs"}:
        raise Misconfigured(
            "regulation.step_name",
            "Step {step} has the name of a column or of an earlier step; choose another.",
            step=step.name,
        )


def _unseen(step: str, name: str, known: frozenset[str]) -> Misconfigured:
    return Misconfigured(
        "regulation.step_reads_unknown",
        "Step {step} reads {name}, which is neither a declared column nor an earlier step. It may read: {known}.",
        step=step,
        name=name,
        known=", ".join(sorted(known)),
    )
