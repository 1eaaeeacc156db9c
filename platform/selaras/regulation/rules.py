"""Rules: one regulation, in one edition, on one date, with an agency's pack and choices; what the platform asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, cast

import pluggy
import polars as pl

from selaras.errors import Misconfigured, NotFound
from selaras.regulation import distribution, inputs
from selaras.regulation.appraisal import Appraisal, Engine
from selaras.regulation.combining import Combination
from selaras.regulation.describe import describe
from selaras.regulation.editions import rule_hash
from selaras.regulation.headcounts import Headcount, headcounts
from selaras.regulation.parameters import Parameters, Values
from selaras.regulation.plan_types import BehaviourFramework, PlanForm, measured
from selaras.regulation.receipt import Receipt, receipt_from_steps
from selaras.regulation.segmentation import Segmentation
from selaras.regulation.soundness import check
from selaras.regulation.steps import compile_steps
from selaras.regulation.survey import SurveyRule
from selaras.regulation.types import (
    CalibrationRule,
    Column,
    Consequence,
    DateRange,
    Deadline,
    DistributionRule,
    Identity,
    Label,
    ObjectionWindow,
    OrganisationLevel,
    OutcomeLevel,
    OutcomeScale,
    StepInfo,
    Subject,
)


@dataclass(frozen=True)
class Asked:
    """Which rule is asked for. `overrides` are the agency's choices for parameters that the law leaves open."""

    edition: str
    on: date
    known: date | None
    overrides: Mapping[str, object]


