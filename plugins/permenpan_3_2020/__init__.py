"""PermenPANRB 3/2020 as amended by 20/2025: the nine boxes of talent, performance against potential."""

from __future__ import annotations

from pathlib import Path

from permenpan_3_2020.boxes import PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)
