"""Worked examples: an adapter names their inputs and results, the engine computes, the difference is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from selaras.errors import DomainError
from selaras.regulation.adapters import Adapter
from selaras.regulation.compare import differs
from selaras.regulation.registry import Registry
from selaras.regulation.rules import Rules

Row = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """One result that differs; `key` is empty when the example could not be computed at all."""

    key: str
    expected: object
    got: object


@dataclass(frozen=True)
class CaseResult:
    """How one example went. `regulation` is None where no installed regulation has an adapter for its rule."""

    id: str
    rule: str
    regulation: str | None
    failures: tuple[Failure, ...] = ()

    @property
    def passed(self) -> bool:
        return self.regulation is not None and not self.failures


class NotUnderstood(Exception):
    """The example uses a name or a shape that the adapter does not know."""


def run_cases(registry: Registry, cases: Sequence[Mapping[str, Any]]) -> list[CaseResult]:
    """Each example in the order given: `id`, `rule`, `inputs`, `expected`, and optionally `on` and `parameters`."""
    return [_run(registry, case) for case in cases]


def adapter_for(registry: Registry, rule: str) -> tuple[str, Adapter] | None:
    """The regulation and the adapter that serve a rule name."""
    for code in registry.codes():
        for adapter in registry.adapters(code):
            if adapter.serves(rule):
                return code, adapter
    return None


def _run(registry: Registry, case: Mapping[str, Any]) -> CaseResult:
    name, rule = str(case.get("id", "?")), str(case.get("rule", ""))
    served = adapter_for(registry, rule)
    if served is None:
        return CaseResult(name, rule, None)
    code, adapter = served
    try:
        return CaseResult(name, rule, code, tuple(_failures(registry, code, adapter, case)))
    except (NotUnderstood, DomainError, pl.exceptions.PolarsError) as error:
        return CaseResult(name, rule, code, (Failure("", case.get("expected"), f"{error}"),))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said = f"the example has a shape that cannot be read ({type(error).__name__}: {error})"
        return CaseResult(name, rule, code, (Failure("", case.get("expected"), said),))


def _failures(registry: Registry, code: str, adapter: Adapter, case: Mapping[str, Any]) -> Iterator[Failure]:
    on = _day(case.get("on", adapter.on))
    chosen = dict(case.get("parameters", {}))
    computed: dict[str, dict[str, list[Any]]] = {}
    if not case.get("expected"):
        raise NotUnderstood("the example expects nothing")
    for key, expected in case["expected"].items():
        if key in adapter.ignore:
            continue
        choice = next((one for one in adapter.choices if fnmatchcase(key, one.pattern)), None)
        overrides = {**chosen, **(choice.parameters if choice else {})}
        asked = repr(overrides)
        if asked not in computed:
            rules = registry.rules(code, on=on, overrides=overrides)
            computed[asked] = _values(rules, adapter, case.get("inputs", {}))
        yield from _compared(adapter, key, choice.name if choice else key, expected, computed[asked])


def _compared(
    adapter: Adapter, key: str, name: str, expected: object, values: Mapping[str, list[Any]]
) -> Iterator[Failure]:
    if isinstance(expected, dict):
        for inner, value in expected.items():
            yield from _compared(adapter, f"{key}.{inner}", inner, value, values)
        return
    stem, digits = _printed_digits(name)
    got = _result(adapter, stem, values)
    shown = got if isinstance(expected, list) and not _one_row(adapter, stem, expected) else _single(stem, got)
    if differs(_words(adapter, expected), _words(adapter, shown), digits):
        yield Failure(key, expected, shown)


def _result(adapter: Adapter, name: str, values: Mapping[str, list[Any]]) -> list[Any]:
    if name in adapter.each:
        columns = [values[column] for column in adapter.each[name]]
        return [[value for value in row if value is not None] for row in zip(*columns, strict=True)]
    names = adapter.results.get(name)
    if names is None:
        raise NotUnderstood(f"the result {name!r} is not known to the adapter")
    found = [values[one] for one in names if any(value is not None for value in values.get(one, []))]
    return found[0] if found else values.get(names[0], [])


def _one_row(adapter: Adapter, name: str, expected: list[Any]) -> bool:
    """Whether a list is the result of one row rather than one result per row."""
    is_row = name in adapter.each or adapter.ask == "distribution"
    return is_row and not any(isinstance(value, list) for value in expected)


def _single(name: str, got: list[Any]) -> Any:
    if len(got) != 1:
        raise NotUnderstood(f"one value of {name!r} is expected, but there are {len(got)}")
    return got[0]


def _words(adapter: Adapter, value: object) -> object:
    """Folded words; the breaches of a distribution have no order."""
    if not isinstance(value, list):
        return adapter.word(value)
    folded = [_words(adapter, one) for one in value]
    return sorted(folded, key=str) if adapter.ask == "distribution" else folded


def _printed_digits(name: str) -> tuple[str, int | None]:
    """`nilai_2dp` is `nilai`, printed with two decimals."""
    stem, _, suffix = name.rpartition("_")
    if stem and suffix.endswith("dp") and suffix[:-2].isdigit():
        return stem, int(suffix[:-2])
    return name, None


def _values(rules: Rules, adapter: Adapter, inputs: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every value that the regulation gives for the example: name → one value per row."""
    people, items = _read(rules, adapter, inputs)
    if adapter.ask == "objection":
        return {"objection_until": [rules.objection_until(_day(day)).isoformat() for day in people["received"]]}
    if adapter.ask == "distribution":
        counts = {level.code: people.pop(level.code, [0]) for level in rules.outcomes}
        frame = pl.DataFrame({"group": ["1"], **people, **counts}, strict=False)
        return rules.check_distribution(frame).to_dict(as_series=False)
    appraisal = rules.engine.appraise(_frame(people, ()), _frame(items, ("item",)), partial=True)
    return {**appraisal.item_steps.to_dict(as_series=False), **appraisal.person_steps.to_dict(as_series=False)}


