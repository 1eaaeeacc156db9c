"""PermenPANRB 40/2018 with PerKASN 9/2019 (repealed): the merit system in four categories."""

from __future__ import annotations

from pathlib import Path

from permenpan_40_2018.categories import PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)
