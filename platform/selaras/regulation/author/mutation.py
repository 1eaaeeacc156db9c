"""Whether the examples hold the numbers of the law: each is changed a little, and some example must turn red."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selaras.errors import DomainError
from selaras.regulation.articles import Told
from selaras.regulation.cases import run_cases, touched
from selaras.regulation.parameters import Parameter, Parameters
from selaras.regulation.registry import Registry

_NOT_LAW = frozenset({"code", "kind", "id", "en"})
_KEY = "key "
_MODES = {"up": "down", "down": "up", "half_down": "half_away", "half_away": "half_down", "half_even": "half_away"}


@dataclass(frozen=True)
class Survivor:
    """A change that no example noticed."""

    parameter: str
    path: tuple[Any, ...]
    new: Any

    def __str__(self) -> str:
        where = f" ({', '.join(map(str, self.path))})" if self.path else ""
        return f"{self.parameter}{where} may become {self.new!r} and no example notices"


def survivors(registry: Registry, told: Told) -> Iterator[Survivor]:
    """Every small change of a number or code that steps, distribution or objection read, and no example notices."""
    code = told.rules.code
    parameters = registry.loaded(code).parameters
    computed = told.computed_parameters
    names = {str(case["id"]): touched(registry, case) for case in told.cases}
    for parameter in parameters:
        if parameter.name not in computed:
            continue
        reading = {step.key for step in told.steps if parameter.name in step.parameters}
        first = [case for case in told.cases if names[str(case["id"])] & reading]
        cases = [*first, *(case for case in told.cases if case not in first)]
        for path, new in mutations(parameter):
            if not _is_noticed(registry, code, _changed(parameters, parameter, path, new), cases):
                yield Survivor(parameter.name, path, new)


def mutations(parameter: Parameter) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(path of a leaf, what to put there) for every number and every code of the newest value."""
    value = parameter.values[-1].value
    codes = [one for _, one in _leaves(value) if isinstance(one, str)]
    yield from _mutations(value, (), lambda old: _other(parameter, old, codes))


def _mutations(node: Any, path: tuple[Any, ...], other: Callable[[Any], Any]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, Mapping):
        for key, below in node.items():
            yield from _mutations(below, (*path, key), other)
            if isinstance(key, int):
                yield (*path, f"{_KEY}{key}"), key + 1
                yield (*path, f"{_KEY}{key}"), key - 1
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield from _mutations(below, (*path, index), other)
    elif not path or path[-1] not in _NOT_LAW:
        yield from ((path, new) for new in _neighbours(node, other))


def _neighbours(old: Any, other: Callable[[Any], Any]) -> list[Any]:
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int | float):
        step = 0.01 if isinstance(old, float) else 1
        return [old + step, old - step]
    new = other(old)
    return [] if new == old else [new]


def _other(parameter: Parameter, old: Any, codes: Sequence[str]) -> Any:
    """A code that could stand there instead; for an empty number its largest, or 0; itself where nothing is known."""
    if old is None:
        return (parameter.maximum or 0) if parameter.kind in ("number", "integer") else None
    if old in _MODES:
        return _MODES[old]
    return next((one for one in (*parameter.choices, *codes) if one not in (old, None)), old)


def _leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, Mapping):
        for key, below in node.items():
            if key not in _NOT_LAW:
                yield from _leaves(below, (*path, key))
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield from _leaves(below, (*path, index))
    else:
        yield path, node


def _changed(parameters: Parameters, parameter: Parameter, path: tuple[Any, ...], new: Any) -> Parameters:
    """Into every dated value, so that the one in force on the example's day is among them."""
    values = tuple(replace(one, value=_put(one.value, path, new)) for one in parameter.values)
    return Parameters({one.name: replace(one, values=values) if one is parameter else one for one in parameters})


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return copy.deepcopy(new)
    holder = changed = copy.deepcopy(value)
    try:
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(path[-1], str) and path[-1].startswith(_KEY):
            holder[new] = holder.pop(int(path[-1].removeprefix(_KEY)))
        else:
            holder[path[-1]] = copy.deepcopy(new)
    except (KeyError, IndexError, TypeError):
        return value  # an earlier value may have another shape
    return changed


def _is_noticed(registry: Registry, code: str, parameters: Parameters, cases: Sequence[Mapping[str, Any]]) -> bool:
    other = registry.with_parameters(code, parameters)
    try:
        return any(run_cases(other, [case])[0].failures for case in cases)
    except DomainError:
        return True
