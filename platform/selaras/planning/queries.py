"""Reads: one person's plan with everything in it, the post it is for, a unit's goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import literal, select, text, true
from sqlalchemy.orm import Session, aliased

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.organisation.models import Person
from selaras.planning.drafts import (
    AnnexDraft,
    ExpectationDraft,
    Holder,
    ItemDraft,
    MeasureDraft,
    PlanDraft,
    StrategyDraft,
)
from selaras.planning.models import Goal, ItemMeasure, ItemStrategy, Plan, PlanAnnex, PlanExpectation, PlanItem
from selaras.planning.rules import section_for
from selaras.regulation import PlanForm

_HOLDER = """
    SELECT post.kind, post.is_head, EXISTS (
        SELECT 1 FROM selaras.reporting_line line
        WHERE line.tenant_id = :tenant AND line.person_id = :person AND line.during @> CAST(:day AS date)
    ) AS has_superior
    FROM (SELECT 1) one
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = :tenant AND a.person_id = :person AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    LEFT JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = a.position_id
"""
_POSTS = """
    SELECT a.person_id, lower(a.during), upper(a.during), post.kind, post.is_head
    FROM selaras.appointment a
    JOIN selaras.position post ON post.tenant_id = a.tenant_id AND post.id = a.position_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.during && daterange(%(first)s, %(last)s, '[]')
"""
_LINES = """
    SELECT line.person_id, lower(line.during), upper(line.during), line.superior_id
    FROM selaras.reporting_line line
    WHERE line.tenant_id = %(tenant)s AND line.during && daterange(%(first)s, %(last)s, '[]')
"""
_DATED: Mapping[str, type[pl.DataType]] = {"person_id": pl.String, "since": pl.Date, "until": pl.Date}


NEWEST = (Plan.starts.desc().nulls_last(), Plan.segment.desc())
"""The order of the plans of one year, the last one first."""


@dataclass(frozen=True)
class MeasureView:
    """One aspect of an item (quantity, quality, time, cost): promised and reached, in `measure` units."""

    aspect: str
    indicator: str | None
    target: Decimal | None
    actual: Decimal | None
    measure: str | None
    manual: str | None = None


@dataclass(frozen=True)
class TextView:
    """One line of text under a code of the form: an annex, a behaviour's expectation, a stage of a strategy."""

    code: str
    content: str


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
    section: str | None = None
    perspective: str | None = None
    origin: str | None = None
    expectation: str | None = None
    goal_id: UUID | None = None
    assignment_id: UUID | None = None
    strategy: tuple[TextView, ...] = ()
    stopped_on: date | None = None


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
    starts: date | None = None
    ends: date | None = None
    model: str | None = None
    variant: str | None = None
    submitted_at: datetime | None = None
    note: str | None = None
    annexes: tuple[TextView, ...] = ()
    expectations: tuple[TextView, ...] = ()
    delegation_id: UUID | None = None


@dataclass(frozen=True)
class PlanSpan:
    """One of the plans of a year, in few words; without days it is for the whole year."""

    segment: int
    starts: date | None
    ends: date | None
    state: str


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


def plan(
    session: Session, person_id: UUID, year: int, day: date | None = None, segment: int | None = None
) -> PlanView | None:
    """The person's plan of the year: `segment`, or the one for `day`, else the last; None where there is none."""
    appraiser = aliased(Person)
    fits = (Plan.ends.is_(None) | literal(day).between(Plan.starts, Plan.ends)) if day else true()
    row = session.execute(
        select(Plan, appraiser.name)
        .outerjoin(appraiser, appraiser.id == Plan.appraiser_id)
        .where(Plan.person_id == person_id, Plan.year == year, fits)
        .where(true() if segment is None else Plan.segment == segment)
        .order_by(*NEWEST)
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
        starts=found.starts,
        ends=found.ends,
        model=found.model,
        variant=found.variant,
        submitted_at=found.submitted_at,
        note=found.note,
        annexes=_annexes(session, found.id),
        expectations=_expectations(session, found.id),
        delegation_id=found.delegation_id,
    )


def plans_of(session: Session, person_id: UUID, year: int) -> tuple[PlanSpan, ...]:
    """The person's plans of a year, the first one first: who moved within the year has several."""
    columns = (Plan.segment, Plan.starts, Plan.ends, Plan.state)
    query = select(*columns).where(Plan.person_id == person_id, Plan.year == year)
    found = session.execute(query.order_by(Plan.starts.nulls_first(), Plan.segment))
    return tuple(PlanSpan(*row) for row in found)


NEXT_FROM = 11
"""The month from which the plan of the coming year can be found beside this year's."""


def writable_years(day: date) -> tuple[int, ...]:
    """The years whose plans are written on `day`: this one, and from November on the next."""
    return (day.year, day.year + 1) if day.month >= NEXT_FROM else (day.year,)


def plan_years(session: Session, person_id: UUID) -> list[int]:
    """The years of which the person has a plan, the newest first."""
    years = select(Plan.year).where(Plan.person_id == person_id).distinct().order_by(Plan.year.desc())
    return list(session.scalars(years))


def last_day(year: int, view: PlanView | None = None) -> date:
    """The day whose regulation gives the form: the last one that the plan is for."""
    return (view.ends if view else None) or date(year, 12, 31)


