"""PermenPANRB 1/2023 with PerBKN 3/2023: credit points of functional officials out of their predikat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from permenpan_1_2023.credits import ITEM_STEPS, PERSON_STEPS
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
def item_columns() -> Sequence[Column]:
    return _scheme.columns("item")


@hookimpl
def item_steps() -> Sequence[Step]:
    return ITEM_STEPS


@hookimpl
def person_steps() -> Sequence[Step]:
    return PERSON_STEPS


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
