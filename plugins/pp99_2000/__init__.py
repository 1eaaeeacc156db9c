"""PP 99/2000: what a promotion of PNS demands of the appraisals before it, under each generation of appraisal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp99_2000.conditions import PERSON_STEPS
from pp99_2000.years import ITEM_STEPS
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