def _frame(columns: Mapping[str, list[Any]], keys: tuple[str, ...]) -> pl.DataFrame:
    height = len(next(iter(columns.values()), [])) or (0 if keys else 1)
    numbered = [str(n) for n in range(1, height + 1)]
    key_columns = {"person": ["1"] * height, "item": numbered} if keys else {"person": numbered}
    return pl.DataFrame(
        {**key_columns, **columns}, strict=False, schema_overrides=dict.fromkeys(key_columns, pl.String)
    )


def _read(
    rules: Rules, adapter: Adapter, inputs: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    item_names = _item_names(rules) if adapter.ask == "appraise" else set()
    people: list[Row] = []
    items: list[Row] = []
    for key, value in _unfolded(adapter, inputs):
        if key in adapter.items:
            for n, element in enumerate(_as_list(value)):
                for name, inner in _unfolded(adapter, element):
                    _put(items, n, _single_row(adapter, name, inner))
            continue
        for n, row in enumerate(_rows(adapter, key, value)):
            _put(items if set(row) <= item_names else people, n, row)
    return _columns(people), _columns(items)


def _item_names(rules: Rules) -> set[str]:
    return {column.name for column in rules.item_columns} | {step.name for step in rules.item_steps}


def _unfolded(adapter: Adapter, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in inputs.items():
        if key in adapter.unfold and isinstance(value, Mapping):
            yield from _unfolded(adapter, value)
        elif key not in adapter.ignore and value is not None:
            yield key, value


def _rows(adapter: Adapter, key: str, value: object) -> list[Row]:
    columns = adapter.inputs.get(key)
    if columns is None:
        raise NotUnderstood(f"the input {key!r} is not known to the adapter")
    constants = dict(adapter.constants.get(key, {}))
    if isinstance(value, Mapping) and any(isinstance(half, list) for half in value.values()):
        value = _turned(value)
    is_pair = len(columns) > 1 and isinstance(value, list) and len(value) == len(columns)
    if isinstance(value, list) and not (is_pair and all(isinstance(v, int | float) for v in value)):
        return [{**constants, **_cells(adapter, columns, one)} for one in value]
    return [{**constants, **_cells(adapter, columns, value)}]


def _turned(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A mapping of lists as a list of mappings; what is not a list holds for each."""
    height = max(len(half) for half in value.values() if isinstance(half, list))
    return [{name: half[n] if isinstance(half, list) else half for name, half in value.items()} for n in range(height)]


def _cells(adapter: Adapter, columns: tuple[str, ...], value: object) -> Row:
    if len(columns) == 1:
        return {columns[0]: adapter.word(value)}
    if isinstance(value, Mapping):
        halves = zip(columns, adapter.pair, strict=True)
        return {column: next((value[n] for n in names if n in value), None) for column, names in halves}
    if isinstance(value, list):
        return dict(zip(columns, value, strict=True))
    return {columns[-1]: value}


def _single_row(adapter: Adapter, key: str, value: object) -> Row:
    rows = _rows(adapter, key, value)
    if len(rows) != 1:
        raise NotUnderstood(f"the input {key!r} of one item has {len(rows)} values")
    return rows[0]


def _put(rows: list[Row], n: int, row: Row) -> None:
    while len(rows) <= n:
        rows.append({})
    rows[n].update(row)


def _columns(rows: list[Row]) -> dict[str, list[Any]]:
    """Rows as columns; a value given once holds for every row."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    for name, values in columns.items():
        if all(value is None for value in values[1:]):
            columns[name] = values[:1] * len(rows)
    return columns


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
