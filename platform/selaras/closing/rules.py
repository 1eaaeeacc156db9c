"""The stages of a close, in their order, and what is ready."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


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
    """How far a period is: people in scope, people rated, who is missing (the first few), units without rating."""

    people: int
    rated: int
    unrated: tuple[tuple[UUID, UUID], ...]
    units: int
    unrated_units: tuple[UUID, ...]

    @property
    def complete(self) -> bool:
        """Whether everybody in scope is rated and every unit's organisation rating is set."""
        return self.people == self.rated and not self.unrated_units
