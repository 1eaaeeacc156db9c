"""What may follow a result, and what an improvement plan must say; without any row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from selaras.errors import Fault

SHORTEST, LONGEST = 20, 4000
MOST, FARTHEST = 20, timedelta(days=366)


class Follows(StrEnum):
    """What follows one result; nothing ends with a number."""

    IMPROVE_MISSING = "improve_missing"
    IMPROVING = "improving"
    IMPROVING_LATE = "improving_late"
    IMPROVED = "improved"
    FORMAL = "formal"
    NEXT_MISSING = "next_missing"
    LED_ON = "led_on"
    TALK_MISSING = "talk_missing"
    TALKED = "talked"

    @property
    def is_missing(self) -> bool:
        """Whether nothing follows yet."""
        return self in (Follows.IMPROVE_MISSING, Follows.NEXT_MISSING, Follows.TALK_MISSING)


@dataclass(frozen=True)
class Step:
    """One step as it is written; `id` names one that is there already."""

    what: str
    until: date
    responsible_id: UUID
    id: UUID | None = None


def faults(analysis: str, steps: Sequence[Step], day: date, responsible: frozenset[UUID]) -> list[Fault]:
    """Everything that keeps it from being kept, each with its field; days of steps that are there may be over."""
    found = []
    if not SHORTEST <= len(analysis.strip()) <= LONGEST:
        found.append(
            Fault(
                "improvement_analysis",
                "Say why the result was not reached, in {least} to {most} characters.",
                field="analysis",
                least=SHORTEST,
                most=LONGEST,
            )
        )
    if not 1 <= len(steps) <= MOST:
        found.append(
            Fault("improvement_steps", "Name one step at least, and {most} at most.", field="steps", most=MOST)
        )
    for n, step in enumerate(steps[:MOST]):
        found += _of_step(f"steps.{n}", step, day, responsible)
    return found


def _of_step(at: str, step: Step, day: date, responsible: frozenset[UUID]) -> list[Fault]:
    found = []
    if not 5 <= len(step.what.strip()) <= 500:
        found.append(Fault("improvement_what", "Say what is done, in 5 to 500 characters.", field=f"{at}.what"))
    if step.until > day + FARTHEST or (step.id is None and step.until < day):
        found.append(Fault("improvement_until", "The day is between today and a year from now.", field=f"{at}.until"))
    if step.responsible_id not in responsible:
        found.append(
            Fault(
                "improvement_responsible",
                "Responsible is the person or who appraises them today.",
                field=f"{at}.responsible_id",
            )
        )
    return found
