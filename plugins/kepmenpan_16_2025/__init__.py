"""KepmenPANRB 16/2025: the part-time contract (PPPK paruh waktu), evaluated every quarter and every year."""

from __future__ import annotations

from pathlib import Path

from kepmenpan_16_2025.contract import PERSON_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)
