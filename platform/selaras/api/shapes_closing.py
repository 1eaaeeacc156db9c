"""What the API says of a period that is about to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class SurveyStanding:
    """A survey of the period in counts; a group is one perspective of one subject.

    `running`: its answers are not counted, so results would be without them. `fills`: its means enter the appraisal.
    Groups below the threshold stay empty: too few could be asked, or (known after its close) too few answered.
    """

    campaign_id: UUID
    unit: str | None
    state: str
    closes: date
    running: bool
    fills: bool
    share: int
    groups: int
    too_few_asked: int
    too_few_answers: int


@dataclass(frozen=True)
class PeriodReadiness:
    """What is still missing before a period can be closed. `ready`: it is open, and nothing would be left out."""

    state: str
    ready: bool
    people: int
    rated: int
    units: int
    units_without_rating: int
    surveys: list[SurveyStanding]
