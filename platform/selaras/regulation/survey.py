"""What a regulation says of a closed 360° survey: whom it asks, on which scale, and from how many answers on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from selaras.errors import Misconfigured
from selaras.regulation.parameters import Values
from selaras.regulation.plan_types import Term
from selaras.regulation.types import Label, Source
from selaras.regulation.yamlfile import check_keys, read_label, read_source

FLOOR: Final = 3
"""No regulation and no agency lets less than so many closed answers be shown or used: with two, one knows the other."""


@dataclass(frozen=True)
class Perspective(Term):
    """Whom a survey asks: `superior`, `peers` or `subordinates` of the subject.

    `closed`: single answers are nobody's to know. `asked`: by the survey; a superior may answer in the rating instead.
    At most `most` are asked, drawn by lot. `column` names the person column that the mean of a behaviour enters, with
    `{behaviour}` in it; empty: the answers inform, and enter no step.
    """

    closed: bool = True
    asked: bool = True
    most: int = 0
    column: str = ""

    def column_of(self, behaviour: str) -> str:
        """The person column that the mean of a behaviour enters; empty for none."""
        return self.column.replace("{behaviour}", behaviour)


@dataclass(frozen=True)
class Level:
    """One answer that may be given."""

    value: int
    label: Label


@dataclass(frozen=True)
class SurveyRule:
    """A survey: its perspectives, its scale from the lowest answer up, and the least number of closed answers."""

    perspectives: tuple[Perspective, ...]
    levels: tuple[Level, ...]
    minimum: int
    source: Source

    @property
    def asked(self) -> tuple[Perspective, ...]:
        """The perspectives that the survey itself asks."""
        return tuple(one for one in self.perspectives if one.asked)

    def columns(self, behaviours: Iterable[str]) -> frozenset[str]:
        """The person columns that the means of these behaviours enter."""
        named = {one.column_of(code) for code in behaviours for one in self.asked}
        return frozenset(named - {""})


def read_survey(node: object, values: Values) -> SurveyRule:
    """From a plugin's `survey.yaml`; numbers are the parameters `survey_most` (asked) and `survey_minimum` (needed)."""
    where = "survey.yaml"
    keys = check_keys(where, node, ("perspectives", "levels", "article", "certainty"), ("note",))
    minimum = int(values.survey_minimum)
    if minimum < FLOOR:
        raise Misconfigured(
            "regulation.survey_minimum",
            "{where}: survey_minimum is {minimum}; closed answers are shown from {floor} on, whoever decides.",
            where=where,
            minimum=minimum,
            floor=FLOOR,
        )
    most: Mapping[str, int] = values.survey_most
    return SurveyRule(
        tuple(
            _perspective(f"{where}: {code}", code, one, most.get(code, 1)) for code, one in keys["perspectives"].items()
        ),
        tuple(Level(int(value), read_label(f"{where}: {value}", one)) for value, one in keys["levels"].items()),
        minimum,
        read_source(where, keys),
    )


def _perspective(where: str, code: str, node: object, most: int) -> Perspective:
    options = ("note", "closed", "asked", "column")
    keys: dict[str, Any] = check_keys(where, node, ("label", "article", "certainty"), options)
    return Perspective(
        code,
        read_label(where, keys["label"]),
        read_source(where, keys),
        closed=keys.get("closed", True),
        asked=keys.get("asked", True),
        most=int(most),
        column=keys.get("column", ""),
    )
