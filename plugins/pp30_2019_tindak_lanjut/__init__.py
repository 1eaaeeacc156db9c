"""PP 30/2019: rewards, the path of a result below target (Ps 56-58), and who decides an objection (Ps 59)."""

from __future__ import annotations

from pathlib import Path

from pp30_2019_tindak_lanjut.hearing import HEARING_STEPS
from pp30_2019_tindak_lanjut.path import PATH_STEPS
from pp30_2019_tindak_lanjut.rewards import ITEM_STEPS, REWARD_STEPS
from selaras.regulation import Rulebook

LAW = (*PATH_STEPS, *REWARD_STEPS)

rulebook = Rulebook(
    Path(__file__).parent, item_steps=ITEM_STEPS, person_steps={"2019": LAW, "2022": (*LAW, *HEARING_STEPS)}
)
