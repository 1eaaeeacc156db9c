"""The form of plan that one person has: the regulation's, as far as it is asked of their post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.planning.queries import ItemView, MeasureView, PlanView, TextView, holder_on, last_day
from selaras.planning.rules import section_for, variant_for
from selaras.regulation import Annex, Behaviour, Label, PlanForm, PlanVariant, Rules, Section, Term

_DEADLINE = "plan"


@dataclass(frozen=True)
class AskedForm:
    """A regulation's form with the `variant` of one person (None: it has none, or none for this post).

    `due` is the day by which the plan is set, where the regulation names one. Perspectives, stages and annexes are
    those that the variant asks for.
    """

    regulation: str
    title: Label
    form: PlanForm
    variant: PlanVariant | None
    perspectives: tuple[Term, ...]
    stages: tuple[Term, ...]
    annexes: tuple[Annex, ...]
    behaviours: tuple[Behaviour, ...]
    expectation: Term | None
    due: date | None

    def is_special(self, origin: str | None) -> bool:
        """Whether an item whose task came from `origin` carries the form's special label."""
        return self.form.special is not None and origin in self.form.special.origins

    def measures_of(self, item: ItemView) -> list[MeasureView]:
        """The item's aspects in the form's order."""
        order = [one.code for one in self.form.aspects]
        return sorted(item.measures, key=lambda one: order.index(one.aspect) if one.aspect in order else len(order))

    def strategy_of(self, item: ItemView) -> list[TextView]:
        """The lines of the item's strategy in the order of the form's stages."""
        order = [one.code for one in self.form.stages]
        return sorted(item.strategy, key=lambda one: order.index(one.code) if one.code in order else len(order))

    def section_of(self, item: ItemView) -> Section | None:
        """Where the item stands in the form."""
        return section_for(self.form, item.section, item.kind) or section_for(self.form, None, item.kind)


def asked_form(
    session: Session, person_id: UUID, year: int, view: PlanView | None, rules: Rules, today: date
) -> AskedForm:
    """The form of a person's plan of the year: as the plan says, else by their post on its last day (or today)."""
    stated = next((one for one in rules.form.variants if view and one.code == view.variant), None)
    holder = holder_on(session, person_id, min(last_day(year, view), today))
    return form_in(rules, year, stated or variant_for(rules.form, holder))


def form_in(rules: Rules, year: int, variant: PlanVariant | None) -> AskedForm:
    """The regulation's form in one of its variants."""
    form, behaviours = rules.form, rules.behaviours
    return AskedForm(
        regulation=rules.code,
        title=rules.title,
        form=form,
        variant=variant,
        perspectives=form.perspectives if variant and variant.perspective else (),
        stages=form.stages if variant and variant.strategy else (),
        annexes=tuple(one for one in form.annexes if not one.variants or (variant and variant.code in one.variants)),
        behaviours=behaviours.behaviours if behaviours else (),
        expectation=behaviours.expectation if behaviours else None,
        due=due(rules, year),
    )


def due(rules: Rules, year: int) -> date | None:
    """The day by which plans of the year are set; None where the regulation names none."""
    try:
        return rules.deadline(_DEADLINE, date(year, 12, 31))
    except NotFound:
        return None
