"""What a regulation says of plans: sections, models, aspects, variants by post, annexes, behaviours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from selaras.regulation.types import Column, Label, Source

ItemKind = Literal["main", "additional"]
TaskOrigin = Literal["own_unit", "other_unit", "other_agency"]
SuperiorResult = Literal["none", "optional", "required"]


@dataclass(frozen=True)
class Term:
    """A code with its label, as sections, aspects, perspectives and annexes of a plan are."""

    code: str
    label: Label
    source: Source


@dataclass(frozen=True)
class Aspect:
    """A measurable side of an item; its input columns are `<code>_target` and `<code>_actual`."""

    code: str
    label: Label
    required: bool
    source: Source


@dataclass(frozen=True)
class Section(Term):
    """A part of the plan; `kind` says what its items count as for the platform.

    `scored`: the rule takes each item as one of its own; else it reads of them what a column of the person says.
    """

    kind: ItemKind = "main"
    scored: bool = True


@dataclass(frozen=True)
class PlanModel(Term):
    """A way to write results down: with aspects, indicators and targets (`measured`), or as expectations in words."""

    measured: bool = True


@dataclass(frozen=True)
class Annex(Term):
    """A text that goes with a plan; `variants` are the only ones that have it, none named: all."""

    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanVariant(Term):
    """The form as holders of some posts fill it in.

    `posts` are the kinds of post that get it by themselves; with `heads`, a head of a unit may be given it too.
    `superior_result`: whether a main item names the superior's result that it serves. `perspective`: whether every
    main item stands under a perspective; `strategy`, `manual`: whether results carry a strategy, indicators a manual.
    """

    posts: tuple[str, ...] = ()
    heads: bool = False
    superior_result: SuperiorResult = "optional"
    perspective: bool = False
    strategy: bool = False
    manual: bool = False


@dataclass(frozen=True)
class SpecialTask:
    """The label that items carry whose task came from one of `origins`; all other items are ordinary ones."""

    label: Label
    source: Source
    origins: tuple[TaskOrigin, ...]


@dataclass(frozen=True)
class PlanForm:
    """What a plan under this regulation is made of.

    Without `variants` one form serves all posts. `least_indicators` is how many indicators an item needs at least.
    `columns`: what is asked of an item besides its aspects; `Rules.form` takes them from the rule's item columns.
    """

    sections: tuple[Section, ...]
    models: tuple[PlanModel, ...]
    aspects: tuple[Aspect, ...]
    perspectives: tuple[Term, ...]
    annexes: tuple[Annex, ...]
    variants: tuple[PlanVariant, ...] = ()
    stages: tuple[Term, ...] = ()
    special: SpecialTask | None = None
    least_indicators: int = 0
    columns: tuple[Column, ...] = ()


def measured(form: PlanForm, columns: Iterable[Column]) -> dict[str, tuple[str, str]]:
    """Which of a rule's item columns hold what is promised or reached in an aspect of the form: name → aspect, side.

    `quantity_target` does where quantity is an aspect; a column that only ends like one (`bobot_target`) does not.
    """
    aspects = {one.code for one in form.aspects}
    sides = {one.name: one.name.rpartition("_") for one in columns if one.type in ("number", "integer")}
    return {
        name: (aspect, side)
        for name, (aspect, _, side) in sides.items()
        if aspect in aspects and side in ("target", "actual")
    }


@dataclass(frozen=True)
class Behaviour:
    """One value or element of behaviour with its guides."""

    code: str
    label: Label
    guides: tuple[Label, ...]


@dataclass(frozen=True)
class BehaviourFramework:
    """The behaviour section of a plan; `expectation` names the leader's own words per behaviour, where it has them."""

    title: Label
    behaviours: tuple[Behaviour, ...]
    source: Source
    expectation: Term | None = None
