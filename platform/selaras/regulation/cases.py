"""Worked examples: an adapter names their inputs and results, the engine computes, the difference is reported."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from selaras.errors import DomainError
from selaras.regulation.adapters import Adapter
from selaras.regulation.casefile import shipped_cases
from selaras.regulation.compare import differs
from selaras.regulation.registry import Registry
from selaras.regulation.rules import Rules

Row = dict[str, Any]
_FROM = "from "


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
    return [_run(registry, case, cases) for case in cases]


def adapter_for(registry: Registry, case: Mapping[str, Any]) -> tuple[str, Adapter] | None:
    """The regulation and the adapter that serve an example's rule; of several the one that knows its inputs' names."""
    serving = [
        (code, adapter)
        for code in registry.codes()
        for adapter in registry.adapters(code)
        if adapter.serves(str(case.get("rule", "")))
    ]
    named = case.get("inputs")
    knowing = [one for one in serving if isinstance(named, Mapping) and one[1].knows(named)]
    return next(iter(knowing or serving), None)


def touched(registry: Registry, case: Mapping[str, Any]) -> frozenset[str]:
    """The steps that the expected results name (`combine.` before those that combine segments); or what is asked.

    Of a name that may mean several steps, the one that has a value. Empty where the example is not understood.
    """
    served = adapter_for(registry, case)
    if served is None or not isinstance(case.get("expected"), Mapping):
        return frozenset()
    code, adapter = served
    if adapter.ask not in ("appraise", "combine"):
        return frozenset({adapter.ask})
    try:
        rules = registry.rules(code, on=_day(case.get("on", adapter.on)), overrides=dict(case.get("parameters", {})))
        values = _values(rules, adapter, _lent(registry, case, ()) if _borrows(case) else case.get("inputs", {}))
        prefix = "combine." if adapter.ask == "combine" else ""
        return frozenset(prefix + name for name in _named(adapter, case["expected"], values))
    except (NotUnderstood, DomainError, pl.exceptions.PolarsError, AttributeError, KeyError, TypeError, ValueError):
        return frozenset()


def _named(adapter: Adapter, expected: Mapping[str, Any], values: Mapping[str, list[Any]]) -> Iterator[str]:
    for key, value in expected.items():
        if isinstance(value, Mapping):
            yield from _named(adapter, value, values)
            continue
        choice = next((one for one in adapter.choices if fnmatchcase(key, one.pattern)), None)
        stem, _ = _printed_digits(choice.name if choice else key)
        names = adapter.each.get(stem) or adapter.results.get(stem, ())
        filled = [one for one in names if any(found is not None for found in values.get(one, []))]
        yield from filled if stem in adapter.each else filled[:1] or names[:1]


def _run(registry: Registry, case: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> CaseResult:
    name, rule = str(case.get("id", "?")), str(case.get("rule", ""))
    served = adapter_for(registry, case)
    if served is None:
        return CaseResult(name, rule, None)
    code, adapter = served
    try:
        whole = {**case, "inputs": _lent(registry, case, others)} if _borrows(case) else case
        return CaseResult(name, rule, code, tuple(_failures(registry, code, adapter, whole)))
    except (NotUnderstood, DomainError, pl.exceptions.PolarsError) as error:
        return CaseResult(name, rule, code, (Failure("", case.get("expected"), f"{error}"),))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said = f"the example has a shape that cannot be read ({type(error).__name__}: {error})"
        return CaseResult(name, rule, code, (Failure("", case.get("expected"), said),))


def _borrows(case: Mapping[str, Any]) -> bool:
    inputs = case.get("inputs")
    values = inputs.values() if isinstance(inputs, Mapping) else ()
    return any(isinstance(value, str) and value.startswith(_FROM) for value in values)


def _lent(registry: Registry, case: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The inputs, where `from RULE` is the result of the same name of an example of that rule.

    Looked for among the examples at hand, then among those that the rule's own regulation ships.
    """
    inputs = dict(case["inputs"])
    for key, value in inputs.items():
        if isinstance(value, str) and value.startswith(_FROM):
            rule = value.removeprefix(_FROM).strip()
            inputs[key] = _result_of(registry, rule, key, others)
    return inputs


