"""A regulation's answers out of its folder: what its YAML files and its steps say, put to the hooks of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selaras.regulation.adapters import Adapter
from selaras.regulation.hookspecs import hookimpl
from selaras.regulation.parameters import Values
from selaras.regulation.plan_types import BehaviourFramework, PlanForm
from selaras.regulation.scheme import Scheme
from selaras.regulation.steps import Step
from selaras.regulation.types import (
    CalibrationRule,
    Column,
    Consequence,
    DayKind,
    Deadline,
    Identity,
    Label,
    ObjectionWindow,
    OrganisationLevel,
    OutcomeScale,
)

Steps = Sequence[Step] | Mapping[str, Sequence[Step]]
"""The steps of every edition, or those of each edition by its name."""


class Rulebook:
    """A regulation of any subject but an appraisal: who it is, its numbers, columns, steps and examples.

    `rulebook = Rulebook(Path(__file__).parent, person_steps=PERSON_STEPS)` in the package's `__init__.py`, announced as
    `code = "package:rulebook"`. What a regulation answers in another way is a method of its own subclass, with
    `@hookimpl`. `package` is needed where the folder's name is not the import name.
    """

    def __init__(self, folder: Path, package: str = "", *, item_steps: Steps = (), person_steps: Steps = ()) -> None:
        self.scheme = Scheme(folder, package)
        self._item_steps, self._person_steps = item_steps, person_steps

    @hookimpl
    def identity(self) -> Identity:
        return self.scheme.identity()

    @hookimpl
    def parameters(self) -> Path:
        return self.scheme.parameters

    @hookimpl
    def person_columns(self, p: Values) -> Sequence[Column]:  # noqa: ARG002  # for those who answer by it
        return self.scheme.columns("person")

    @hookimpl
    def item_columns(self) -> Sequence[Column]:
        return self.scheme.columns("item")

    @hookimpl
    def item_steps(self, edition: str) -> Sequence[Step]:
        return _of(self._item_steps, edition)

    @hookimpl
    def person_steps(self, edition: str) -> Sequence[Step]:
        return _of(self._person_steps, edition)

    @hookimpl
    def case_adapters(self) -> Sequence[Adapter]:
        return self.scheme.adapters()


@dataclass(frozen=True)
class DeadlineIn:
    """A legal day that a parameter of the kind `day_of_year` says."""

    code: str
    parameter: str
    label: Label

    def on(self, p: Values) -> Deadline:
        """The deadline as the parameters in force say it."""
        return Deadline(self.code, self.label, getattr(p, self.parameter), p.source(self.parameter))


@dataclass(frozen=True)
class Combining:
    """The rule that makes one outcome of a period's segments; `columns.yaml` says under `segment` what it reads."""

    segment_steps: Steps = ()
    combining_steps: Steps = ()


class AppraisalRulebook(Rulebook):
    """A regulation that appraises people: besides, its periods, days, form, outcomes and the time to object.

    It reads the parameters `periods`, `objection_days`, `objection_day_kind` (calendar days, where there is none), and
    `calibration_effect` with `calibration_quorum` (the core's answer, where there are none).
    """

    def __init__(
        self,
        folder: Path,
        package: str = "",
        *,
        item_steps: Steps = (),
        person_steps: Steps = (),
        combining: Combining | None = None,
        deadlines: Sequence[DeadlineIn] = (),
    ) -> None:
        super().__init__(folder, package, item_steps=item_steps, person_steps=person_steps)
        self._combining, self._deadlines = combining or Combining(), tuple(deadlines)

    @hookimpl
    def periods(self, p: Values) -> Sequence[str]:
        return tuple(p.periods)

    @hookimpl
    def deadlines(self, p: Values) -> Sequence[Deadline]:
        return tuple(one.on(p) for one in self._deadlines)

    @hookimpl
    def form(self, p: Values) -> PlanForm:
        return self.scheme.form(p)

    @hookimpl
    def behaviours(self) -> BehaviourFramework | None:
        return self.scheme.behaviours()

    @hookimpl
    def outcome_scale(self) -> OutcomeScale:
        return self.scheme.outcome_scale()

    @hookimpl
    def organisation_levels(self) -> Sequence[OrganisationLevel]:
        return self.scheme.organisation_levels()

    @hookimpl
    def consequences(self) -> Sequence[Consequence]:
        return self.scheme.consequences()

    @hookimpl
    def objection(self, p: Values) -> ObjectionWindow:
        kind: DayKind = p.objection_day_kind if "objection_day_kind" in p else "calendar"
        return ObjectionWindow(p.objection_days, kind, p.source("objection_days"))

    @hookimpl
    def calibration(self, p: Values) -> CalibrationRule | None:
        if "calibration_effect" not in p:
            return None
        return CalibrationRule(p.calibration_effect, p.calibration_quorum, p.source("calibration_effect"))

    @hookimpl
    def segment_columns(self) -> Sequence[Column]:
        return self.scheme.columns("segment")

    @hookimpl
    def segment_steps(self, edition: str) -> Sequence[Step]:
        return _of(self._combining.segment_steps, edition)

    @hookimpl
    def combining_steps(self, edition: str) -> Sequence[Step]:
        return _of(self._combining.combining_steps, edition)


def _of(steps: Steps, edition: str) -> Sequence[Step]:
    return steps[edition] if isinstance(steps, Mapping) else steps