class Rules:
    """Everything that the platform may ask of a regulation. Built by `Registry.rules`; immutable and cached."""

    def __init__(
        self, identity: Identity, asked: Asked, parameters: Parameters, hook: pluggy.HookRelay, code: Sequence[str]
    ) -> None:
        self.identity = identity
        self.asked = asked
        self.parameters = parameters
        self._hook = hook
        self._code = tuple(code)
        self.values: Values = parameters.at(asked.on, asked.known, asked.overrides)

    # --- who and when

    @property
    def code(self) -> str:
        return self.identity.code

    @property
    def edition(self) -> str:
        return self.asked.edition

    @property
    def subject(self) -> Subject:
        return self.identity.subject

    @property
    def title(self) -> Label:
        return self.identity.title

    @property
    def legal_basis(self) -> tuple[str, ...]:
        return self.identity.legal_basis

    @property
    def in_force(self) -> DateRange:
        return self.identity.in_force

    @cached_property
    def hash(self) -> str:
        """sha256 (hex) of the edition's code, the pack's code, the parameters in force and the agency's choices."""
        return rule_hash((self.code, self.edition, *self._code), self.parameters_in_force, dict(self.asked.overrides))

    @cached_property
    def parameters_in_force(self) -> dict[str, dict[str, Any]]:
        """Name → value with its dates, article, certainty, note and conflicts; JSON-able."""
        found = {one.name: one.at(self.asked.on, self.asked.known) for one in self.parameters}
        return {name: value.as_dict() for name, value in sorted(found.items()) if value is not None}

    def covers(self, employment: str) -> bool:
        """Whether people of this employment (`pns`, `pppk`, `pppk_paruh_waktu`) are appraised under it."""
        return employment in {one.employment for one in self.identity.covers}

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Lengths of period that may be evaluated: of `month`, `quarter`, `half_year`, `year`."""
        return tuple(self._hook.periods(p=self.values))

    @cached_property
    def deadlines(self) -> tuple[Deadline, ...]:
        return tuple(self._hook.deadlines(p=self.values))

    def deadline(self, name: str, period_end: date) -> date:
        """The legal day `name` for a period whose last day is `period_end`. Raises NotFound for an unknown name."""
        for one in self.deadlines:
            if one.name == name:
                return one.after(period_end)
        raise NotFound(
            "regulation.deadline_unknown",
            "{regulation} has no deadline {name}; it has: {known}.",
            regulation=self.code,
            name=name,
            known=", ".join(one.name for one in self.deadlines) or "-",
        )

    @cached_property
    def calibration(self) -> CalibrationRule:
        """Whether a calibration meeting decides or recommends, and its quorum."""
        return cast(CalibrationRule, self._hook.calibration(p=self.values))

    @cached_property
    def objection(self) -> ObjectionWindow:
        return cast(ObjectionWindow, self._hook.objection(p=self.values))

    def objection_until(self, received: date, is_working_day: Callable[[date], bool] | None = None) -> date:
        """The last day on which an objection is in time; the day of receipt is not counted.

        Raises Misconfigured where the window is in working days and no calendar (`is_working_day`) was given.
        """
        window = self.objection
        if window.kind == "calendar":
            return received + timedelta(days=window.days)
        if is_working_day is None:
            raise Misconfigured(
                "regulation.calendar_needed",
                "The objection window of {regulation} is in working days; pass the agency's calendar.",
                regulation=self.code,
            )
        day, left = received, window.days
        while left:
            day += timedelta(days=1)
            left -= is_working_day(day)
        return day

    # --- the plan's form

    @cached_property
    def form(self) -> PlanForm:
        """The regulation's form, with what it asks of an item besides its aspects and nobody else can say."""
        form = cast(PlanForm, self._hook.form(p=self.values))
        sides = measured(form, self.item_columns)
        own = (column for column in self.item_columns if not column.provided and column.name not in sides)
        return replace(form, columns=tuple(own))

    @cached_property
    def behaviours(self) -> BehaviourFramework | None:
        return cast("BehaviourFramework | None", self._hook.behaviours(p=self.values))

    @cached_property
    def survey(self) -> SurveyRule | None:
        """The closed 360° survey of the behaviours, where the law or the agency's choice asks for one."""
        return cast("SurveyRule | None", self._hook.survey(p=self.values)) if self.behaviours else None

    @cached_property
    def person_columns(self) -> tuple[Column, ...]:
        return tuple(self._hook.person_columns(p=self.values))

    @cached_property
    def asked_columns(self) -> tuple[Column, ...]:
        """The person columns that the appraiser is asked for: all but those that the platform itself provides."""
        return tuple(column for column in self.person_columns if not column.provided)

    @cached_property
    def item_columns(self) -> tuple[Column, ...]:
        return tuple(self._hook.item_columns(p=self.values))

    def validate(
        self, people: pl.DataFrame, items: pl.DataFrame | None = None, *, limit: int = 1000, asked: bool = False
    ) -> list[inputs.InputProblem]:
        """Every problem of the input frames (at most `limit`); columns may be text. `asked`: `asked_columns` only."""
        columns = self.asked_columns if asked else self.person_columns
        return inputs.validate(people, items, columns, self.item_columns, limit=limit)

    def typed_people(self, people: pl.DataFrame) -> pl.DataFrame:
        """`person` and the declared columns in their types, from a frame that `validate` found good."""
        return inputs.typed(people, ("person",), self.person_columns)

    def typed_items(self, items: pl.DataFrame) -> pl.DataFrame:
        """`person`, `item` and the declared columns in their types, from a frame that `validate` found good."""
        return inputs.typed(items, ("person", "item"), self.item_columns)

    # --- the rule

    @cached_property
    def engine(self) -> Engine:
        """The compiled steps; also evaluates partial inputs, as worked examples need."""
        steps = compile_steps(
            frozenset(column.name for column in self.item_columns),
            frozenset(column.name for column in self.person_columns),
            tuple(self._hook.item_steps(edition=self.edition)),
            tuple(self._hook.person_steps(edition=self.edition)),
            self.values,
        )
        return Engine(self.person_columns, self.item_columns, steps, self.scale)

    @property
    def item_steps(self) -> tuple[StepInfo, ...]:
        return tuple(step.info for step, _ in self.engine.steps.item)

    @property
    def person_steps(self) -> tuple[StepInfo, ...]:
        return tuple(step.info for step, _ in self.engine.steps.person)

    def score_items(self, items: pl.DataFrame) -> pl.DataFrame:
        """`person`, `item` and one column per item step, in the order of `items`.

        `items`: `person`, `item` (String, unique together) and the declared item columns; optional ones may be absent.
        """
        return self.engine.score_items(items)

    def appraise(
        self, people: pl.DataFrame, items: pl.DataFrame | None = None, *, scored_items: pl.DataFrame | None = None
    ) -> Appraisal:
        """The outcome and all steps of each person, in the order of `people`.

        `people`: `person` (String, unique) and the declared person columns. Either `items` (see `score_items`) or
        `scored_items` (what `score_items` returned). Inputs are not validated here: call `validate` on typed input.
        """
        return self.engine.appraise(people, items, scored_items=scored_items)

    # --- a period of several segments

    @cached_property
    def segmentation(self) -> Segmentation:
        """What begins a segment of a period, who rates it, and which closed periods stand in for segments."""
        return cast(Segmentation, self._hook.segmentation(p=self.values))

    @cached_property
    def combination(self) -> Combination | None:
        """How the segments of a period become one outcome; None where the whole is judged afresh."""
        person_steps = tuple(self._hook.combining_steps(edition=self.edition))
        if not person_steps:
            return None
        columns = tuple(self._hook.segment_columns(p=self.values))
        names = frozenset(column.name for column in columns)
        segment_steps = tuple(self._hook.segment_steps(edition=self.edition))
        steps = compile_steps(names, frozenset(), segment_steps, person_steps, self.values)
        known = {step.name for step in person_steps}
        score = self.segmentation.score_step or (self.scale.score_step if self.scale.score_step in known else None)
        scale = OutcomeScale(self.scale.levels, self.segmentation.outcome_step or self.scale.step, score)
        return Combination(columns, Engine((), columns, steps, scale))

    @cached_property
    def scale(self) -> OutcomeScale:
        return cast(OutcomeScale, self._hook.outcome_scale(p=self.values))

    @property
    def outcomes(self) -> tuple[OutcomeLevel, ...]:
        return self.scale.levels

    # --- the organisation and the distribution

    @cached_property
    def organisation_levels(self) -> tuple[OrganisationLevel, ...]:
        return tuple(self._hook.organisation_levels(p=self.values))

    @cached_property
    def distribution(self) -> DistributionRule | None:
        return cast("DistributionRule | None", self._hook.distribution_rule(p=self.values))

    def check_distribution(self, groups: pl.DataFrame) -> pl.DataFrame:
        """Which groups keep the distribution: see `selaras.regulation.distribution.check_distribution`."""
        return distribution.check_distribution(self.distribution, tuple(o.code for o in self.outcomes), groups)

    def headcounts(self, sizes: Iterable[int], rating: str | None = None) -> list[Headcount]:
        """Which head-counts can keep the distribution, each with an example or the reason why not.

        `rating` is the organisation's, where the limits depend on it. Raises NotFound where nothing is demanded.
        """
        if self.distribution is None:
            raise NotFound(
                "regulation.no_distribution",
                "{regulation} demands no distribution on {on}.",
                regulation=self.code,
                on=self.asked.on.isoformat(),
            )
        return headcounts(self.distribution, {level.code: level.label for level in self.outcomes}, sizes, rating)

    # --- what follows, and why

    @cached_property
    def consequences(self) -> tuple[Consequence, ...]:
        return tuple(self._hook.consequences(p=self.values))

    def ask(self, hook: str, p: object) -> Any:
        """The answer to one hook with other parameters than those in force, such as ones that note what is read."""
        return getattr(self._hook, hook)(p=p)

    def describe(self) -> dict[str, Any]:
        """All that explains a result of this rule, JSON-able; store it once per `hash`."""
        return describe(self)

    def receipt(self, person: Mapping[str, Any], items: Sequence[Mapping[str, Any]] = ()) -> Receipt:
        """The receipt of one person from the facts: `person` and `items` map column names to values.

        Items without the key `item` are numbered from 1.
        """
        people = pl.DataFrame([{"person": "1", **_fitting(person, self.person_columns)}], infer_schema_length=None)
        rows = [
            {"person": "1", "item": str(row.get("item", n)), **_fitting(row, self.item_columns)}
            for n, row in enumerate(items, 1)
        ]
        appraisal = self.appraise(people, pl.DataFrame(rows, infer_schema_length=None) if rows else None)
        scored = appraisal.item_steps.to_dicts()
        return receipt_from_steps(
            self.describe(),
            {**people.row(0, named=True), **appraisal.person_steps.row(0, named=True)},
            [{**row, **steps} for row, steps in zip(rows, scored, strict=True)],
        )

    def check(self) -> None:
        """Run every answer once, the steps on one empty row; raises Misconfigured or Invalid in words. Used at load."""
        check(self)


def _fitting(row: Mapping[str, Any], columns: tuple[Column, ...]) -> dict[str, Any]:
    return {column.name: row[column.name] for column in columns if column.name in row}
