"""PP 49/2018: what the annual result of a contracted civil servant (PPPK) recommends for the contract."""

from __future__ import annotations

from pathlib import Path

from pp49_2018.contract import PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)
