"""Reads: one person's plan with its items and measures, a unit's goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from selaras.organisation.models import Person
from selaras.planning.models import Goal, ItemMeasure, Plan, PlanItem


@dataclass(frozen=True)
class MeasureView:
    """One aspect of an item (quantity, quality, time, cost): promised and reached, in `measure` units."""

    aspect: str
    indicator: str | None
    target: Decimal | None
    actual: Decimal | None
    measure: str | None


@dataclass(frozen=True)
class ItemView:
    """A planned result, the superior's result that it serves, and the goal behind it."""

    item_id: UUID
    code: str
    kind: str
    title: str
    parent_item_id: UUID | None
    parent_title: str | None
    goal_code: str | None
    goal_title: str | None
    detail: dict[str, Any]
    measures: tuple[MeasureView, ...]


@dataclass(frozen=True)
class PlanView:
    """A plan (SKP) of one segment of a year; main results come first."""

    plan_id: UUID
    person_id: UUID
    year: int
    segment: int
    state: str
    agreed_at: datetime | None
    appraiser_id: UUID | None
    appraiser_name: str | None
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class GoalView:
    """A strategic goal of a unit with its indicator and target."""

    goal_id: UUID
    code: str
    unit_id: UUID
    year: int
    title: str
    indicator: str
    target: Decimal | None
    measure: str | None
    parent_id: UUID | None


def plan(session: Session, person_id: UUID, year: int) -> PlanView | None:
    """The person's plan of the year (its last segment), or None where there is none yet."""
    appraiser = aliased(Person)
    row = session.execute(
        select(Plan, appraiser.name)
        .outerjoin(appraiser, appraiser.id == Plan.appraiser_id)
        .where(Plan.person_id == person_id, Plan.year == year)
        .order_by(Plan.segment.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    found, name = row
    return PlanView(
        plan_id=found.id,
        person_id=found.person_id,
        year=found.year,
        segment=found.segment,
        state=found.state,
        agreed_at=found.agreed_at,
        appraiser_id=found.appraiser_id,
        appraiser_name=name,
        items=_items(session, found.id),
    )


def _items(session: Session, plan_id: UUID) -> tuple[ItemView, ...]:
    parent = aliased(PlanItem)
    rows = session.execute(
        select(PlanItem, parent.title.label("parent_title"), Goal.code, Goal.title)
        .outerjoin(parent, parent.id == PlanItem.parent_item_id)
        .outerjoin(Goal, Goal.id == PlanItem.goal_id)
        .where(PlanItem.plan_id == plan_id)
        .order_by(PlanItem.kind.desc(), PlanItem.code)
    ).all()
    measures = _measures(session, plan_id)
    return tuple(_item(*row, measures.get(row[0].id, ())) for row in rows)


def _item(
    item: PlanItem,
    parent_title: str | None,
    goal_code: str | None,
    goal_title: str | None,
    measures: Sequence[MeasureView],
) -> ItemView:
    return ItemView(
        item_id=item.id,
        code=item.code,
        kind=item.kind,
        title=item.title,
        parent_item_id=item.parent_item_id,
        parent_title=parent_title,
        goal_code=goal_code,
        goal_title=goal_title,
        detail=item.detail,
        measures=tuple(measures),
    )


def _measures(session: Session, plan_id: UUID) -> dict[UUID, list[MeasureView]]:
    rows = session.scalars(
        select(ItemMeasure)
        .join(PlanItem, PlanItem.id == ItemMeasure.item_id)
        .where(PlanItem.plan_id == plan_id)
        .order_by(ItemMeasure.aspect)
    )
    found: dict[UUID, list[MeasureView]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(MeasureView(row.aspect, row.indicator, row.target, row.actual, row.measure))
    return found


def goals(session: Session, year: int, unit_id: UUID | None = None) -> list[GoalView]:
    """The goals of a year in the order of their codes; of one unit, or of all."""
    statement = select(Goal).where(Goal.year == year).order_by(Goal.code)
    if unit_id is not None:
        statement = statement.where(Goal.unit_id == unit_id)
    return [
        GoalView(
            row.id, row.code, row.unit_id, row.year, row.title, row.indicator, row.target, row.measure, row.parent_id
        )
        for row in session.scalars(statement)
    ]
