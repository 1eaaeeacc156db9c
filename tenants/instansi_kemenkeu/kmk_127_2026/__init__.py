"""KMK 127/2026: the score engine of the ministry of finance, as a rulebook of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from instansi_kemenkeu.kmk_127_2026.achievement import ITEM_STEPS
from instansi_kemenkeu.kmk_127_2026.discipline import FROM_REGISTER, REGISTER_ITEMS
from instansi_kemenkeu.kmk_127_2026.scores import AFTER, BEFORE
from selaras.regulation import Column, Rulebook, Values, hookimpl


class _Rulebook(Rulebook):
    @hookimpl
    def person_columns(self, p: Values) -> Sequence[Column]:
        return tuple(column for column in super().person_columns(p) if not column.name.startswith("hukdis_"))


rulebook = _Rulebook(
    Path(__file__).parent,
    __name__,
    item_steps=(*ITEM_STEPS, *REGISTER_ITEMS),
    person_steps=(*BEFORE, *FROM_REGISTER, *AFTER),
)
