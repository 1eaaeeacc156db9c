"""The stages of a close, in their order, and what is ready."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from selaras.monitoring.survey.standing import Standing


class Stage(StrEnum):
    """What a close does, in this order; each commits with the rows it wrote and is never done twice."""

    READINESS = "readiness"
    GROUPS = "groups"
    APPRAISE = "appraise"
    DISTRIBUTION = "distribution"
    SET = "set"
    REMUNERATION = "remuneration"
    DOCUMENT = "document"
    NOTICES = "notices"
    SUMMARY = "summary"


@dataclass(frozen=True)
class Readiness:
    """How far a period is: people in scope, people rated, who is missing (the first few), units without rating.

    `surveys`: those of the period, in counts.
    """

    people: int
    rated: int
    unrated: tuple[tuple[UUID, UUID], ...]
    units: int
    unrated_units: tuple[UUID, ...]
    surveys: tuple[Standing, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everybody in scope is rated and every unit's organisation rating is set."""
        return self.people == self.rated and not self.unrated_units

    @property
    def running_surveys(self) -> tuple[Standing, ...]:
        """Surveys whose answers nobody has counted: results would be without them."""
        return tuple(one for one in self.surveys if one.running)

    @property
    def thin_surveys(self) -> tuple[Standing, ...]:
        """Surveys with groups that stay empty because they are below the threshold."""
        return tuple(one for one in self.surveys if one.empty)
