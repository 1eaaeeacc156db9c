"""SE Kepala BKN 1/SE/I/2021: the authority of Plt, Plh and of those with a mandate in matters of performance."""

from __future__ import annotations

from pathlib import Path

from se_bkn_1_2021.authority import PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)