def _result_of(registry: Registry, rule: str, key: str, others: Sequence[Mapping[str, Any]]) -> Any:
    served = adapter_for(registry, {"rule": rule})
    if served is not None:
        code, adapter = served
        shipped = shipped_cases(registry.loaded(code).folder)
        for one in (*others, *shipped):
            if one.get("rule") == rule and key in one.get("expected", {}):
                rules = registry.rules(code, on=_day(one.get("on", adapter.on)))
                return _single(key, _result(adapter, key, _values(rules, adapter, one.get("inputs", {}))))
    raise NotUnderstood(f"{_FROM}{rule}: no example of {rule} that gives {key} is at hand")


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
    """Folded words, a yes or no by the words `true` and `false`; the breaches of a distribution have no order."""
    if isinstance(value, bool):
        return adapter.words.get(str(value).lower(), value)
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
    if adapter.ask == "headcounts":
        return _headcounts(rules, people)
    if adapter.ask == "distribution":
        counts = {level.code: people.pop(level.code, [0]) for level in rules.outcomes}
        frame = pl.DataFrame({"group": ["1"], **people, **counts}, strict=False)
        rule = rules.distribution
        return {"heads": [rule.heads if rule else None], **rules.check_distribution(frame).to_dict(as_series=False)}
    engine = rules.combination.engine if adapter.ask == "combine" and rules.combination else rules.engine
    appraisal = engine.appraise(_frame(people, ()), _frame(items, ("item",)), partial=True)
    return {**appraisal.item_steps.to_dict(as_series=False), **appraisal.person_steps.to_dict(as_series=False)}


def _headcounts(rules: Rules, asked: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """`sizes` as they are listed, or all from 1 to the one size that is named."""
    sizes = [int(size) for size in asked["sizes"]]
    every = sizes if len(sizes) > 1 else list(range(1, sizes[0] + 1))
    rating = asked.get("organisation_rating", [None])[0]
    impossible = [one.size for one in rules.headcounts(every, rating) if not one.possible]
    return {"impossible": impossible, "possible": [size not in impossible for size in sizes]}


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
    item_names = _item_names(rules, adapter)
    people: list[Row] = []
    items: list[Row] = []
    listed, own = 0, set[str]()
    for key, value in _unfolded(adapter, inputs):
        if key in adapter.items:
            listed += len(_as_list(value))
            for n, element in enumerate(_as_list(value), listed - len(_as_list(value))):
                for name, inner in _unfolded(adapter, element):
                    row = _single_row(_inside(adapter, key), name, inner)
                    own |= set(row)
                    _put(items, n, row)
                for name, inner in adapter.constants.get(key, {}).items():
                    _put(*((items, n) if name in item_names else (people, 0)), {name: inner})
            continue
        for n, row in enumerate(_rows(adapter, key, value)):
            _put(items if set(row) <= item_names else people, n, row)
    return _columns(people), _columns(items, own)


def _item_names(rules: Rules, adapter: Adapter) -> set[str]:
    if adapter.ask == "combine" and rules.combination:
        engine = rules.combination.engine
        return {column.name for column in engine.item_columns} | {step.name for step, _ in engine.steps.item}
    if adapter.ask != "appraise":
        return set()
    return {column.name for column in rules.item_columns} | {step.name for step in rules.item_steps}


def _unfolded(adapter: Adapter, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in inputs.items():
        if key in adapter.unfold and isinstance(value, Mapping):
            yield from _unfolded(adapter, value)
        elif key not in adapter.ignore and (value is not None or key in adapter.blank):
            yield key, value


def _rows(adapter: Adapter, key: str, value: object) -> list[Row]:
    columns = adapter.inputs.get(key)
    if columns is None:
        raise NotUnderstood(f"the input {key!r} is not known to the adapter")
    constants = dict(adapter.constants.get(key, {}))
    if isinstance(value, Mapping) and any(isinstance(half, list) for half in value.values()):
        value = _turned(value)
    is_pair = isinstance(value, list) and 1 < len(columns) >= len(value) and (len(columns) > 2 or len(value) == 2)
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
        return dict(zip(columns, map(adapter.word, value), strict=len(columns) == 2))
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


def _inside(adapter: Adapter, name: str) -> Adapter:
    """The adapter for the elements of a list: there, names may mean something else."""
    return replace(adapter, inputs={**adapter.inputs, **adapter.within[name]}) if name in adapter.within else adapter


def _columns(rows: list[Row], own: Collection[str] = ()) -> dict[str, list[Any]]:
    """Rows as columns; a value given once holds for every row, unless the rows have their `own`."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    for name, values in columns.items():
        if name not in own and all(value is None for value in values[1:]):
            columns[name] = values[:1] * len(rows)
    return columns


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
