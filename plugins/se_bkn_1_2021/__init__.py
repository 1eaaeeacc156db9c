"""SE Kepala BKN 1/SE/I/2021: the authority of Plt, Plh and of those with a mandate in matters of performance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from se_bkn_1_2021.authority import PERSON_STEPS
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
