"""Last year's own plan as the beginning of this year's: what was promised, without what was reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.errors import Conflict, NotFound
from selaras.identity.actor import Actor
from selaras.planning.choices import Choices
from selaras.planning.drafting import save_draft
from selaras.planning.drafts import ItemDraft, PlanDraft
from selaras.planning.forms import AskedForm
from selaras.planning.queries import PlanView, draft_of, plan
from selaras.planning.rules import section_for
from selaras.planning.versions import NONE
from selaras.regulation import Aspect, Behaviour, Rules, Term


def copy_plan(
    session: Session, actor: Actor, person_id: UUID, year: int, asked: AskedForm, offered: Choices, rules: Rules
) -> UUID:
    """Begin the plan of `year` with that of the year before; `Conflict` where there is one already.

    Items, aspects with indicators and targets, strategies and texts come over as far as this year's form knows them;
    superiors' results are found again by their words, goals by their codes.
    """
    held, before = plan(session, person_id, year), plan(session, person_id, year - 1)
    if before is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=year - 1)
    if held is not None and held.items:
        raise Conflict("plan_begun", "There is a plan of {year} already; nothing was copied over it.", year=year)
    draft = fitted(before, asked, offered)
    return save_draft(session, actor, person_id, year, draft, rules, seen=None if held else NONE)


def fitted(before: PlanView, asked: AskedForm, offered: Choices) -> PlanDraft:
    """An earlier plan as a draft, without whatever the form `asked` does not ask for."""
    old, form = draft_of(before, asked.form), asked.form
    measured = [one.measured for one in form.models if one.code == old.model]
    keep = bool(measured and measured[0]) or not form.models
    expects = _codes(asked.behaviours) if asked.expectation else frozenset()
    goals = {one.code: one.goal_id for one in offered.goals}
    results = {one.title: one.item_id for one in offered.results}
    items = tuple(
        replace(
            _item(item, view.kind, asked, measured=keep),
            goal_id=goals.get(view.goal_code or ""),
            parent_item_id=_served(asked, results, view.parent_title),
            assignment_id=item.assignment_id
            if item.assignment_id in {one.assignment_id for one in offered.assignments}
            else None,
        )
        for item, view in zip(old.items, (one for one in before.items if one.stopped_on is None), strict=True)
    )
    return PlanDraft(
        model=old.model if measured else None,
        variant=asked.variant.code if asked.variant else None,
        items=items,
        annexes=tuple(one for one in old.annexes if one.kind in _codes(asked.annexes) and one.content.strip()),
        expectations=tuple(one for one in old.expectations if one.behaviour in expects and one.content.strip()),
    )


def _item(item: ItemDraft, kind: str, asked: AskedForm, *, measured: bool) -> ItemDraft:
    form, variant = asked.form, asked.variant
    section = section_for(form, item.section) or section_for(form, None, kind) or next(iter(form.sections), None)
    aspects = _codes(form.aspects) if measured else frozenset()
    return replace(
        item,
        section=section.code if section else None,
        perspective=item.perspective if item.perspective in _codes(asked.perspectives) else None,
        measures=tuple(
            replace(one, manual=one.manual if variant and variant.manual else None)
            for one in item.measures
            if one.aspect in aspects
        ),
        strategy=tuple(one for one in item.strategy if one.stage in _codes(asked.stages) and one.content.strip()),
    )


def _served(asked: AskedForm, results: Mapping[str, UUID], title: str | None) -> UUID | None:
    allowed = asked.variant is None or asked.variant.superior_result != "none"
    return results.get(title) if title and allowed else None


def _codes(terms: Collection[Term | Aspect | Behaviour]) -> frozenset[str]:
    return frozenset(one.code for one in terms)
