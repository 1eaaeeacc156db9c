"""PermenPANRB 19/2025: the national index of the merit system, and the worksheet on managing performance."""

from __future__ import annotations

from pathlib import Path

from permenpan_19_2025.index import INDEX_STEPS
from permenpan_19_2025.worksheet import WORKSHEET_STEPS
from selaras.regulation import Rulebook

rulebook = Rulebook(Path(__file__).parent, person_steps=(*INDEX_STEPS, *WORKSHEET_STEPS))
