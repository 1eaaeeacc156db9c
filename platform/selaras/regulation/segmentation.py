"""Segmentation: what a regulation says of the parts of a period, and who rates them."""

from __future__ import annotations

from dataclasses import dataclass

# What begins a segment of a period. The regulation says which of them make one.
CAUSES: tuple[str, ...] = (
    "start",
    "move",
    "promotion",
    "new_appraiser",
    "acting",
    "leave",
    "study",
    "return",
    "regulation_change",
    "closed_period",
)


@dataclass(frozen=True)
class Segmentation:
    """Into which segments the regulation cuts a period, and where the combined outcome stands.

    `causes` (of CAUSES) begin a segment; a move and a promotion are causes apart. An appraiser who has supervised for
    less than `supervision_months` does not rate: the one before does. Closed periods of the kinds `periods` stand in as
    segments with the outcome that they were set with. `outcome_step` and `score_step` are combining steps; left
    out, they are those of the outcome scale.
    """

    causes: tuple[str, ...] = CAUSES
    supervision_months: int = 0
    periods: tuple[str, ...] = ()
    outcome_step: str | None = None
    score_step: str | None = None
