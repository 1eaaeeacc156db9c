"""PP 49/2018: what the annual result of a contracted civil servant (PPPK) recommends for the contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp49_2018.contract import PERSON_STEPS
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
    return PERSON_STEPS


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
