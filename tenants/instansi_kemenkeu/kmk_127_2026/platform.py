"""KMK 127/2026 in the platform: scores in front of the two ratings from which the regulation takes the predikat.

The regulation stays what it is: the ratings that its appraisers choose elsewhere come out of this agency's own steps.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

from instansi_kemenkeu.kmk_127_2026.achievement import ITEM_STEPS
from instansi_kemenkeu.kmk_127_2026.discipline import FROM_RATING
from instansi_kemenkeu.kmk_127_2026.scores import AFTER, BEFORE
from selaras.regulation import Column, Scheme, Step, hookimpl

_scheme = Scheme(Path(__file__).parent, __name__)
_STEPS = (*BEFORE, *FROM_RATING, *AFTER)
_OF_THE_REGISTER = ("hukuman_", "tahun_", "triwulan_", "nilai_hukuman_")

Columns = Generator[None, Sequence[Column], Sequence[Column]]
Steps = Generator[None, Sequence[Step], Sequence[Step]]


@hookimpl
def agency_parameters() -> Path:
    return _scheme.parameters


@hookimpl(wrapper=True)
def person_columns() -> Columns:
    """Scores to enter; a rating that is worked out is not entered as well."""
    declared = yield
    worked_out = {step.name for step in _STEPS}
    return (*_scheme.columns("person"), *(column for column in declared if column.name not in worked_out))


@hookimpl(wrapper=True)
def item_columns() -> Columns:
    declared = yield
    own = (one for one in _scheme.columns("item") if not one.name.startswith(_OF_THE_REGISTER))
    return (*own, *declared)


@hookimpl(wrapper=True)
def item_steps() -> Steps:
    declared = yield
    return (*ITEM_STEPS, *declared)


@hookimpl(wrapper=True)
def person_steps() -> Steps:
    declared = yield
    return (*_STEPS, *declared)
