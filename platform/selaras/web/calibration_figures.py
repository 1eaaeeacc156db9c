"""What the room draws: a column for each outcome, the curve of the distribution, and the lamps of the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from selaras.calibration.looking import CaseView
from selaras.evaluation.distribution import CheckView
from selaras.evaluation.wording import Word, outcome_words
from selaras.web.figures import UnitFigures, unit_figures

WIDE, HIGH = 100, 36
_AT_MOST = ("share_at_most", "none_allowed")


@dataclass(frozen=True)
class Column:
    """One outcome: who stands there (as far as the page shows them), how many do now, and how many at the opening."""

    word: Word
    cases: tuple[CaseView, ...]
    now: int
    opened: int


def columns(rule: Mapping[str, Any], shown: Iterable[CaseView], tally: Mapping[str, tuple[int, int]]) -> list[Column]:
    """The outcomes from the best to the worst; whoever is set aside stands in none of them but is counted."""
    seen = list(shown)
    return [
        Column(
            word,
            tuple(one for one in seen if one.place.outcome == word.code and not one.place.held),
            *tally.get(word.code, (0, 0)),
        )
        for word in outcome_words(rule)
    ]


def curve(counts: Sequence[int]) -> str:
    """The points of a line over the outcomes, as an SVG polyline takes them; the highest count reaches the top."""
    top, step = max([*counts, 1]), WIDE / max(len(counts), 1)
    return " ".join(
        f"{round((at + 0.5) * step, 1)},{round(HIGH - (HIGH - 3) * count / top - 1, 1)}"
        for at, count in enumerate(counts)
    )


@dataclass(frozen=True)
class Lamp:
    """A judged unit, and for each of its limits how many more may or must: positive is room, negative is too many."""

    unit: UnitFigures
    margins: tuple[int | None, ...]

    @property
    def tone(self) -> str:
        """bad: broken; off: nothing is demanded here; empty: kept."""
        check = self.unit.check
        if not check.demanded or check.exempt:
            return "off"
        return "" if check.valid else "bad"


def lamps(rule: Mapping[str, Any], found: Iterable[Mapping[str, Any]], names: Mapping[UUID, str]) -> list[Lamp]:
    """Every judged unit, the broken first."""
    made = [_lamp(rule, one, names) for one in found]
    return sorted(made, key=lambda one: (one.tone != "bad", one.tone == "off", one.unit.check.unit_name))


def _lamp(rule: Mapping[str, Any], one: Mapping[str, Any], names: Mapping[UUID, str]) -> Lamp:
    unit_id = UUID(one["unit"])
    details = one["details"] or []
    unit = unit_figures(
        rule,
        CheckView(
            unit_id=unit_id,
            unit_name=names.get(unit_id, ""),
            organisation_rating=one["rating"],
            counts=one["counts"],
            valid=one["valid"],
            violations=[],
            exempt=one["exempt"],
            demanded=one["demanded"],
            details=details,
            override_reason=None,
        ),
    )
    return Lamp(unit, tuple(_margin(limit) for limit in details))


def _margin(limit: Mapping[str, Any]) -> int | None:
    if limit["limit"] is None or limit["actual"] is None:
        return None
    spare = int(limit["limit"]) - int(limit["actual"])
    return spare if limit["kind"] in _AT_MOST else -spare
