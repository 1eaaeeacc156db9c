"""PermenPANRB 1/2023 with PerBKN 3/2023: credit points of functional officials out of their predikat."""

from __future__ import annotations

from pathlib import Path

from permenpan_1_2023.credits import ITEM_STEPS, PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, item_steps=ITEM_STEPS, person_steps=PERSON_STEPS)
