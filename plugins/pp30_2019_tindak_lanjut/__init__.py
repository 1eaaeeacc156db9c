"""PP 30/2019: rewards, the path of a result below target (Ps 56-58), and who decides an objection (Ps 59)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pp30_2019_tindak_lanjut.path import PATH_STEPS
from pp30_2019_tindak_lanjut.rewards import ITEM_STEPS, REWARD_STEPS
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
    return (*PATH_STEPS, *REWARD_STEPS)


@hookimpl
def case_adapters() -> Sequence[Adapter]:
    return _scheme.adapters()
