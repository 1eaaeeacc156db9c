"""Grades of a plugin: what each asks, which one is reached, and what the next one needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Grade(IntEnum):
    """How far a plugin has come. Each grade asks what those below it ask, and more."""

    none = 0
    bronze = 1
    silver = 2
    gold = 3
    platinum = 4

    @property
    def title(self) -> str:
        """The Indonesian word, with the English one."""
        words = {0: "belum layak (none)", 1: "perunggu (bronze)", 2: "perak (silver)", 3: "emas (gold)"}
        return words.get(self.value, "platina (platinum)")

    @property
    def meaning(self) -> str:
        """What a reader may rely on."""
        return {
            0: "it cannot be installed",
            1: "it loads: dates, sources and columns are in order, no formula rounds or loops by itself",
            2: "it is proved: every step is touched by an example, and all examples pass",
            3: "it is held: every number is held by an example, documented, and recorded as released",
            4: "it is sound: properties hold on generated people, every formula can be told in words, it is fast",
        }[self.value]


@dataclass(frozen=True)
class Check:
    """One question with its answer. `grade` is the grade that asks it; `information` is told in any case."""

    name: str
    grade: Grade
    problems: tuple[str, ...] = ()
    information: str = ""

    @property
    def passed(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Report:
    """What was checked of one plugin."""

    code: str
    checks: tuple[Check, ...]

    @property
    def grade(self) -> Grade:
        """The highest grade whose questions, and those of the grades below, are all answered."""
        failed = [check.grade for check in self.checks if not check.passed]
        return Grade(min(failed) - 1) if failed else Grade.platinum

    @property
    def next_needs(self) -> tuple[str, ...]:
        """What the next grade needs, as `check: problem`; empty at the highest."""
        following = self.grade + 1
        return tuple(f"{one.name}: {text}" for one in self.checks if one.grade == following for text in one.problems)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        following = None if self.grade == Grade.platinum else Grade(self.grade + 1).name
        return {
            "code": self.code,
            "grade": self.grade.name,
            "meaning": self.grade.meaning,
            "next": {"grade": following, "needs": list(self.next_needs)},
            "checks": [
                {
                    "name": one.name,
                    "grade": one.grade.name,
                    "passed": one.passed,
                    "problems": list(one.problems),
                    "information": one.information,
                }
                for one in self.checks
            ],
        }
