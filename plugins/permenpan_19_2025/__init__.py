"""PermenPANRB 19/2025: the national index of the merit system, and the worksheet on managing performance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from permenpan_19_2025.index import INDEX_STEPS
from permenpan_19_2025.worksheet import WORKSHEET_STEPS
from selaras.regulation import Adapter, Column, Identity, Scheme, Step, hookimpl

_scheme = Scheme(Path(__file__).parent)


@hookimpl
def identity() -> Identity:
    return _scheme.identity()


@hookimpl
def parameters() -> Path:
    return _scheme.parameters


@hookimpl
def person_columns() -> Sequence[Column]:
    return _scheme.columns("person")


@hookimpl
def person_steps() -> Sequence[Step]:
    return (*INDEX_STEPS, *WORKSHEET_STEPS)


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