def holder_on(session: Session, person_id: UUID, day: date) -> Holder:
    """The post that the person holds on `day`; without one, nothing is known of it."""
    values = {"tenant": tenant_of(session), "person": person_id, "day": day}
    row = session.execute(text(_HOLDER), values).one()
    return Holder(row.kind, bool(row.is_head), bool(row.has_superior))


def holders_on(session: Session, whom: pl.DataFrame) -> pl.DataFrame:
    """`whom` (`person_id`, `day`) with `post_kind`, `is_head`, `superior_id` of that day; null where nothing is known.

    Two statements, however many days there are.
    """
    span = {"first": whom.get_column("day").min(), "last": whom.get_column("day").max(), "tenant": tenant_of(session)}
    posts = read_frame(session, _POSTS, span, {**_DATED, "post_kind": pl.String, "is_head": pl.String})
    lines = read_frame(session, _LINES, span, {**_DATED, "superior_id": pl.String})
    found = whom
    for dated in (posts.with_columns(pl.col("is_head") == "t"), lines):
        found = found.join(_on_day(whom, dated), on=["person_id", "day"], how="left", maintain_order="left")
    return found


def _on_day(whom: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    held = whom.select("person_id", "day").unique().join(dated, on="person_id")
    since, until = pl.col("since"), pl.col("until")
    on_day = (since.is_null() | (since <= pl.col("day"))) & (until.is_null() | (until > pl.col("day")))
    return held.filter(on_day).drop("since", "until").unique(["person_id", "day"])


def _annexes(session: Session, plan_id: UUID) -> tuple[TextView, ...]:
    order = select(PlanAnnex).where(PlanAnnex.plan_id == plan_id).order_by(PlanAnnex.kind, PlanAnnex.place)
    return tuple(TextView(row.kind, row.content) for row in session.scalars(order))


def _expectations(session: Session, plan_id: UUID) -> tuple[TextView, ...]:
    order = select(PlanExpectation).where(PlanExpectation.plan_id == plan_id).order_by(PlanExpectation.behaviour)
    return tuple(TextView(row.behaviour, row.content) for row in session.scalars(order))


def _strategies(session: Session, plan_id: UUID) -> dict[UUID, list[TextView]]:
    rows = session.scalars(
        select(ItemStrategy)
        .join(PlanItem, PlanItem.id == ItemStrategy.item_id)
        .where(PlanItem.plan_id == plan_id)
        .order_by(ItemStrategy.stage, ItemStrategy.place)
    )
    found: dict[UUID, list[TextView]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(TextView(row.stage, row.content))
    return found


def _items(session: Session, plan_id: UUID) -> tuple[ItemView, ...]:
    parent = aliased(PlanItem)
    rows = session.execute(
        select(PlanItem, parent.title.label("parent_title"), Goal.code, Goal.title)
        .outerjoin(parent, parent.id == PlanItem.parent_item_id)
        .outerjoin(Goal, Goal.id == PlanItem.goal_id)
        .where(PlanItem.plan_id == plan_id)
        .order_by(PlanItem.kind.desc(), PlanItem.code)
    ).all()
    measures, strategies = _measures(session, plan_id), _strategies(session, plan_id)
    return tuple(_item(*row, measures.get(row[0].id, ()), strategies.get(row[0].id, ())) for row in rows)


def _item(
    item: PlanItem,
    parent_title: str | None,
    goal_code: str | None,
    goal_title: str | None,
    measures: Sequence[MeasureView],
    strategy: Sequence[TextView],
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
        section=item.section,
        perspective=item.perspective,
        origin=item.origin,
        expectation=item.expectation,
        goal_id=item.goal_id,
        assignment_id=item.assignment_id,
        strategy=tuple(strategy),
        stopped_on=item.stopped_on,
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
        found[row.item_id].append(
            MeasureView(row.aspect, row.indicator, row.target, row.actual, row.measure, row.manual)
        )
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


def draft_of(view: PlanView, form: PlanForm) -> PlanDraft:
    """A stored plan as its owner would write it again, without what was stopped.

    Items without a section stand in the first of their kind.
    """
    return PlanDraft(
        model=view.model,
        variant=view.variant,
        items=tuple(_item_draft(item, form) for item in view.items if item.stopped_on is None),
        annexes=tuple(AnnexDraft(one.code, one.content) for one in view.annexes),
        expectations=tuple(ExpectationDraft(one.code, one.content) for one in view.expectations),
    )


def _item_draft(item: ItemView, form: PlanForm) -> ItemDraft:
    section = section_for(form, item.section, item.kind)
    return ItemDraft(
        code=item.code,
        title=item.title,
        section=section.code if section else item.section,
        perspective=item.perspective,
        origin=item.origin,
        expectation=item.expectation,
        parent_item_id=item.parent_item_id,
        goal_id=item.goal_id,
        assignment_id=item.assignment_id,
        measures=tuple(
            MeasureDraft(one.aspect, one.indicator, one.target, one.measure, one.manual) for one in item.measures
        ),
        strategy=tuple(StrategyDraft(one.code, one.content) for one in item.strategy),
        detail=told(item.detail, form),
    )


def told(detail: Mapping[str, Any], form: PlanForm) -> dict[str, Any] | None:
    """What an item holds of the form's columns; None where the form has none."""
    names = [column.name for column in form.columns]
    return {name: detail[name] for name in names if detail.get(name) is not None} if names else None
