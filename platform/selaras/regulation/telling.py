"""While a formula is told in words: what rounds and compares says so, and parameters stand for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import polars as pl

from selaras.regulation.parameters import Values

# Names that no column can have: what follows is a parameter (and the key of its cell), a rounding, a table.
PARAMETER, ROUNDED, TABLE = "§p|", "§round|", "§table|"
_telling: ContextVar[bool] = ContextVar("telling", default=False)


def is_told() -> bool:
    """Whether expressions are now built to be read by people, not to be computed."""
    return _telling.get()


@contextmanager
def told() -> Iterator[None]:
    """Within it, `round_law`, `at_least`, `at_most` and `lookup` yield marks that a reader of formulas knows."""
    before = _telling.set(True)
    try:
        yield
    finally:
        _telling.reset(before)


class Cells(dict[Any, Any]):
    """A table of the law, the cells of which stand for themselves in a formula; `name` is the path so far."""

    def __init__(self, name: str, content: Mapping[Any, Any]) -> None:
        super().__init__(content)
        self.name = name

    def __getitem__(self, key: Any) -> Any:
        return _standing(f"{self.name}.{key}", super().__getitem__(key))


class Noted:
    """The parameters in force, noting in `read` which were asked for; with `stand` numbers stand for themselves."""

    def __init__(self, values: Values, *, stand: bool = False) -> None:
        self._values = values
        self._stand = stand
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._values, name)
        self.read.add(name)
        if isinstance(value, Mapping):
            return Cells(name, value) if self._stand else _Table(name, value)
        return _standing(name, value) if self._stand else value

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def source(self, name: str) -> Any:
        """As of the parameters in force."""
        self.read.add(name)
        return self._values.source(name)


class _Table(dict[Any, Any]):
    """A table of the law that still knows its name, for `lookup`."""

    def __init__(self, name: str, content: Mapping[Any, Any]) -> None:
        super().__init__(content)
        self.name = name


def _standing(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return Cells(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return pl.col(PARAMETER + name)


def table_name(table: object) -> str:
    """The name of the parameter that a table is, empty where it is none."""
    return str(getattr(table, "name", ""))
