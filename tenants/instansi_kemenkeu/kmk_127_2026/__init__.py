"""KMK 127/2026: the score engine of the ministry of finance, as a rulebook of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from instansi_kemenkeu.kmk_127_2026.achievement import ITEM_STEPS
from instansi_kemenkeu.kmk_127_2026.discipline import FROM_REGISTER, REGISTER_ITEMS
from instansi_kemenkeu.kmk_127_2026.scores import AFTER, BEFORE
from selaras.regulation import Adapter, Column, Identity, Scheme, Step, hookimpl

_scheme = Scheme(Path(__file__).parent, __name__)


@hookimpl
def identity() -> Identity:
    return _scheme.identity()


@hookimpl
def parameters() -> Path:
    return _scheme.parameters


@hookimpl
def person_columns() -> Sequence[Column]:
    return tuple(column for column in _scheme.columns("person") if not column.name.startswith("hukdis_"))


@hookimpl
def item_columns() -> Sequence[Column]:
    return _scheme.columns("item")


@hookimpl
def item_steps() -> Sequence[Step]:
    return (*ITEM_STEPS, *REGISTER_ITEMS)


@hookimpl
def person_steps() -> Sequence[Step]:
    return (*BEFORE, *FROM_REGISTER, *AFTER)


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
