"""Every question that the core asks a regulation, on one page.

A regulation is an object named in the entry-point group `selaras.regulations`, as a rule a `Rulebook` of the package
(`selaras.regulation.rulebook`): it answers with methods marked `@hookimpl`, which may leave out arguments that they do
not need. A package may also answer with functions of its own. For each agency, edition and date the core
registers three answerers: its own defaults, the regulation, and the agency's pack if it brings code; **the last
registered answers first** and the first answer that is not None counts. A pack may also wrap an answer
(`@hookimpl(wrapper=True)`) to add to it.

Hooks marked *law* belong to the regulation alone: a pack that answers one is refused at load.
Hooks marked *default* may be left out; every other hook must be answered by the regulation.
A regulation whose `subject` is not `appraisal` (credit points, pay, …) may also leave out those marked *appraisal*.

`p` holds the parameters in force on the date asked (`p.time_factor`); no hook is given a date, a person or a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pluggy

from selaras.regulation.plan_types import (
    BehaviourFramework,
    PlanForm,
)
from selaras.regulation.segmentation import Segmentation
from selaras.regulation.survey import SurveyRule
from selaras.regulation.types import (
    CalibrationRule,
    Column,
    Consequence,
    Deadline,
    DistributionRule,
    Identity,
    ObjectionWindow,
    OrganisationLevel,
    OutcomeScale,
)

if TYPE_CHECKING:
    from selaras.regulation.adapters import Adapter
    from selaras.regulation.parameters import Values
    from selaras.regulation.steps import Step

PROJECT: Final = "selaras"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

LAW_HOOKS: Final = frozenset(
    {
        "identity",
        "parameters",
        "outcome_scale",
        "organisation_levels",
        "distribution_rule",
        "case_adapters",
        "segmentation",
        "segment_columns",
        "segment_steps",
        "combining_steps",
        "survey",
    }
)
DEFAULT_HOOKS: Final = frozenset(
    {
        "item_columns",
        "item_steps",
        "behaviours",
        "survey",
        "organisation_levels",
        "distribution_rule",
        "calibration",
        "deadlines",
        "consequences",
        "agency_parameters",
        "case_adapters",
        "segmentation",
        "segment_columns",
        "segment_steps",
        "combining_steps",
    }
)

APPRAISAL_HOOKS: Final = frozenset({"periods", "form", "outcome_scale", "objection"})


class Hooks:
    """The hook specifications. All are `firstresult`."""

    @hookspec(firstresult=True)
    def identity(self) -> Identity:
        """*Law.* Code, title, legal basis, time in force, whom it covers, its editions."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def parameters(self) -> Path:
        """*Law.* The folder of the dated parameter files (`*.yaml`), see `selaras.regulation.parameters`."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def agency_parameters(self) -> Path | None:
        """*Default: none.* A pack's folder of dated parameters, for the steps that it adds to the regulation's."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def periods(self, p: Values) -> Sequence[str]:
        """*Appraisal.* Lengths of period that may be evaluated: of `month`, `quarter`, `half_year`, `year`."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def deadlines(self, p: Values) -> Sequence[Deadline]:
        """*Default: none.* Legal days counted from the end of a period."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def form(self, p: Values) -> PlanForm:
        """*Appraisal.* The plan's sections, models, aspects, perspectives and annexes."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def behaviours(self, p: Values) -> BehaviourFramework | None:
        """*Default: none.* The behaviour section of the plan."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def survey(self, p: Values) -> SurveyRule | None:
        """*Law. Default: none.* The closed 360° survey of behaviour, where law or agency want one."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def person_columns(self, p: Values) -> Sequence[Column]:
        """Input columns of the people frame, besides its key `person`; one row per person."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def item_columns(self, p: Values) -> Sequence[Column]:
        """*Default: none.* Input columns of the items frame, besides its keys `person` and `item`."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def item_steps(self, edition: str) -> Sequence[Step]:
        """*Default: none.* Steps per item, in order: each sees the item columns and the steps before it."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def person_steps(self, edition: str) -> Sequence[Step]:
        """Steps per person, in order: each sees the person columns, the steps before it, and aggregates of items."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def outcome_scale(self, p: Values) -> OutcomeScale:
        """*Law. Appraisal.* The outcome's labels in order, and the person steps that yield the code and the score."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def organisation_levels(self, p: Values) -> Sequence[OrganisationLevel]:
        """*Law. Default: none.* Ratings that the leader one level above may give an organisation."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def distribution_rule(self, p: Values) -> DistributionRule | None:
        """*Law. Default: none.* The distribution of outcomes that follows from the organisation's rating."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def calibration(self, p: Values) -> CalibrationRule:
        """*Default: none.* Whether a calibration meeting decides or recommends (unanswered: recommends), its quorum."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def objection(self, p: Values) -> ObjectionWindow:
        """*Appraisal.* How long a person may object after receiving the result."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def consequences(self, p: Values) -> Sequence[Consequence]:
        """*Default: none.* What each outcome counts as for follow-up."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def segmentation(self, p: Values) -> Segmentation:
        """*Law. Default: none.* What begins a segment of a period, and who rates it; unanswered, every cause cuts."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def segment_columns(self, p: Values) -> Sequence[Column]:
        """*Law. Default: none.* What the combining rule reads of a segment: `selaras.regulation.combining`."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def segment_steps(self, edition: str) -> Sequence[Step]:
        """*Law. Default: none.* Item steps in which each segment is an item."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def combining_steps(self, edition: str) -> Sequence[Step]:
        """*Law. Default: none.* Person steps over the segments; without any, the last appraiser judges the whole."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def case_adapters(self) -> Sequence[Adapter]:
        """*Law. Default: none.* How worked examples name the columns and steps (`selaras case run`)."""
        raise NotImplementedError


class CoreDefaults:
    """The core's own answers to the hooks marked *default*."""

    @hookimpl
    def agency_parameters(self) -> Path | None:
        return None

    @hookimpl
    def item_columns(self) -> Sequence[Column]:
        return ()

    @hookimpl
    def item_steps(self) -> Sequence[Step]:
        return ()

    @hookimpl
    def organisation_levels(self) -> Sequence[OrganisationLevel]:
        return ()

    @hookimpl
    def deadlines(self) -> Sequence[Deadline]:
        return ()

    @hookimpl
    def consequences(self) -> Sequence[Consequence]:
        return ()

    @hookimpl
    def case_adapters(self) -> Sequence[Adapter]:
        return ()

    @hookimpl
    def calibration(self) -> CalibrationRule:
        return CalibrationRule("recommends", 67)

    @hookimpl
    def segmentation(self) -> Segmentation:
        return Segmentation()

    @hookimpl
    def segment_columns(self) -> Sequence[Column]:
        return ()

    @hookimpl
    def segment_steps(self) -> Sequence[Step]:
        return ()

    @hookimpl
    def combining_steps(self) -> Sequence[Step]:
        return ()


class RulebookDefaults:
    """What the core answers besides for a regulation that appraises nobody: it has no periods, form or outcomes."""

    @hookimpl
    def periods(self) -> Sequence[str]:
        return ()

    @hookimpl
    def form(self) -> PlanForm:
        return PlanForm((), (), (), (), ())

    @hookimpl
    def outcome_scale(self) -> OutcomeScale:
        return OutcomeScale((), None)
