"""PP 99/2000: what a promotion of PNS demands of the appraisals before it, under each generation of appraisal."""

from __future__ import annotations

from pathlib import Path

from pp99_2000.conditions import PERSON_STEPS
from pp99_2000.years import ITEM_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, item_steps=ITEM_STEPS, person_steps=PERSON_STEPS)
