"""The plan that was in force on a day: the version agreed by then, whatever was amended since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.planning.drafts import ItemDraft, PlanDraft
from selaras.planning.history import names_in, unpacked
from selaras.planning.models import PlanVersion
from selaras.planning.queries import ItemView, MeasureView, PlanView, TextView, plan


def plan_in_force(session: Session, person_id: UUID, day: date, zone: str) -> PlanView | None:
    """The person's plan of that year's part as it was agreed on `day` in the agency's zone; None where there is none.

    One that was first agreed later is taken as it was agreed first; one that never was, as it stands. What was reached
    stays with the results, and comes along.
    """
    view = plan(session, person_id, day.year, day) or plan(session, person_id, day.year)
    if view is None:
        return None
    kept = session.execute(
        select(PlanVersion.content, PlanVersion.agreed_at)
        .where(PlanVersion.plan_id == view.plan_id)
        .order_by(PlanVersion.number)
    ).all()
    if not kept:
        return view
    by_then = [one for one in kept if one.agreed_at.astimezone(ZoneInfo(zone)).date() <= day]
    held = by_then[-1] if by_then else kept[0]
    draft = unpacked(held.content)
    return _as_agreed(replace(view, agreed_at=held.agreed_at), draft, names_in(session, [draft]))


def _as_agreed(view: PlanView, draft: PlanDraft, names: Mapping[UUID, str]) -> PlanView:
    stored = {item.code: item for item in view.items}
    # What the plan no longer has lost its row, and with it what was reached; its words are in the version.
    items = tuple(_item(view.plan_id, one, stored.get(one.code), names) for one in draft.items)
    return replace(
        view,
        state="agreed",
        model=draft.model,
        variant=draft.variant,
        items=items,
        annexes=tuple(TextView(one.kind, one.content) for one in draft.annexes),
        expectations=tuple(TextView(one.behaviour, one.content) for one in draft.expectations),
    )


def _item(plan_id: UUID, draft: ItemDraft, stored: ItemView | None, names: Mapping[UUID, str]) -> ItemView:
    reached = {one.aspect: one.actual for one in stored.measures} if stored else {}
    return ItemView(
        item_id=stored.item_id if stored else plan_id,
        code=draft.code,
        kind=stored.kind if stored else "main",
        title=draft.title,
        parent_item_id=draft.parent_item_id,
        parent_title=names.get(draft.parent_item_id) if draft.parent_item_id else None,
        goal_code=stored.goal_code if stored else None,
        goal_title=names.get(draft.goal_id) if draft.goal_id else None,
        detail=stored.detail if stored else {},
        measures=tuple(
            MeasureView(one.aspect, one.indicator, one.target, reached.get(one.aspect), one.measure, one.manual)
            for one in draft.measures
        ),
        section=draft.section,
        perspective=draft.perspective,
        origin=draft.origin,
        expectation=draft.expectation,
        goal_id=draft.goal_id,
        assignment_id=draft.assignment_id,
        strategy=tuple(TextView(one.stage, one.content) for one in draft.strategy),
    )
