"""Adapters: how worked examples name a regulation's columns and steps. They rename; they never compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Literal

from selaras.regulation.yamlfile import check_keys


@dataclass(frozen=True)
class Choice:
    """A result that holds under the agency's choice of open parameters: its name pattern and those parameters."""

    pattern: str
    name: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Adapter:
    """How the examples of some rules name our columns and steps. It renames; it never computes.

    rules: rule names, `*` allowed. ask: what is asked of the regulation. on: the day, unless the example has one.
    items: names of lists whose elements are items. unfold: names of mappings whose content is read in place.
    inputs: example's name → our column (or step, given instead of computed), or our pair of columns.
    pair: the names of a pair's two halves. constants: example's name → columns that the name itself implies; for the
    name of a list, in each of its items. Several lists of one example are read as one, in their order.
    results: example's name → our names, the first with a value counts. each: example's name → our names, per row.
    words: example's word → our code. ignore: names that say nothing to compute. blank: names whose emptiness says
    something (no record of arrival). within: name of a list → what names mean inside it, where it differs.
    """

    rules: tuple[str, ...]
    ask: Literal["appraise", "combine", "distribution", "headcounts", "objection"]
    on: date
    inputs: Mapping[str, tuple[str, ...]]
    results: Mapping[str, tuple[str, ...]]
    items: tuple[str, ...] = ()
    unfold: tuple[str, ...] = ()
    pair: tuple[tuple[str, ...], tuple[str, ...]] = (("target",), ("actual",))
    constants: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    each: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    within: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def serves(self, rule: str) -> bool:
        return any(fnmatchcase(rule, pattern) for pattern in self.rules)

    def knows(self, names: Iterable[str]) -> bool:
        """Whether it has a meaning for every name of an example's inputs."""
        return set(names) <= {*self.inputs, *self.items, *self.unfold, *self.ignore}

    def word(self, value: object) -> object:
        """An example's word as our code, folded: `Sangat baik` → `sangat_baik`; what is not text stays."""
        if not isinstance(value, str):
            return value
        folded = value.strip().lower().replace(" ", "_")
        return self.words.get(folded, folded)


def read_adapters(where: str, nodes: Sequence[object]) -> tuple[Adapter, ...]:
    """The adapters of a plugin from the content of its `adapters.yaml`; unknown keys are refused."""
    return tuple(_adapter(f"{where}, adapter {n}", node) for n, node in enumerate(nodes, 1))


def _adapter(where: str, node: object) -> Adapter:
    options = ("items", "unfold", "pair", "constants", "each", "choices", "words", "ignore", "blank", "within")
    keys = check_keys(where, node, ("rules", "ask", "on", "inputs", "results"), options)
    default = Adapter((), "appraise", keys["on"], {}, {})
    choices = [check_keys(f"{where}: choices", c, ("pattern", "name", "parameters")) for c in keys.get("choices", ())]
    pair = [_tuple(half) for half in keys.get("pair", default.pair)]
    return Adapter(
        rules=tuple(keys["rules"]),
        ask=keys["ask"],
        on=keys["on"],
        inputs=_tuples(keys["inputs"]),
        results=_tuples(keys["results"]),
        items=tuple(keys.get("items", ())),
        unfold=tuple(keys.get("unfold", ())),
        pair=(pair[0], pair[1]),
        constants=keys.get("constants", {}),
        each=_tuples(keys.get("each", {})),
        choices=tuple(Choice(**one) for one in choices),
        words=keys.get("words", {}),
        ignore=tuple(keys.get("ignore", ())),
        blank=tuple(keys.get("blank", ())),
        within={name: _tuples(inputs) for name, inputs in keys.get("within", {}).items()},
    )


def _tuples(names: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: _tuple(value) for name, value in names.items()}


def _tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
